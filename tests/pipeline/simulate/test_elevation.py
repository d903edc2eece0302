from __future__ import annotations

import numpy as np

from pipeline.simulate.elevation import stale_heights


def half_ice() -> np.typing.NDArray[np.bool_]:
    ice = np.zeros((96, 96), dtype=np.bool_)
    ice[:, :48] = True
    return ice


def test_a_shelf_stands_above_the_sea() -> None:
    heights = stale_heights(half_ice(), 400.0, np.random.default_rng(1))
    assert heights.dtype == np.float32
    assert np.median(heights[:, :5]) > 10.0
    assert abs(np.median(heights[:, -5:])) < 1.0


def test_its_front_is_not_the_one_of_today() -> None:
    """Else a network would read the front off the elevation model."""
    fronts = []
    for seed in range(12):
        heights = stale_heights(half_ice(), 400.0, np.random.default_rng(seed))
        fronts.append(int((heights.mean(axis=0) > 8.0).sum()))
    assert min(fronts) < 40
    assert max(fronts) > 56
