from __future__ import annotations

import numpy as np
import pytest

from pipeline.simulate.noise import rng_of, rough_curve, smooth_curve, smooth_field


def test_the_same_name_gives_the_same_numbers() -> None:
    assert np.array_equal(rng_of(1, "a").random(5), rng_of(1, "a").random(5))


@pytest.mark.parametrize("other", [(2, "a"), (1, "b"), (1, "a", "x")])
def test_another_seed_or_label_gives_other_numbers(other: tuple[int | str, ...]) -> None:
    seed, *labels = other
    assert not np.array_equal(rng_of(1, "a").random(5), rng_of(int(seed), *labels).random(5))


@pytest.mark.parametrize("scale_px", [2.5, 12.0, 40.0])
def test_a_field_has_unit_variance_at_every_scale(scale_px: float) -> None:
    field = smooth_field((900, 900), scale_px, rng_of(3, scale_px))
    assert field.dtype == np.float32
    assert field.std() == pytest.approx(1.0, rel=0.15)


def test_neighbours_in_a_coarse_field_are_alike() -> None:
    field = smooth_field((200, 200), 50.0, rng_of(4))
    assert np.abs(np.diff(field, axis=0)).max() < 0.15
    assert np.abs(np.diff(field, axis=1)).max() < 0.15


def test_a_curve_has_unit_variance() -> None:
    positions = np.arange(0.0, 2_000_000.0, 100.0)
    assert smooth_curve(positions, 2_000.0, rng_of(5)).std() == pytest.approx(1.0, rel=0.1)


def test_a_rough_curve_has_details_that_a_smooth_one_lacks() -> None:
    positions = np.arange(0.0, 50_000.0, 100.0)
    rough = rough_curve(positions, 10_000.0, 300.0, rng_of(6))
    smooth = rough_curve(positions, 10_000.0, 10_000.0, rng_of(6))
    assert np.abs(np.diff(rough, n=2)).mean() > 5 * np.abs(np.diff(smooth, n=2)).mean()
