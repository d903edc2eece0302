"""Elements, and values as ESA's files write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from lxml import etree

Numbers = npt.NDArray[Any]
Element = etree._Element


def element(tag: str, *children: Element, **attributes: str) -> Element:
    """An element with children."""
    made = etree.Element(tag, attributes)
    made.extend(children)
    return made


def text(tag: str, value: object, **attributes: str) -> Element:
    """An element with text: strings as they are, whole numbers plain, truth in lower case."""
    made = etree.Element(tag, attributes)
    made.text = str(value).lower() if isinstance(value, bool) else str(value)
    return made


def double(tag: str, value: float) -> Element:
    """A number with sixteen digits."""
    return text(tag, f"{value:.15e}")


def single(tag: str, value: float) -> Element:
    """A number with seven digits."""
    return text(tag, f"{value:.6e}")


def moment(tag: str, epoch: datetime, seconds: float) -> Element:
    """A time to the microsecond, UTC without a zone."""
    return text(tag, time_text(epoch + timedelta(seconds=seconds)))


def time_text(when: datetime) -> str:
    return when.replace(tzinfo=None).isoformat(timespec="microseconds")


def listed(tag: str, members: Iterable[Element]) -> Element:
    """A list that says how many members it has."""
    made = element(tag, *members)
    made.set("count", str(len(made)))
    return made


def doubles(tag: str, values: Numbers) -> Element:
    return _numbers(tag, [f"{value:.15e}" for value in values])


def singles(tag: str, values: Numbers) -> Element:
    return _numbers(tag, [f"{value:.6e}" for value in values])


def integers(tag: str, values: Numbers) -> Element:
    return _numbers(tag, [str(value) for value in values.tolist()])


def complexes(tag: str, values: Numbers) -> Element:
    """Real and imaginary parts in turn; the count is that of the complex numbers."""
    pairs = np.column_stack((np.real(values), np.imag(values)))
    made = singles(tag, pairs.ravel())
    made.set("count", str(len(values)))
    return made


def document(root: Element) -> bytes:
    """The file: UTF-8, indented by two spaces."""
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _numbers(tag: str, words: Sequence[str]) -> Element:
    return text(tag, " ".join(words), count=str(len(words)))
