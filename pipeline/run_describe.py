"""Put into a model's card what it scores on simulated tiles, and the scale of its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog.model_card import POSITION_SCALE, ModelCard
from pipeline.errors import ModelError
from pipeline.evaluation.case_scores import CaseRow, CaseUncertainty, score_case_tile
from pipeline.evaluation.left_out_scores import MAKE_IT, read_cross_validation, with_left_out_scores
from pipeline.evaluation.position import PositionErrors
from pipeline.evaluation.simulated_cases import Case, CaseTiles
from pipeline.evaluation.simulated_tiles import named_scores
from pipeline.network.card_files import JSON, read_card, write_cards
from pipeline.network.channels import sees_other_dates
from pipeline.network.weights import LoadedModel, load_model
from pipeline.run_evaluate import SimulatedTest, evaluate_simulated

FITTED_APART = 1  # from the seed that is scored: no tile is in both
SCALE_DIGITS = 3

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Description:
    """How many tiles of each hard case the scale is fitted on, and what is scored."""

    test: SimulatedTest = field(default_factory=SimulatedTest)
    fitted_each: int = 20


def describe_model(
    weights: Path, description: Description, report: Report = lambda _: None
) -> ModelCard:
    """Fit, score and write both cards anew; raises ModelError."""
    model = load_model(weights)
    if sees_other_dates(model.card.input_channels):
        raise ModelError(
            "sees other dates, of which simulated tiles have none.",
            where=weights,
            remedy=f"Describe it with --cross-validation FILE. {MAKE_IT}",
        )
    report(f"fitting the uncertainty, {description.fitted_each} tiles of each hard case")
    scale = fitted_scale(model, description)
    calibration = {**model.card.calibration, POSITION_SCALE: round(scale, SCALE_DIGITS)}
    fitted = replace(model, card=replace(model.card, calibration=calibration))
    found = evaluate_simulated(fitted, description.test, report)
    scores = {
        **model.card.scores,
        **named_scores(found.scores),
        **case_scores(found.cases),
        **uncertainty_scores(found.uncertainty),
    }
    card = replace(fitted.card, scores=scores)
    write_cards(card, weights)
    return card


def describe_by_left_out_sites(weights: Path, figures: Path) -> ModelCard:
    """Write into both cards what the recipe reaches on sites left out; raises ModelError."""
    found = read_cross_validation(figures)
    card = with_left_out_scores(read_card(weights.with_suffix(JSON)), found, figures)
    write_cards(card, weights)
    return card


def fitted_scale(model: LoadedModel, description: Description) -> float:
    """The factor with which the stated sigma covers 68 % of front pixels, over all cases."""
    test, errors = description.test, []
    for case in Case:
        tiles = CaseTiles(
            case, test.seed + FITTED_APART, test.case_side_px, model.card.input_channels
        )
        errors += [
            score_case_tile(model.network, tile).position
            for tile in tiles.tiles(description.fitted_each)
        ]
    scale = PositionErrors.pooled(errors).position_scale
    return scale if math.isfinite(scale) and scale > 0 else 1.0


def uncertainty_scores(found: CaseUncertainty | None) -> Mapping[str, float]:
    """Whether the fitted scale holds on tiles that it was not fitted on, and confidence ranks."""
    if found is None:
        return {}
    named = {
        "cases_covered_by_one_sigma": round(found.coverage, 3),
        "cases_confidence_auroc_of_error_over_3_px": round(found.confidence_auroc, 3),
    }
    return {name: value for name, value in named.items() if math.isfinite(value)}


def case_scores(rows: tuple[CaseRow, ...]) -> Mapping[str, float]:
    """The figures of each case that a card shows; what could not be measured is left out."""
    named = {}
    for row in rows:
        name = f"case_{row.case.replace(' ', '_')}"
        named[f"{name}_front_distance_m"] = round(row.front_distance_m, 1)
        named[f"{name}_missed_fronts"] = row.missed_fronts
        named[f"{name}_false_fronts"] = row.false_fronts
    return {name: value for name, value in named.items() if math.isfinite(value)}
