"""XML from strangers: parsed without entities, DTDs or network, and asked for typed values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from lxml import etree

from pipeline.errors import SceneError

# The largest annotation met has 2.6 MB (EW GRDM). At this limit the worst tree takes 0.5 GB.
XML_LIMIT_BYTES = 16 * 2**20
FETCH_AGAIN = "Fetch the product again."
Scalar = TypeVar("Scalar", np.float64, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class XmlNode:
    """An element and the name of its file; every question it cannot answer is a SceneError."""

    element: etree._Element
    where: str

    @property
    def tag(self) -> str:
        return etree.QName(self.element).localname

    def find(self, path: str) -> XmlNode | None:
        found = self.element.find(path)
        return None if found is None else XmlNode(found, self.where)

    def child(self, path: str) -> XmlNode:
        found = self.find(path)
        if found is None:
            raise self.fault(f"has no <{path}>.")
        return found

    def listed(self, path: str, tag: str) -> list[XmlNode]:
        """The elements `tag` in the list at `path`, as many as its `count` says."""
        parent = self.child(path)
        members = [XmlNode(member, self.where) for member in parent.element.iterfind(tag)]
        parent.check_count(len(members))
        return members

    def text(self, path: str) -> str:
        text = (self.child(path).element.text or "").strip()
        if not text:
            raise self.fault(f"<{path}> is empty.")
        return text

    def number(self, path: str) -> float:
        """A finite number."""
        text = self.text(path)
        try:
            value = float(text)
        except ValueError as error:
            raise self.fault(f"<{path}> is no number: {text[:40]!r}.") from error
        if not np.isfinite(value):
            raise self.fault(f"<{path}> is not finite: {text!r}.")
        return value

    def integer(self, path: str) -> int:
        value = self.number(path)
        if value != int(value) or abs(value) > 2**53:
            raise self.fault(f"<{path}> is no whole number: {value}.")
        return int(value)

    def moment(self, path: str) -> datetime:
        """A time, UTC, as ESA writes it: 2022-11-30T01:43:42.546629."""
        text = self.text(path)
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise self.fault(f"<{path}> is no time: {text[:40]!r}.") from error
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

    def numbers(self, path: str) -> npt.NDArray[np.float64]:
        """Numbers between spaces, shape (n,), as many as `count` says; they may be NaN."""
        return self._array(path, np.float64)

    def integers(self, path: str) -> npt.NDArray[np.int64]:
        """Whole numbers between spaces, shape (n,), as many as `count` says."""
        return self._array(path, np.int64)

    def _array(self, path: str, kind: type[Scalar]) -> npt.NDArray[Scalar]:
        node = self.child(path)
        words = (node.element.text or "").split()
        node.check_count(len(words))
        try:
            return np.array(words, dtype=kind)
        except (ValueError, OverflowError) as error:
            raise self.fault(f"<{path}> holds words that are no numbers.") from error

    def check_count(self, found: int) -> None:
        count = self.element.get("count")
        if count is not None and count.strip() != str(found):
            raise self.fault(f"<{self.tag}> holds {found} values but says count={count!r:.20}.")

    def fault(self, fault: str, remedy: str = FETCH_AGAIN) -> SceneError:
        return SceneError(fault, where=self.where, remedy=remedy)


def parse_xml(content: bytes, where: str) -> XmlNode:
    """The root of a document; `where` names the file in errors. Raises SceneError.

    Refused are: more than XML_LIMIT_BYTES, anything but UTF-8, and every document type
    declaration, so that no entity is ever defined. libxml2's own limits (depth 256, text of 10 MB)
    stay on.
    """
    _check_harmless(content, where)
    # The encoding is given: a document that declares another one must not be read in two ways.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return XmlNode(etree.fromstring(content, parser), where)
    except (etree.XMLSyntaxError, ValueError) as error:
        fault = f"is not well-formed XML ({' '.join(str(error).split())[:120]})."
        raise SceneError(fault, where=where, remedy=FETCH_AGAIN) from error


def _check_harmless(content: bytes, where: str) -> None:
    if not content.strip():
        raise SceneError("is empty.", where=where, remedy=FETCH_AGAIN)
    if len(content) > XML_LIMIT_BYTES:
        raise SceneError(
            f"is larger than {XML_LIMIT_BYTES // 2**20} MB: no Sentinel-1 metadata.", where=where
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SceneError("is not UTF-8.", where=where, remedy=FETCH_AGAIN) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SceneError(
            "declares a document type: refused, ESA's files have none.",
            where=where,
            remedy="Fetch the product from an archive you trust.",
        )
