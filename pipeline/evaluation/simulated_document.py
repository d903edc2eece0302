"""The scores on simulated tiles and hard cases as plain JSON, in metres."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.evaluation.case_scores import CaseRow, CaseUncertainty
from pipeline.evaluation.labelled_document import plain_json
from pipeline.evaluation.simulated_tiles import Scores, named_scores


@dataclass(frozen=True, slots=True)
class SimulatedEvaluation:
    """What was measured on tiles of `seed`, drawn at random and by case."""

    model_id: str
    weights_sha256: str
    seed: int
    scores: Scores
    cases: tuple[CaseRow, ...]
    uncertainty: CaseUncertainty | None = None


def simulated_document(evaluation: SimulatedEvaluation) -> dict[str, Any]:
    document: dict[str, Any] = plain_json(
        {
            "kind": "simulated tiles",
            "model_id": evaluation.model_id,
            "weights_sha256": evaluation.weights_sha256,
            "seed": evaluation.seed,
            "scores": named_scores(evaluation.scores),
            "cases": [asdict(row) for row in evaluation.cases],
            "uncertainty": asdict(evaluation.uncertainty) if evaluation.uncertainty else None,
        }
    )
    return document
