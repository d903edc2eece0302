from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.network.card_files import read_card
from pipeline.network.weights import load_model
from pipeline.run_describe import (
    Description,
    describe_by_left_out_sites,
    describe_model,
    fitted_scale,
)
from pipeline.run_evaluate import SimulatedTest, evaluate_simulated
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


def figures(folder: Path, model_id: str, **changes: object) -> Path:
    document = {
        "model_id": f"{model_id}, each site left out in turn",
        "all": {"without_predicted_front": 2},
        "mean_over_sites": {"front_distance_px": 9.876, "ocean_iou": 0.81234},
        "position": {
            "position_scale_used": None,
            "coverage": 0.5,
            "further_scale_fitted_here": 1.5,
        },
        **changes,
    }
    path = folder / "figures.json"
    path.write_text(json.dumps(document))
    return path


def test_what_a_recipe_reaches_on_sites_left_out_comes_into_the_card(tmp_path: Path) -> None:
    weights = store_threshold_model(tmp_path)
    card = read_card(weights.with_suffix(".json"))
    described = describe_by_left_out_sites(weights, figures(tmp_path, card.id))
    assert described == read_card(weights.with_suffix(".json"))
    assert described.position_scale == 1.5
    assert described.scores["left_out_sites_front_distance_px"] == 9.9
    assert described.scores["left_out_sites_ocean_iou"] == 0.812
    assert described.scores["left_out_sites_without_front"] == 2
    assert card.scores.items() <= described.scores.items()


def test_figures_of_another_recipe_or_none_at_all_are_refused(tmp_path: Path) -> None:
    weights = store_threshold_model(tmp_path)
    card = read_card(weights.with_suffix(".json"))
    with pytest.raises(ModelError, match="is of 'another"):
        describe_by_left_out_sites(weights, figures(tmp_path, "another"))
    damages: tuple[dict[str, object], ...] = (
        {"all": {}},
        {"mean_over_sites": None},
        {"position": {"coverage": "x"}},
    )
    for damage in damages:
        with pytest.raises(ModelError, match=r"figures.json.*no cross-validation.*cross-validate"):
            describe_by_left_out_sites(weights, figures(tmp_path, card.id, **damage))


def test_a_model_that_sees_other_dates_is_not_scored_on_tiles_that_have_none(
    tmp_path: Path,
) -> None:
    weights = store_threshold_model(tmp_path, ("HH", "PERSISTENCE"))
    with pytest.raises(ModelError, match=r"sees other dates.*--cross-validation"):
        describe_model(weights, SMALL)
    with pytest.raises(ModelError, match=r"sees other dates.*--data"):
        evaluate_simulated(load_model(weights), SMALL.test)
