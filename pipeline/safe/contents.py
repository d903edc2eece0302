"""Which file of a product is what: told by what the files say, not by how they are named.

Archives rename files (`annotation/ew-hh.xml`), and catalogues point at the wrong ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.errors import SceneError
from pipeline.safe.container import Container
from pipeline.safe.header import Header, read_header
from pipeline.safe.xml import XML_LIMIT_BYTES, XmlNode, parse_xml

KINDS = ("product", "calibration", "noise")  # root elements; `rfi` and others are not needed
MOST_DOCUMENTS = 64
POLARISATION_IN_NAME = re.compile(r"(?:^|[-_.])(hh|hv|vv|vh)(?=[-_.])")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A metadata file, parsed. `content` is kept for its checksum."""

    name: str
    root: XmlNode
    header: Header
    content: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """The files of a product by kind. `broken` says why files could not be read."""

    documents: dict[str, tuple[Document, ...]]
    measurements: dict[str, int]  # size in bytes by name
    broken: tuple[str, ...]

    def choose(self, kind: str, polarisation: str) -> Document:
        """The one document of a kind for a polarisation; raises SceneError."""
        found = [d for d in self.documents[kind] if d.header.polarisation == polarisation]
        if len(found) > 1:
            found = [d for d in found if polarisation_in_name(d.name) == polarisation] or found
        if not found:
            raise SceneError(f"no {_word(kind)} file says {polarisation}.")
        if len(found) > 1:
            names = ", ".join(document.name for document in found)
            raise SceneError(f"{len(found)} {_word(kind)} files say {polarisation}: {names}.")
        return found[0]

    def polarisations(self) -> tuple[str, ...]:
        """Every polarisation that any file is about, co-polarised first."""
        said = {d.header.polarisation for kind in KINDS for d in self.documents[kind]}
        named = {polarisation_in_name(name) for name in self.measurements} - {None}
        return tuple(p for p in ("HH", "VV", "HV", "VH") if p in said | named)


def read_contents(files: Container) -> Contents:
    """Read all metadata and list the measurements; raises SceneError."""
    sizes = files.sizes()
    names = [name for name in sizes if name.lower().endswith(".xml")]
    if len(names) > MOST_DOCUMENTS:
        raise SceneError(f"holds {len(names)} XML files: no single GRD product.")
    documents: dict[str, list[Document]] = {kind: [] for kind in KINDS}
    broken = []
    for name in names:
        try:
            _sort_in(documents, files.read(name, XML_LIMIT_BYTES), name)
        except SceneError as error:
            if "rfi" not in PurePosixPath(name).parts:
                broken.append(f"{name}: {error.fault}")
    return Contents(
        {kind: tuple(found) for kind, found in documents.items()},
        _measurements(sizes),
        tuple(broken),
    )


def polarisation_in_name(name: str) -> str | None:
    """HH of `s1a-ew-grd-hh-2022....xml`, None where the name does not say."""
    found = POLARISATION_IN_NAME.findall(PurePosixPath(name).name.lower())
    return found[0].upper() if len(set(found)) == 1 else None


def _sort_in(documents: dict[str, list[Document]], content: bytes, name: str) -> None:
    root = parse_xml(content, name)
    if root.tag in documents:
        documents[root.tag].append(Document(name, root, read_header(root), content))


def _measurements(sizes: dict[str, int]) -> dict[str, int]:
    images = {n: size for n, size in sizes.items() if n.lower().endswith((".tif", ".tiff"))}
    proper = {n: size for n, size in images.items() if "measurement" in PurePosixPath(n).parts}
    return proper or images


def _word(kind: str) -> str:
    return "annotation" if kind == "product" else kind
