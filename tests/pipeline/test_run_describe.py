from __future__ import annotations

from pathlib import Path

from pipeline.network.card_files import read_card
from pipeline.network.weights import load_model
from pipeline.run_describe import Description, describe_model, fitted_scale
from pipeline.run_evaluate import SimulatedTest
from tests.pipeline.networks import store_threshold_model

SMALL = Description(SimulatedTest(tiles=2, each_case=1, case_side_px=128), fitted_each=1)


def test_the_card_gets_scores_and_a_scale_and_keeps_the_rest(tmp_path: Path) -> None:
    weights = store_threshold_model(tmp_path)
    before = read_card(weights.with_suffix(".json"))
    described = describe_model(weights, SMALL)
    after = read_card(weights.with_suffix(".json"))
    assert after == described
    assert after.position_scale > 0
    assert after.scores["simulated_tiles"] == 2
    assert "case_dry_and_calm_front_distance_m" in after.scores
    assert (after.id, after.weights_sha256) == (before.id, before.weights_sha256)
    assert f"{after.scores['simulated_ice_iou']:g}" in weights.with_suffix(".md").read_text()


def test_what_the_scale_was_fitted_on_is_not_what_is_scored(tmp_path: Path) -> None:
    model = load_model(store_threshold_model(tmp_path))
    moved = Description(SimulatedTest(2, 1, SMALL.test.seed + 1, 128), 1)
    assert fitted_scale(model, SMALL) != fitted_scale(model, moved)


def test_describing_twice_gives_the_same_card(tmp_path: Path) -> None:
    weights = store_threshold_model(tmp_path)
    assert describe_model(weights, SMALL) == describe_model(weights, SMALL)
