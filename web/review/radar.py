"""The radar quick-look as a layer of the map: where it lies, and the scene without its bands."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import shapely
from PIL import Image
from shapely import MultiLineString

from catalog.errors import StorageError

PLACE_CHUNK = "Place"  # written with the picture: crs, extent, band_px
POLAR = "EPSG:3031"
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RadarPlace:
    """`extent` is that of the scene (EPSG:3031), which lies between two bands of `band_px`."""

    extent: Bounds
    width_px: int
    height_px: int
    band_px: int

    def path_of(self, line: MultiLineString) -> str:
        """`line` as the `d` of an SVG path in pixels of the whole picture."""
        west, south, east, north = self.extent
        across = self.width_px / (east - west)
        down = (self.height_px - 2 * self.band_px) / (north - south)
        pieces = []
        for part in shapely.get_parts(line.simplify(0.5 / across)):
            x, y = shapely.get_coordinates(part).T
            points = zip((x - west) * across, (north - y) * down + self.band_px, strict=True)
            pieces.append("M" + "L".join(f"{column:.1f} {row:.1f}" for column, row in points))
        return "".join(pieces)


def radar_place(path: Path) -> RadarPlace | None:
    """Where a quick-look lies; None for one that does not say so. Raises StorageError."""
    with _opened(path) as picture:
        return _place(picture)


def radar_png(path: Path) -> bytes:
    """The scene of a quick-look that says where it lies, without bands; raises StorageError."""
    with _opened(path) as picture:
        place = _place(picture)
        if place is None:
            raise StorageError("does not say where it lies.", where=path)
        scene = picture.crop((0, place.band_px, place.width_px, place.height_px - place.band_px))
        stream = io.BytesIO()
        scene.save(stream, "PNG")
    return stream.getvalue()


def _place(picture: Image.Image) -> RadarPlace | None:
    try:
        told = json.loads(getattr(picture, "text", {})[PLACE_CHUNK])
        west, south, east, north = map(float, told["extent"])
        band_px = int(told["band_px"])
    except (KeyError, ValueError, TypeError):  # one of an older program
        return None
    is_polar = told.get("crs") == POLAR and west < east and south < north
    if not is_polar or 2 * band_px >= picture.height:
        return None
    return RadarPlace((west, south, east, north), picture.width, picture.height, band_px)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            yield picture
    # What Pillow raises for a damaged file, besides OSError.
    except (OSError, SyntaxError, KeyError, ValueError, Image.DecompressionBombError) as error:
        raise StorageError(f"cannot be read ({error}).", where=path) from error
