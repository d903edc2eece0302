"""A folder of labelled radar images in the CaFFe layout, read one image at a time.

`index.csv` with at least `id` and `site`; `images/ID.png` (8-bit grey), `zones/ID_zones.png`
(1 none, 2 rock, 3 glacier, 4 ocean and melange) and `fronts/ID_front.png` (not 0: front).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from catalog.canonical import sha256_of_file
from pipeline.errors import LabelledDataError
from pipeline.labelled.levels import nominal_sigma0_db

Mask = npt.NDArray[np.bool_]
INDEX = "index.csv"
NEEDED_COLUMNS = ("id", "site")


class Zone(IntEnum):
    NONE = 1
    ROCK = 2
    GLACIER = 3
    OCEAN = 4


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """What the index says of an image. `pixel_m` is the size of its pixels, where it is known.

    `fault` says why the row cannot be used; reading its image fails with that.
    """

    id: str
    site: str
    date: date | None = None
    sensor: str = ""
    resolution_m: float | None = None
    quality: str | None = None
    pixel_m: float | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """An image and what people drew in it; arrays are (H, W), `sigma0_db` (1, H, W).

    `sigma0_db` has NaN for no data and nominal levels: the images are not calibrated. `known` is
    false where the labels say nothing. `persistence` (3, H, W) is what other dates of the place add
    (`pipeline.labelled.persistence`), None where it has not been looked for.
    """

    row: LabelledRow
    sigma0_db: npt.NDArray[np.float32]
    zones: npt.NDArray[np.uint8]
    front: Mask
    persistence: npt.NDArray[np.float32] | None = None

    @property
    def bands(self) -> npt.NDArray[np.float32]:
        """All that is known of the image, (1 or 4, H, W): levels, then persistence."""
        beside = [] if self.persistence is None else [self.persistence]
        return np.concatenate([self.sigma0_db, *beside])

    @property
    def ocean(self) -> Mask:
        return np.asarray(self.zones == Zone.OCEAN)

    @property
    def known(self) -> Mask:
        return np.asarray(self.zones != Zone.NONE)


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    path: Path
    rows: tuple[LabelledRow, ...]

    @property
    def sites(self) -> tuple[str, ...]:
        return tuple(sorted({row.site for row in self.rows}))

    def of_site(self, site: str) -> LabelledFolder:
        """The images of one site alone."""
        return replace(self, rows=tuple(row for row in self.rows if row.site == site))

    @property
    def index_sha256(self) -> str:
        return sha256_of_file(self.path / INDEX)

    def read(self, row: LabelledRow) -> LabelledImage:
        """The image of a row; raises LabelledDataError, which names the file."""
        if row.fault is not None:
            raise LabelledDataError(
                f"the row of {row.id!r} cannot be used ({row.fault}).",
                where=self.path / INDEX,
                remedy="Mend the row, or take it out.",
            )
        grey = _picture(self.path / "images" / f"{row.id}.png")
        zones = _picture(self.path / "zones" / f"{row.id}_zones.png")
        front = _picture(self.path / "fronts" / f"{row.id}_front.png")
        for name, picture in (("zones", zones), ("front", front)):
            if picture.shape != grey.shape:
                raise LabelledDataError(
                    f"the {name} of {row.id} have another size than the image.",
                    where=self.path,
                    remedy="Restore the file, or take the row out of index.csv.",
                )
        if not np.isin(zones, [int(zone) for zone in Zone]).all():
            raise LabelledDataError(
                f"the zones of {row.id} hold values other than 1 to 4.",
                where=self.path / "zones" / f"{row.id}_zones.png",
                remedy="Number them 1 none, 2 rock, 3 glacier, 4 ocean.",
            )
        return LabelledImage(row, nominal_sigma0_db(grey)[None], zones, front > 0)

    def images(self) -> Iterator[LabelledImage]:
        return (self.read(row) for row in self.rows)


def open_labelled(path: Path) -> LabelledFolder:
    """The folder at `path`; raises LabelledDataError where its index cannot be used."""
    index = path / INDEX
    try:
        with index.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            missing = set(NEEDED_COLUMNS) - set(reader.fieldnames or ())
            rows = tuple(_row(entry) for entry in reader) if not missing else ()
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        raise LabelledDataError(
            f"cannot be read ({error}).", where=index, remedy=f"{LAYOUT} is wanted."
        ) from error
    if missing or not rows:
        fault = f"lacks {', '.join(sorted(missing))}." if missing else "has no rows."
        raise LabelledDataError(fault, where=index, remedy=f"{LAYOUT} is wanted.")
    return LabelledFolder(path, rows)


LAYOUT = "A folder with index.csv (id, site, ...), images/, zones/ and fronts/"


def _row(entry: Mapping[str, str]) -> LabelledRow:
    """One bad row must not take the others with it."""
    try:
        return _whole_row(entry)
    except ValueError as error:
        return LabelledRow(str(entry["id"]), str(entry["site"]), fault=str(error))


def _whole_row(entry: Mapping[str, str]) -> LabelledRow:
    return LabelledRow(
        id=_plain_name(entry["id"]),
        site=_named(entry["site"]),
        date=date.fromisoformat(entry["date"]) if entry.get("date") else None,
        sensor=entry.get("sensor") or "",
        resolution_m=_number(entry.get("orig_res_m")),
        quality=entry.get("quality") or None,
        pixel_m=_number(entry.get("pixel_m")),
    )


def _plain_name(name: str | None) -> str:
    if not name or Path(name).name != name:
        raise ValueError(f"{name!r} is no plain name")
    return name


def _named(site: str | None) -> str:
    if not site:
        raise ValueError("it names no site")
    return site


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _picture(path: Path) -> npt.NDArray[np.uint8]:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("L"))
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise LabelledDataError(
            f"cannot be read ({type(error).__name__}).",
            where=path,
            remedy="Restore the file, or take its row out of index.csv.",
        ) from error
