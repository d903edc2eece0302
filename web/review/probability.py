"""The kept probabilities as a picture: what the network held for ice, and where that lies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from catalog.errors import StorageError

# As the file says of itself: 0 to 254 is 0 to 1, 255 is no data.
STEPS, NODATA = 254, 255
TIFF_PIXEL_SCALE, TIFF_TIEPOINT = 33550, 33922  # GeoTIFF 1.1, OGC 19-008r4
ENOUGH_PX = 1_200  # the longer side of a picture of which more could not be seen
# Water, even chances, ice: lightness rises evenly, and no colour means something of its own.
WATER, EVEN, ICE = (12, 44, 66), (92, 128, 150), (250, 252, 253)
Bounds = tuple[float, float, float, float]


def extent_of(path: Path) -> Bounds:
    """West, south, east, north in EPSG:3031 of a north-up GeoTIFF; raises StorageError."""
    with _opened(path) as raster:
        return _extent(raster, path)


def probability_png(path: Path) -> bytes:
    """The first band of a probability COG in colours; raises StorageError."""
    with _opened(path) as raster:
        _seek_overview(raster)
        steps = np.asarray(raster.getchannel(0))
    picture = Image.fromarray(steps)
    picture.putpalette(_palette())
    stream = io.BytesIO()
    picture.save(stream, "PNG", transparency=NODATA)
    return stream.getvalue()


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=["TIFF"]) as raster:
            yield raster
    # What Pillow raises for a damaged file, besides OSError.
    except (OSError, SyntaxError, KeyError, ValueError, Image.DecompressionBombError) as error:
        raise StorageError(f"cannot be read ({error}).", where=path) from error


def _extent(raster: Image.Image, path: Path) -> Bounds:
    tags = getattr(raster, "tag_v2", {})
    scale, tie = tags.get(TIFF_PIXEL_SCALE), tags.get(TIFF_TIEPOINT)
    if not scale or not tie:
        raise StorageError("does not say where it lies.", where=path)
    west, north = tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1]
    return (west, north - raster.height * scale[1], west + raster.width * scale[0], north)


def _seek_overview(raster: Image.Image) -> None:
    """Go to the smallest overview that is large enough."""
    best = 0
    for index in range(getattr(raster, "n_frames", 1)):
        raster.seek(index)
        if max(raster.size) >= ENOUGH_PX:
            best = index
    raster.seek(best)


def _palette() -> bytes:
    """RGB for each of the 256 steps."""
    share = np.arange(256) / STEPS
    channels = [
        np.interp(share, (0.0, 0.5, 1.0), triple) for triple in zip(WATER, EVEN, ICE, strict=True)
    ]
    return np.column_stack(channels).round().astype(np.uint8).tobytes()
