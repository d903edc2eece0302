"""Small simulated products of one part, whole and damaged in the ways that archives manage."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

import numpy as np
import rasterio
from lxml import etree
from rasterio.errors import NotGeoreferencedWarning
from shapely import MultiLineString

from catalog.shelf import Part
from pipeline.simulate.acquisition import Imaging
from pipeline.simulate.safe_product import write_safe
from pipeline.simulate.scene import simulate_scenes
from tests.pipeline.simulate.sample import NOON, SEED, make_part, make_scenario

Files = dict[str, bytes]  # by their place in the product
Change = Callable[[Files], None]

PART = make_part(width_m=8_000.0, depth_m=10_000.0)
SINGLE, DUAL = ("HH",), ("HH", "HV")
STEMS = {"annotation": "annotation/s1a", "measurement": "measurement/s1a"}
IN_TEXT, IN_NAMES = "%Y-%m-%dT%H:%M:%S", "%Y%m%d{}%H%M%S"


@dataclass(frozen=True, slots=True)
class Product:
    """The files of a product, its name without .SAFE, and the true front in it (EPSG:3031)."""

    name: str
    files: Files
    truth: MultiLineString

    def at(self, moment: datetime) -> Product:
        """The same as if it had been taken at `moment`: the earth turned with its clock."""
        files = {_moved(place, moment): content for place, content in self.files.items()}
        for place, content in files.items():
            if not place.endswith(".tiff"):
                files[place] = _moved(content.decode(), moment).encode()
        return replace(self, name=_moved(self.name, moment), files=relisted(files))

    def damaged(self, change: Change) -> Product:
        """With files changed and a manifest that fits: damaged before the archive listed them."""
        return replace(self, files=relisted(self.cut_on_the_way(change).files))

    def cut_on_the_way(self, change: Change) -> Product:
        """With files changed behind the back of the manifest."""
        files = dict(self.files)
        change(files)
        return replace(self, files=files)

    def write(self, parent: Path) -> Path:
        folder = parent / f"{self.name}.SAFE"
        for place, content in self.files.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder


def simulated(polarisations: tuple[str, ...], folder: Path, part: Part = PART) -> Product:
    """A product written below `folder`, all of it at the geoid; of PART some 500 x 500 pixels."""
    (scene,) = simulate_scenes(
        part, NOON, make_scenario(), SEED, Imaging(polarisations=polarisations, freeboard_m=0.0)
    )
    written = write_safe(folder, scene.channels())
    files = {
        path.relative_to(written.path).as_posix(): path.read_bytes()
        for path in sorted(written.path.rglob("*"))
        if path.is_file()
    }
    return Product(written.name, files, scene.truth)


def relisted(files: Files) -> Files:
    """The files with a manifest that lists the sizes and MD5 they have, where it can be read."""
    try:
        manifest = etree.fromstring(files["manifest.safe"])
    except (KeyError, etree.XMLSyntaxError):
        return files
    for stream in manifest.iter("byteStream"):
        content = files.get(str(element_at(stream, "fileLocation").get("href")).removeprefix("./"))
        if content is not None:
            stream.set("size", str(len(content)))
            element_at(stream, "checksum").text = hashlib.md5(
                content, usedforsecurity=False
            ).hexdigest()
    return {**files, "manifest.safe": etree.tostring(manifest)}


def element_at(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path)
    assert found is not None, path
    return found


def place_of(files: Files, kind: str, polarisation: str = "HH") -> str:
    """Where a file lies: `kind` is annotation, calibration, noise, measurement, manifest."""
    if kind == "manifest":
        return "manifest.safe"
    stem = STEMS.get(kind, f"annotation/calibration/{kind}")
    return next(n for n in files if n.startswith(stem) and f"-{polarisation.lower()}-" in n)


def removed(kind: str, polarisation: str = "HH") -> Change:
    def change(files: Files) -> None:
        del files[place_of(files, kind, polarisation)]

    return change


def truncated(kind: str, polarisation: str = "HH", share: float = 0.6) -> Change:
    def change(files: Files) -> None:
        place = place_of(files, kind, polarisation)
        files[place] = files[place][: int(share * len(files[place]))]

    return change


def swapped(kind: str) -> Change:
    """HH under the name of HV and the other way round."""

    def change(files: Files) -> None:
        one, other = (place_of(files, kind, polarisation) for polarisation in DUAL)
        files[one], files[other] = files[other], files[one]

    return change


def with_values(kind: str, path: str, change_values: Callable[[list[str]], list[str]]) -> Change:
    """With other words in the first element at `path` of HH."""

    def change(files: Files) -> None:
        place = place_of(files, kind)
        root = etree.fromstring(files[place])
        element = element_at(root, path)
        element.text = " ".join(change_values((element.text or "").split()))
        files[place] = etree.tostring(root)

    return change


def with_members(
    kind: str, path: str, change_list: Callable[[list[etree._Element]], list[etree._Element]]
) -> Change:
    """With other members in the list at `path` of HH, and a count that fits."""

    def change(files: Files) -> None:
        place = place_of(files, kind)
        root = etree.fromstring(files[place])
        members = element_at(root, path)
        members[:] = change_list(list(members))
        members.set("count", str(len(members)))
        files[place] = etree.tostring(root)

    return change


def image_of_other_size(files: Files) -> None:
    """One line more than the annotation says."""
    place = place_of(files, "measurement")
    with warnings.catch_warnings(), rasterio.MemoryFile(files[place]) as whole:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with whole.open() as image:
            numbers = image.read()
        longer = np.concatenate((numbers, numbers[:, -1:]), axis=1)
        count, height, width = longer.shape
        size = {"count": count, "height": height, "width": width}
        with rasterio.MemoryFile() as memory:
            with memory.open(driver="GTiff", dtype="uint16", **size) as image:
                image.write(longer)
            files[place] = memory.read()


def renamed_by_the_cloud(files: Files) -> None:
    """`annotation/ew-hh.xml`, as a mirror has it."""
    for place in [place for place in files if place != "manifest.safe"]:
        path = PurePosixPath(place)
        kind, _, rest = path.name.rpartition("s1a-ew-grd-")
        files[f"{path.parent}/{kind}ew-{rest[:2]}{path.suffix}"] = files.pop(place)


def _moved(text: str, moment: datetime) -> str:
    shift = moment - NOON
    for pattern, form in (
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", IN_TEXT),
        (r"\d{8}T\d{6}", IN_NAMES.format("T")),
        (r"\d{8}t\d{6}", IN_NAMES.format("t")),
    ):

        def later(found: re.Match[str], form: str = form) -> str:
            return f"{datetime.strptime(found[0], form) + shift:{form}}"  # noqa: DTZ007

        text = re.sub(pattern, later, text)
    return text
