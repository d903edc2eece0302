"""The scores on a labelled folder as plain JSON: every figure under a name that carries its unit.

What could not be measured is null.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from pipeline.evaluation.image_score import ImageScore
from pipeline.evaluation.position import (
    STATED_SHARE,
    PositionErrors,
    cross_check,
    stated_bins,
)
from pipeline.evaluation.procedure import Procedure, Unreadable
from pipeline.evaluation.reliability import BINS, Reliability
from pipeline.evaluation.summary import (
    LARGE_ERROR_PX,
    Summary,
    confidence_auroc,
    mean_over,
    summaries_by_group,
    summary_of,
)

DIGITS = 5
OVER_SITES = ("front_distance_px", "hausdorff95_px", "ocean_iou", "not_ocean_iou", "mean_iou")


@dataclass(frozen=True, slots=True)
class Subject:
    """What was evaluated on what: a model by its digest, a folder by that of its index."""

    model_id: str
    weights_sha256: str
    folder: str
    index_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class LabelledEvaluation:
    """All that was measured, image by image, and how."""

    subject: Subject
    procedure: Procedure
    images: tuple[ImageScore, ...]
    unreadable: tuple[Unreadable, ...]


def labelled_document(evaluation: LabelledEvaluation) -> dict[str, Any]:
    images = evaluation.images
    groups = summaries_by_group(images)
    document = {
        "kind": "labelled images",
        **asdict(evaluation.subject),
        "procedure": evaluation.procedure.document(),
        "unreadable": [asdict(each) for each in evaluation.unreadable],
        "all": _summary(summary_of(images)),
        "mean_over_sites": {name: mean_over(groups["site"], name) for name in OVER_SITES},
        "groups": {
            grouping: {name: _summary(each) for name, each in summaries.items()}
            for grouping, summaries in groups.items()
        },
        "probability": _reliability(Reliability.pooled(image.reliability for image in images)),
        "position": _position(evaluation),
        "confidence": {
            "large_error_px": LARGE_ERROR_PX,
            "auroc_of_large_error": confidence_auroc(images),
        },
        "images": [_image(image) for image in images],
    }
    plain: dict[str, Any] = plain_json(document)
    return plain


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as it is kept in a file; the same figures give the same bytes."""
    return orjson.dumps(plain_json(document), option=orjson.OPT_INDENT_2) + b"\n"


def plain_json(value: Any) -> Any:
    """Rounded numbers, null for what is not a number, lists for tuples."""
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(each) for each in value]
    return value


def _summary(summary: Summary) -> dict[str, Any]:
    """Metres are left out where they are not known."""
    figures = asdict(summary)
    return {
        name: value
        for name, value in figures.items()
        if not (name.endswith("_m") and math.isnan(value))
    }


def _reliability(reliability: Reliability) -> dict[str, Any]:
    return {
        "expected_calibration_error": reliability.expected_calibration_error,
        "bins": [
            {
                "from": n / BINS,
                "to": (n + 1) / BINS,
                "pixels": int(reliability.pixels[n]),
                "mean_probability": float(reliability.mean_probability[n]),
                "observed_share": float(reliability.observed_share[n]),
            }
            for n in range(BINS)
        ],
    }


def _position(evaluation: LabelledEvaluation) -> dict[str, Any]:
    by_id = sorted(evaluation.images, key=lambda image: image.id)
    measured = [image.position for image in by_id if image.position.error.size]
    together = PositionErrors.pooled(measured)
    return {
        "stated_share": STATED_SHARE,
        "position_scale_used": evaluation.procedure.position_scale,
        "coverage": together.coverage(),
        "front_pixels": together.error.size,
        "further_scale_fitted_here": together.position_scale,
        "by_stated_sigma": [asdict(each) for each in stated_bins(together)],
        "cross_check": asdict(cross_check(measured)),
    }


def _image(image: ImageScore) -> dict[str, Any]:
    row = {
        "id": image.id,
        **image.groups,
        "has_front": image.has_front,
        "predicts_front": image.predicts_front,
        "front_distance_px": image.distances.mean_px,
        "hausdorff95_px": image.distances.hausdorff95_px,
        "ocean_iou": image.overlap.ocean_iou,
        "not_ocean_iou": image.overlap.not_ocean_iou,
        "coverage": image.position.coverage(),
    }
    if image.pixel_m is not None:
        row["front_distance_m"] = image.distances.mean_px * image.pixel_m
    if image.sureness is not None:
        row["confidence"] = {**asdict(image.sureness), "combined": image.sureness.combined}
    return row
