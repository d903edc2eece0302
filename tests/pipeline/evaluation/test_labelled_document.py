from __future__ import annotations

import math

import orjson
import pytest

from pipeline.evaluation.labelled_document import json_bytes, plain_json
from tests.pipeline.evaluation.documents import labelled, simulated


def test_the_document_survives_json_and_is_the_same_every_time() -> None:
    document = labelled()
    assert orjson.loads(json_bytes(document)) == document
    assert json_bytes(document) == json_bytes(labelled())


def test_the_document_says_what_was_evaluated_and_how() -> None:
    document = labelled()
    assert document["model_id"] == "model-1"
    assert document["procedure"]["second_pass"] is None
    assert document["procedure"]["rule"]["edge_thresholds"] == [0.3, 0.15, 0.06]
    assert document["unreadable"] == [{"id": "i9", "fault": "i9.png: cannot be read."}]


def test_counts_stand_beside_distances_in_every_group() -> None:
    document = labelled()
    assert document["all"]["without_predicted_front"] == 1
    sites = document["groups"]["site"]
    assert [sites[name]["without_predicted_front"] for name in "AB"] == [0, 1]
    means = [sites[name]["front_distance_px"] for name in "AB"]
    assert document["mean_over_sites"]["front_distance_px"] == pytest.approx(sum(means) / 2)


def test_images_keep_their_own_rows_and_a_missing_front_has_no_distance() -> None:
    first, *_, last = labelled()["images"]
    assert first["front_distance_px"] == 1.0
    assert first["confidence"]["combined"] > 0.5
    assert last["front_distance_px"] is None
    assert "confidence" not in last


def test_the_position_is_cross_checked() -> None:
    position = labelled()["position"]
    assert position["stated_share"] == 0.68
    assert position["front_pixels"] == 3 * 64
    assert position["cross_check"]["fitted_pixels"] == 2 * 64
    assert sum(each["pixels"] for each in position["by_stated_sigma"]) == 3 * 64


def test_what_is_not_a_number_is_null() -> None:
    assert plain_json({"a": (math.nan, math.inf, 1 / 3)}) == {"a": [None, None, 0.33333]}


def test_simulated_cases_are_rows_with_metres() -> None:
    document = simulated()
    assert document["cases"][0]["front_distance_m"] == 81.5
    assert document["cases"][1]["front_distance_m"] is None
    assert document["scores"] == {
        "simulated_tiles": 0,
        "simulated_tiles_with_front": 0,
        "simulated_missed_fronts": 0,
        "simulated_false_fronts": 0,
    }
