"""The manifest of a product: processor version, footprint and the files with their checksums."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from pipeline.safe.annotation import Floats
from pipeline.safe.xml import XmlNode, parse_xml

MD5 = re.compile(r"[0-9a-f]{32}")
PROCESSOR = "Sentinel-1 IPF"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of the product; `name` counts from the manifest, `md5` is lower-case hexadecimal."""

    name: str
    size_bytes: int | None
    md5: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """`footprint` (n, 2): longitude and latitude of the corners, None where it is not given."""

    ipf: str | None
    footprint: Floats | None
    files: tuple[ListedFile, ...]


def parse_manifest(content: bytes, where: str) -> Manifest:
    """The manifest in `content`; `where` names its file. Raises SceneError."""
    root = parse_xml(content, where)
    if root.tag != "XFDU":
        raise root.fault("is no manifest of a SAFE product.")
    return Manifest(_ipf(root), _footprint(root), _files(root))


def _ipf(root: XmlNode) -> str | None:
    """Version of the processor that made this product (those inside describe its inputs)."""
    for software in root.element.iterfind(".//{*}software"):
        if software.get("name") == PROCESSOR and software.get("version"):
            return str(software.get("version")).strip()
    return None


def _footprint(root: XmlNode) -> Floats | None:
    node = root.find(".//{*}footPrint/{*}coordinates")
    if node is None:
        return None
    try:
        corners = [pair.split(",") for pair in (node.element.text or "").split()]
        latlon = np.array(corners, dtype=np.float64)
    except ValueError:
        return None
    usable = latlon.ndim == 2 and latlon.shape[1] == 2 and len(latlon) >= 3
    return latlon[:, ::-1].copy() if usable and np.isfinite(latlon).all() else None


def _files(root: XmlNode) -> tuple[ListedFile, ...]:
    streams = root.element.iterfind("{*}dataObjectSection/{*}dataObject/{*}byteStream")
    listed = (_file(XmlNode(stream, root.where)) for stream in streams)
    return tuple(file for file in listed if file is not None)


def _file(stream: XmlNode) -> ListedFile | None:
    location = stream.find("{*}fileLocation")
    href = None if location is None else location.element.get("href")
    if not href:
        return None
    checksum = stream.find("{*}checksum")
    digest = "" if checksum is None else (checksum.element.text or "").strip().lower()
    size = str(stream.element.get("size", ""))
    return ListedFile(
        name=str(href).removeprefix("./"),
        size_bytes=int(size) if re.fullmatch(r"\d{1,15}", size, re.ASCII) else None,
        md5=digest if MD5.fullmatch(digest) else None,
    )
