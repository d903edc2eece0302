"""Small evaluations, as documents, for the tests of tables, plots and reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.evaluation.case_scores import case_row
from pipeline.evaluation.image_score import score_image
from pipeline.evaluation.labelled_document import (
    LabelledEvaluation,
    Subject,
    labelled_document,
)
from pipeline.evaluation.procedure import Procedure, Unreadable
from pipeline.evaluation.simulated_cases import Case
from pipeline.evaluation.simulated_document import SimulatedEvaluation, simulated_document
from pipeline.evaluation.simulated_tiles import pooled_scores
from tests.pipeline.evaluation.scenes import ROW, labelled_image, seen

SUBJECT = Subject("model-1", "ab" * 32, "some & folder", "cd" * 32)
FRONTS = ((30, 31), (30, 33), (32, 45), (20, None))


def labelled(fronts: tuple[tuple[int, int | None], ...] = FRONTS) -> dict[str, Any]:
    """One image for each pair of a true and a predicted front; sites A and B in turn."""
    images = [
        score_image(
            seen(labelled_image(true, replace(ROW, id=f"i{n}", site="AB"[n % 2])), predicted)
        )
        for n, (true, predicted) in enumerate(fronts)
    ]
    left_out = (Unreadable("i9", "i9.png: cannot be read."),)
    procedure = Procedure(position_scale=1.0)
    return labelled_document(LabelledEvaluation(SUBJECT, procedure, tuple(images), left_out))


def simulated() -> dict[str, Any]:
    rows = tuple(case_row(case, []) for case in Case)
    rows = (replace(rows[0], fronts=4, front_distance_m=81.5, ice_iou=0.9), *rows[1:])
    scores = pooled_scores([], 40.0)
    return simulated_document(SimulatedEvaluation("model-1", "ab" * 32, 7, scores, rows))
