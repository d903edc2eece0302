from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.connectivity import Mask, shelf_mask, smoothed_bodies

MASKS = arrays(np.bool_, (8, 9), elements=st.booleans())


def parse(*rows: str) -> Mask:
    """`#` is true."""
    return np.array([[letter == "#" for letter in row] for row in rows])


def rows_of(mask: Mask) -> list[str]:
    return ["".join("#" if value else "." for value in row) for row in mask]


def shelf_of(*rows: str, least_px: int = 1, unknown: tuple[str, ...] = ()) -> list[str]:
    """Land at the bottom, open sea at the top."""
    ice = parse(*rows)
    known = ~parse(*unknown) if unknown else np.ones_like(ice)
    landward, seaward = np.zeros_like(ice), np.zeros_like(ice)
    landward[-1], seaward[0] = True, True
    return rows_of(shelf_mask(ice, known, landward, seaward, least_px))


def test_ice_that_does_not_hang_together_with_the_land_is_a_berg() -> None:
    rows = ("......", ".##...", "......", "######")
    assert shelf_of(*rows) == ["......", "......", "......", "######"]


def test_ice_that_touches_at_a_corner_only_is_a_berg() -> None:
    assert shelf_of("....", "##..", "..##", "####")[1] == "...."


def test_water_without_way_to_the_sea_belongs_to_the_shelf() -> None:
    assert shelf_of("......", "######", "#..###", "######")[2] == "######"


def test_a_rift_that_is_open_to_the_sea_does_not() -> None:
    assert shelf_of("......", "##.###", "##.###", "######")[2] == "##.###"


def test_water_behind_a_berg_reaches_the_sea_around_it() -> None:
    assert shelf_of("......", ".####.", "......", "######")[2] == "......"


def test_a_small_dark_spot_at_the_border_is_no_open_sea() -> None:
    assert shelf_of(".#####", "######", "######", least_px=3)[0] == "######"


def test_what_is_not_known_belongs_to_nothing() -> None:
    unknown = ("......", "......", "..##..", "......")
    assert shelf_of("......", "######", "######", "######", unknown=unknown)[2] == "##..##"


def test_without_ice_at_the_land_there_is_no_shelf() -> None:
    assert shelf_of("....", "####", "....") == ["....", "....", "...."]


@settings(max_examples=100, deadline=None)
@given(ice=MASKS, known=MASKS)
def test_cleaning_twice_is_cleaning_once(ice: Mask, known: Mask) -> None:
    landward, seaward = np.zeros_like(ice), np.zeros_like(ice)
    landward[-1], seaward[0] = True, True
    once = shelf_mask(ice, known, landward, seaward, 1)
    assert not (once & ~known).any()
    assert np.array_equal(shelf_mask(once, known, landward, seaward, 1), once)


@pytest.mark.parametrize(
    ("rows", "smooth"),
    [
        (("##..", "##..", "...#"), ("##..", "##..", "....")),
        (("####", "#.##", "####"), ("####", "####", "####")),
    ],
)
def test_small_bodies_of_ice_and_water_are_taken_away(
    rows: tuple[str, ...], smooth: tuple[str, ...]
) -> None:
    ice = parse(*rows)
    assert rows_of(smoothed_bodies(ice, np.ones_like(ice), 3)) == list(smooth)
