from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.inference.judging import difference
from pipeline.grid import Grid
from pipeline.probability import PROBABILITY_STEPS, Probabilities

GRID = Grid("EPSG:3031", 0.0, 0.0, 40.0, 300, 300)


def shelf(columns: int) -> Probabilities:
    ice = np.zeros((300, 300), dtype=np.uint8)
    ice[:, :columns] = PROBABILITY_STEPS
    return Probabilities(ice, np.zeros_like(ice))


def test_a_front_two_pixels_away_has_moved_by_80_m() -> None:
    found = difference(shelf(152), shelf(150), GRID)
    assert found.mean_m == pytest.approx(80.0, abs=1.0)
    assert found.largest_change == 1.0
    assert found.flipped_share == pytest.approx(2 / 300)


def test_the_same_has_not_moved() -> None:
    found = difference(shelf(150), shelf(150), GRID)
    assert (found.mean_m, found.largest_m, found.largest_change) == (0.0, 0.0, 0.0)


def test_a_line_that_is_gone_has_no_distance() -> None:
    assert math.isnan(difference(shelf(0), shelf(150), GRID).mean_m)
