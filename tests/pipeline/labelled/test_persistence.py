from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.labelled.folder import LabelledImage, LabelledRow
from pipeline.labelled.persistence import (
    NEAREST_DATES,
    Textures,
    nearest_dates,
    persistence,
    persistence_of,
    texture_of,
    with_persistence,
)

SIDE_PX = 48
MOVING = np.s_[8:-8, SIDE_PX // 2 + 8 : -4]  # well inside what is new on every date
STAYING = np.s_[8:-8, 4 : SIDE_PX // 2 - 8]
FIRST = date(2020, 1, 1)


def levels(seed: int, side_px: int = SIDE_PX) -> npt.NDArray[np.float32]:
    """In dB: on the left a texture that is the same for all seeds, on the right one of its own."""
    fixed = np.random.default_rng(0).normal(-10.0, 2.0, (side_px, side_px))
    own = np.random.default_rng(1000 + seed).normal(-10.0, 2.0, (side_px, side_px))
    noise = np.random.default_rng(5000 + seed).normal(0.0, 0.7, (side_px, side_px))
    moved = np.where(np.arange(side_px) < side_px // 2, fixed, own) + noise
    return moved.astype(np.float32)


def image(
    number: int, *, dated: bool = True, site: str = "A", side_px: int = SIDE_PX
) -> LabelledImage:
    day = FIRST + timedelta(days=12 * number) if dated else None
    zones = np.full((side_px, side_px), 3, dtype=np.uint8)
    row = LabelledRow(f"{site}-{number}", site, day)
    return LabelledImage(row, levels(number, side_px)[None], zones, zones > 3)


def test_what_stays_has_a_persistence_near_one_and_what_moves_has_none() -> None:
    lasting, near, agreement = persistence_of([image(n) for n in range(30)])[3]
    for band in (lasting, near):
        assert np.median(band[STAYING]) > 0.8
        assert np.median(band[MOVING]) < 0.2
    assert np.median(agreement[STAYING]) > 0.8
    assert abs(np.median(agreement[MOVING])) < 0.3


@pytest.mark.parametrize("dates", [2, 3, 5])
def test_few_dates_do_not_make_the_sea_persistent(dates: int) -> None:
    # A mean of n textures has a variance of 1 / n even where nothing stays.
    lasting = persistence(Textures.of([image(n) for n in range(dates)]))
    assert np.mean(np.square(lasting[MOVING])) < 0.06
    assert np.median(lasting[STAYING]) > 0.75


@given(st.permutations(range(5)))
def test_the_order_of_the_dates_does_not_matter(order: list[int]) -> None:
    images = [image(n) for n in range(5)]
    found = persistence(Textures.of([images[n] for n in order]))
    assert np.allclose(found, persistence(Textures.of(images)), atol=1e-4)


@given(st.floats(-5, 5), st.floats(0.5, 2.0))
def test_texture_knows_neither_level_nor_contrast(offset: float, gain: float) -> None:
    once = texture_of(levels(1))
    again = texture_of((levels(1) * np.float32(gain) + np.float32(offset)).astype(np.float32))
    assert np.allclose(once, again, atol=0.15)


def test_where_fewer_than_two_dates_are_known_nothing_is() -> None:
    images = [image(n) for n in range(3)]
    for each in images[1:]:
        each.sigma0_db[:, :, :20] = np.nan
    lasting, near, agreement = persistence_of(images)[0]
    assert np.isnan(lasting[:, :20]).all()
    assert np.isnan(near[:, :20]).all()
    assert np.isnan(agreement[:, :20]).all()
    assert np.isfinite(lasting[:, 20:]).all()


def test_an_image_alone_has_nothing_to_compare_with() -> None:
    (alone,) = with_persistence([image(0)])
    assert alone.bands.shape == (4, SIDE_PX, SIDE_PX)
    assert np.isfinite(alone.bands[0]).all()
    assert np.isnan(alone.bands[1:]).all()


def test_an_image_without_a_date_has_the_persistence_of_all_dates_alone() -> None:
    lasting, near, agreement = persistence_of([image(0, dated=False), image(1), image(2)])[0]
    assert np.isfinite(lasting).all()
    assert np.isnan(near).all()
    assert np.isnan(agreement).all()


def test_sites_and_sizes_are_kept_apart_and_the_order_stays() -> None:
    images = [image(0), image(0, site="B"), image(1), image(1, side_px=32), image(1, site="B")]
    found = with_persistence(images)
    assert [each.row.id for each in found] == [each.row.id for each in images]
    assert np.isfinite(found[0].bands[1]).all()
    assert np.isnan(found[3].bands[1]).all()  # no other image has its size
    two = persistence_of([images[1], images[4]])[0]
    assert np.array_equal(found[1].bands[1:], two, equal_nan=True)


def test_the_nearest_dates_come_first_and_never_the_image_itself() -> None:
    days = [FIRST + timedelta(days=days) for days in (0, 50, 10, 11)]
    assert nearest_dates(days, 2) == [3, 0, 1]
    assert nearest_dates([*days, None], 4) == []
    assert len(nearest_dates([FIRST] * 40, 0)) == NEAREST_DATES
