"""Lists that have to grow: put in order where they are not, refused where two entries clash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.safe.xml import XmlNode

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T_co]):
    """What a file says, and `notes` on what had to be put right to read it."""

    value: T_co
    notes: tuple[str, ...] = ()


def growing_order(
    keys: Sequence[float] | npt.NDArray[np.float64], node: XmlNode, what: str
) -> Parsed[npt.NDArray[np.intp]]:
    """Indices that sort `keys`, and a note where they were not sorted.

    Raises SceneError where two keys are equal: the entries contradict each other.
    """
    values = np.asarray(keys, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    if (np.diff(values[order]) <= 0).any():
        raise node.fault(f"two entries of {what} are for the same time or place.")
    if (np.diff(order) == 1).all():
        return Parsed(order)
    return Parsed(order, (f"{node.where}: {what} was not in order and has been sorted",))


def check_growing(values: npt.NDArray[np.generic], node: XmlNode, what: str) -> None:
    """Raises SceneError unless every value is above the one before."""
    if (np.diff(values.astype(np.float64)) <= 0).any():
        raise node.fault(f"{what} does not grow from entry to entry.")
