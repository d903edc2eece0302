from __future__ import annotations

import io
import json

import numpy as np
import numpy.typing as npt
from PIL import Image
from shapely import LineString, MultiLineString

from pipeline.grid import Grid
from pipeline.quicklook import BAND_PX, LINE, NODATA_GREY, REFERENCE, Caption, draw_quicklook

GRID = Grid("EPSG:3031", 0.0, 20_000.0, 40.0, 500, 500)
FRONT = MultiLineString([[(0.0, 10_000.0), (20_000.0, 10_000.0)]])
CAPTION = Caption("Testshelf · 2026-03-05", "Simulated scene, no observation")


def scene() -> npt.NDArray[np.float32]:
    sigma0_db = np.full((500, 500), -17.0, dtype=np.float32)
    sigma0_db[250:] = -6.0
    sigma0_db[:, :20] = np.nan
    return sigma0_db


def picture_of(content: bytes) -> npt.NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(np.int64)


def like(picture: npt.NDArray[np.int64], colour: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(picture - colour).max(axis=2) < 24)


def test_the_line_is_orange_and_lies_between_ice_and_water() -> None:
    picture = picture_of(draw_quicklook(scene(), GRID, FRONT, CAPTION))
    rows, _ = np.nonzero(like(picture, LINE))
    assert abs(rows.mean() - (BAND_PX + 500)) < 3
    assert len(rows) > 1000


def test_ice_is_brighter_than_water_and_missing_data_are_neither() -> None:
    picture = picture_of(draw_quicklook(scene(), GRID, None, CAPTION))
    assert picture[BAND_PX + 700, 500, 0] > picture[BAND_PX + 300, 500, 0] + 100
    assert like(picture, NODATA_GREY)[BAND_PX + 300, 10]
    assert not like(picture, LINE).any()


def test_the_reference_line_is_blue() -> None:
    reference = LineString([(0.0, 3_000.0), (20_000.0, 3_000.0)])
    picture = picture_of(draw_quicklook(scene(), GRID, FRONT, CAPTION, reference=reference))
    rows, _ = np.nonzero(like(picture, REFERENCE))
    assert abs(rows.mean() - (BAND_PX + 850)) < 5


def test_a_picture_may_be_cut() -> None:
    within = (0.0, 8_000.0, 20_000.0, 12_000.0)
    picture = picture_of(draw_quicklook(scene(), GRID, FRONT, CAPTION, within=within))
    assert picture.shape == (200 + 2 * BAND_PX, 1000, 3)


def test_the_picture_says_where_it_lies() -> None:
    within = (0.0, 8_000.0, 20_000.0, 12_000.0)
    with Image.open(io.BytesIO(draw_quicklook(scene(), GRID, None, CAPTION, within=within))) as png:
        place = json.loads(png.text["Place"])  # type: ignore[attr-defined]
    assert place == {"crs": "EPSG:3031", "extent": list(within), "band_px": BAND_PX}


def test_the_same_scene_makes_the_same_picture() -> None:
    first, second = (draw_quicklook(scene(), GRID, FRONT, CAPTION) for _ in range(2))
    assert first == second


def test_captions_are_written_and_long_ones_are_cut() -> None:
    plain = picture_of(draw_quicklook(scene(), GRID, None, Caption("", "")))
    said = picture_of(draw_quicklook(scene(), GRID, None, Caption("Amery", "x" * 500)))
    assert (plain != said)[:BAND_PX].any()
    assert (plain != said)[-BAND_PX:].any()
    assert said.shape == plain.shape


def test_a_scene_without_data_is_drawn_all_the_same() -> None:
    empty = np.full((500, 500), np.nan, dtype=np.float32)
    assert picture_of(draw_quicklook(empty, GRID, None, CAPTION)).shape[1] == 1000
