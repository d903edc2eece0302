"""Kept probabilities become a picture that lies where the machine saw them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.errors import StorageError
from pipeline.grid import Grid
from pipeline.probability import Probabilities
from pipeline.products import probability_cog
from web.review.probability import EVEN, ICE, WATER, extent_of, probability_png

GRID = Grid("EPSG:3031", 1_000_000.0, 700_000.0, 40.0, 60, 50)


@pytest.fixture
def cog(tmp_path: Path) -> Path:
    ice = np.zeros((50, 60), np.uint8)
    ice[:, 20:40] = 127
    ice[:, 40:] = 254
    ice[:5] = 255  # no data
    path = tmp_path / "probability.tif"
    path.write_bytes(probability_cog(Probabilities(ice, np.full_like(ice, 7)), GRID, {}))
    return path


def test_the_picture_lies_where_the_raster_lies(cog: Path) -> None:
    assert extent_of(cog) == (1_000_000.0, 698_000.0, 1_002_400.0, 700_000.0)


def test_water_and_ice_have_their_colours_and_no_data_is_transparent(cog: Path) -> None:
    picture = Image.open(io.BytesIO(probability_png(cog))).convert("RGBA")
    assert picture.size == (60, 50)
    assert [picture.getpixel((x, 30)) for x in (5, 30, 55)] == [
        (*WATER, 255),
        (*EVEN, 255),
        (*ICE, 255),
    ]
    assert np.asarray(picture)[:5, :, 3].max() == 0


def test_a_large_raster_is_drawn_from_its_overview(tmp_path: Path) -> None:
    ice = np.zeros((3000, 2600), np.uint8)
    ice[:, 1300:] = 254
    grid = Grid("EPSG:3031", 0.0, 0.0, 40.0, 2600, 3000)
    path = tmp_path / "large.tif"
    path.write_bytes(probability_cog(Probabilities(ice, np.zeros_like(ice)), grid, {}))
    picture = Image.open(io.BytesIO(probability_png(path))).convert("RGB")
    assert picture.size == (1300, 1500)
    assert picture.getpixel((10, 700)) == WATER
    assert picture.getpixel((1290, 700)) == ICE


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # Pillow tells of it twice
@pytest.mark.parametrize("content", [b"", b"II*\x00 and then nothing", b"<html>"])
def test_a_file_that_is_no_raster_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.tif"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"broken\.tif"):
        probability_png(path)
