from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely import MultiLineString

from catalog.front import Front, Interval, Origin
from catalog.lineage import Input, InputKind, Lineage
from pipeline.evaluation.scene_scores import (
    scene_document,
    scenes_of,
    score_front,
    true_line,
)

MOMENT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TRUTH = MultiLineString([[(0.0, 0.0), (4_000.0, 0.0)]])


def traced(
    offset_m: float, sigma_m: tuple[float, ...] = (), confidence: float | None = 0.9
) -> Front:
    inputs = (Input(InputKind.SCENE, "S1A_1", "ab" * 32), Input(InputKind.MODEL, "m1", "cd" * 32))
    return Front(
        unit="Bach",
        shelf="Bach",
        interval=Interval.DAILY,
        origin=Origin.SIMULATED,
        source="simulated",
        start=MOMENT,
        end=MOMENT,
        line=MultiLineString([[(0.0, offset_m), (4_000.0, offset_m)]]),
        confidence=confidence,
        vertex_uncertainty_m=sigma_m,
        lineage=Lineage(inputs=inputs),
    )


def write_truth(path: Path, *lines: list[tuple[float, float]]) -> Path:
    geometry = {"type": "MultiLineString", "coordinates": lines}
    path.write_text(json.dumps({"features": [{"type": "Feature", "geometry": geometry}]}))
    return path


def test_a_front_is_scored_against_its_line_and_every_vertex_against_its_statement() -> None:
    score = score_front(traced(60.0, (50.0, 70.0)), TRUTH)
    assert score.distances_m == pytest.approx(60.0)
    assert score.position_m.coverage() == 0.5
    assert (score.model, score.confidence) == ("m1", 0.9)
    assert scenes_of(traced(0.0)) == ("S1A_1",)


def test_a_front_without_a_statement_adds_none() -> None:
    assert score_front(traced(60.0), TRUTH).position_m.error.size == 0


def test_slices_of_one_pass_show_one_true_front(tmp_path: Path) -> None:
    first = write_truth(tmp_path / "a.geojson", [(0.0, 0.0), (1.0, 0.0)])
    second = write_truth(tmp_path / "b.geojson", [(1.0, 0.0), (2.0, 0.0)])
    both = true_line([first, second, tmp_path / "absent.geojson"])
    assert both is not None
    assert both.length == 2.0
    assert true_line([write_truth(tmp_path / "none.geojson")]) is None


def test_fronts_are_pooled_over_all_and_by_model() -> None:
    scores = [
        score_front(traced(20.0, (30.0, 30.0)), TRUTH),
        score_front(traced(200.0, (30.0, 30.0), confidence=0.2), TRUTH),
    ]
    document = scene_document(scores, ["S1A_2"])
    assert document["all"]["front_distance_m"] == pytest.approx(110.0, rel=0.01)
    assert document["all"]["coverage"] == 0.5
    assert document["all"]["confidence_auroc_of_error_over_120_m"] == 1.0
    assert document["models"]["m1"] == document["all"]
    assert document["not_traced"] == ["S1A_2"]
    assert [row["front_distance_m"] for row in document["fronts"]] == [20.0, 200.0]
