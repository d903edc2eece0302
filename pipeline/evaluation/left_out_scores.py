"""What leave-one-site-out says of a recipe, as figures for the card of the model made from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from catalog.model_card import POSITION_SCALE, ModelCard
from pipeline.errors import ModelError

DIGITS = 3
LEFT_OUT = "left_out_sites"
MAKE_IT = "Make it: `icelines model cross-validate RECIPE --data DIR --json FILE`."


def read_cross_validation(path: Path) -> dict[str, Any]:
    """The figures that `icelines model cross-validate --json` wrote; raises ModelError."""
    try:
        document = orjson.loads(path.read_bytes())
        mean, position = document["mean_over_sites"], document["position"]
        float(mean["front_distance_px"]), float(mean["ocean_iou"]), str(document["model_id"])
        int(document["all"]["without_predicted_front"]), float(position["coverage"])
        float(position["further_scale_fitted_here"])
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"holds no cross-validation ({type(error).__name__}: {error}).",
            where=path,
            remedy=MAKE_IT,
        ) from error
    return dict(document)


def with_left_out_scores(card: ModelCard, found: dict[str, Any], path: Path) -> ModelCard:
    """The card with the means over sites that were left out, and the scale fitted on them.

    Raises ModelError where the figures are of another recipe.
    """
    if not found["model_id"].startswith(f"{card.id}, "):
        raise ModelError(
            f"is of {found['model_id']!r}, not of {card.id}.", where=path, remedy=MAKE_IT
        )
    mean, position = found["mean_over_sites"], found["position"]
    scale = (position["position_scale_used"] or 1.0) * position["further_scale_fitted_here"]
    scores = {
        f"{LEFT_OUT}_front_distance_px": round(mean["front_distance_px"], 1),
        f"{LEFT_OUT}_ocean_iou": round(mean["ocean_iou"], DIGITS),
        f"{LEFT_OUT}_without_front": found["all"]["without_predicted_front"],
    }
    return replace(
        card,
        scores={**card.scores, **scores},
        calibration={**card.calibration, POSITION_SCALE: round(scale, DIGITS)},
    )
