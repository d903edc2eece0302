from __future__ import annotations

import math
from dataclasses import replace

import pytest

from pipeline.evaluation.image_score import ImageScore, score_image
from pipeline.evaluation.summary import (
    confidence_auroc,
    mean_over,
    summaries_by_group,
    summary_of,
)
from tests.pipeline.evaluation.scenes import ROW, SIDE_PX, labelled_image, seen


def scored(
    true_at: int | None, predicted_at: int | None, site: str = "A", pixel_m: float | None = None
) -> ImageScore:
    row = replace(ROW, id=f"{site}_{true_at}_{predicted_at}", site=site, pixel_m=pixel_m)
    return score_image(seen(labelled_image(true_at, row), predicted_at))


def test_a_perfect_prediction_has_no_error() -> None:
    summary = summary_of([scored(30, 30)])
    assert summary.front_distance_px == summary.hausdorff95_px == 0.0
    assert summary.mean_iou > 0.96  # a probability of one half is not ocean
    assert math.isnan(summary.front_distance_m)


def test_distances_are_pooled_and_also_given_per_image() -> None:
    summary = summary_of([scored(30, 31), scored(30, 33), scored(30, 38)])
    assert summary.front_distance_px == pytest.approx(4.0)
    assert summary.front_distance_px_mean_per_image == pytest.approx(4.0)
    assert summary.front_distance_px_median_per_image == pytest.approx(3.0)
    assert summary.hausdorff95_px == pytest.approx(4.0)


def test_images_without_a_predicted_front_are_counted_beside_the_distance() -> None:
    summary = summary_of([scored(30, 32), scored(30, None), scored(None, None), scored(None, 20)])
    assert summary.front_distance_px == pytest.approx(2.0)
    assert (summary.images, summary.with_true_front) == (4, 2)
    assert (summary.without_predicted_front, summary.false_fronts) == (1, 1)


def test_metres_are_given_where_every_pixel_is_known() -> None:
    known = [scored(30, 31, pixel_m=10.0), scored(30, 31, pixel_m=30.0)]
    assert summary_of(known).front_distance_m == pytest.approx(20.0)
    assert summary_of(known).hausdorff95_m == pytest.approx(20.0)
    assert math.isnan(summary_of([*known, scored(30, 31)]).front_distance_m)


def test_every_image_is_in_one_group_of_each_kind() -> None:
    images = [scored(30, 31, "A"), scored(30, 33, "B"), scored(30, 30, "B")]
    groups = summaries_by_group(images)
    assert {name: each.images for name, each in groups["site"].items()} == {"A": 1, "B": 2}
    assert groups["site"]["B"].front_distance_px == pytest.approx(1.5)
    assert {grouping: sum(s.images for s in of.values()) for grouping, of in groups.items()} == {
        "site": 3,
        "season": 3,
        "sensor": 3,
        "polarisation": 3,
        "quality": 3,
    }
    assert mean_over(groups["site"], "front_distance_px") == pytest.approx(1.25)


def test_the_statement_of_position_is_scaled_before_it_is_checked() -> None:
    look = seen(labelled_image(30), 32)
    assert score_image(look).position.coverage() == 0.0  # 1 px stated, 2 px off
    assert score_image(look, 2.0).position.coverage() == 1.0
    assert score_image(look).position.error.size == SIDE_PX


def test_confidence_that_falls_with_error_ranks_it() -> None:
    good, bad = scored(30, 31), scored(30, 40)
    assert bad.sureness is not None
    unsure = replace(bad, sureness=replace(bad.sureness, edge=0.1))
    ranked = confidence_auroc([good, unsure])
    assert ranked["edge"] == ranked["combined"] == 1.0
    assert ranked["agreement"] == 0.5
    assert math.isnan(confidence_auroc([good])["edge"])


def test_nothing_measured_is_not_a_number() -> None:
    summary = summary_of([])
    assert summary.images == 0
    assert math.isnan(summary.front_distance_px)
    assert math.isnan(mean_over({}, "mean_iou"))
