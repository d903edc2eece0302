from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.evaluation.sureness import sureness_of
from tests.pipeline.evaluation.masks import column
from tests.pipeline.evaluation.scenes import SIDE_PX, prediction

FRONT = column(32, SIDE_PX)


def test_a_sharp_front_that_all_views_see_is_sure() -> None:
    sure = sureness_of(prediction(32), FRONT)
    assert sure.margin == pytest.approx(0.96)
    assert sure.edge == pytest.approx(0.9)
    assert sure.agreement == 1.0
    assert sure.combined == pytest.approx(0.96 * 0.9)


def test_a_front_where_nothing_changes_has_no_margin() -> None:
    flat = replace(prediction(32), ocean=np.full((SIDE_PX, SIDE_PX), 0.5, dtype=np.float32))
    assert sureness_of(flat, FRONT).margin == 0.0


def test_views_that_contradict_each_other_do_not_agree() -> None:
    torn = replace(prediction(32), spread=np.full((SIDE_PX, SIDE_PX), 0.5, dtype=np.float32))
    assert sureness_of(torn, FRONT).agreement == 0.0
