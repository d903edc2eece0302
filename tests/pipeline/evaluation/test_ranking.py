from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.ranking import auroc

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=12)


@given(PAIRS)
def test_the_area_is_the_share_of_pairs_in_the_right_order(
    pairs: list[tuple[int, bool]],
) -> None:
    score = np.array([float(value) for value, _ in pairs])
    positive = np.array([is_positive for _, is_positive in pairs])
    wins = [
        1.0 if p > n else 0.5 if p == n else 0.0 for p in score[positive] for n in score[~positive]
    ]
    expected = sum(wins) / len(wins) if wins else float("nan")
    assert auroc(score, positive) == pytest.approx(expected, nan_ok=True)


def test_one_kind_alone_cannot_be_ranked() -> None:
    assert math.isnan(auroc(np.array([1.0, 2.0]), np.array([True, True])))
    assert math.isnan(auroc(np.empty(0), np.empty(0, dtype=np.bool_)))
