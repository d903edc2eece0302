from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from pipeline.evaluation.distances import Mask
from pipeline.evaluation.overlap import Overlap, pooled_overlap
from tests.pipeline.evaluation.masks import SIDE_PX, left_of, masks

EVERYWHERE = np.ones((SIDE_PX, SIDE_PX), dtype=np.bool_)


@given(predicted=masks(), ocean=masks(), known=masks())
def test_both_classes_are_scored_alike(predicted: Mask, ocean: Mask, known: Mask) -> None:
    one = Overlap.between(predicted, ocean, known)
    other = Overlap.between(~predicted, ~ocean, known)
    assert one.ocean_iou == pytest.approx(other.not_ocean_iou, nan_ok=True)
    assert one.not_ocean_iou == pytest.approx(other.ocean_iou, nan_ok=True)


@given(predicted=masks(), ocean=masks())
def test_the_overlap_is_that_of_sets(predicted: Mask, ocean: Mask) -> None:
    said = {tuple(at) for at in np.argwhere(predicted)}
    true = {tuple(at) for at in np.argwhere(ocean)}
    found = Overlap.between(predicted, ocean, EVERYWHERE)
    assert (found.ocean_intersection, found.ocean_union) == (len(said & true), len(said | true))


def test_what_is_not_known_does_not_count() -> None:
    known = left_of(6)
    assert Overlap.between(left_of(8), left_of(6), known).mean_iou != 1.0  # no land is known
    assert Overlap.between(left_of(3) | ~known, left_of(3), known).mean_iou == 1.0


def test_images_are_pooled_by_pixel() -> None:
    good = Overlap.between(left_of(6), left_of(6), EVERYWHERE)
    bad = Overlap.between(left_of(3), left_of(6), EVERYWHERE)
    both = pooled_overlap([good, bad])
    assert both.ocean_iou == (6 + 3) / (6 + 6)
    assert both.not_ocean_iou == (6 + 6) / (6 + 9)
    assert both.mean_iou == pytest.approx((0.75 + 0.8) / 2)


def test_a_class_that_is_nowhere_has_no_overlap() -> None:
    assert math.isnan(Overlap.between(EVERYWHERE, EVERYWHERE, EVERYWHERE).not_ocean_iou)
    assert math.isnan(pooled_overlap([]).mean_iou)
