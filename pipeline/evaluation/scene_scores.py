"""Traced fronts of whole simulated scenes against the lines that they were simulated from.

What is scored went through everything: simulation of the product, preparation, the network, the
tracing. The uncertainty is that of each vertex, with the geocoding in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import MultiLineString

from catalog.front import Front
from catalog.lineage import InputKind
from pipeline.evaluation.distances import Distances, line_distances_m, mean, percentile, pooled
from pipeline.evaluation.labelled_document import plain_json
from pipeline.evaluation.position import STATED_SHARE, PositionErrors
from pipeline.evaluation.ranking import auroc

LARGE_ERROR_M = 120.0  # three pixels of 40 m


@dataclass(frozen=True, slots=True, eq=False)
class SceneScore:
    """One traced front: symmetric distances at points every 40 m, and errors of its vertices."""

    front: str
    model: str
    confidence: float | None
    distances_m: Distances
    position_m: PositionErrors


def score_front(front: Front, truth: MultiLineString) -> SceneScore:
    """Of lines in EPSG:3031, neither of them empty."""
    vertices = shapely.points(shapely.get_coordinates(front.line))
    sigma = np.asarray(front.vertex_uncertainty_m, dtype=np.float64)
    errors = shapely.distance(vertices, truth) if sigma.size else np.empty(0)
    models = front.lineage.inputs_of(InputKind.MODEL)
    return SceneScore(
        front=front.id,
        model=models[0].name if models else "unknown",
        confidence=front.confidence,
        distances_m=line_distances_m(front.line, truth),
        position_m=PositionErrors(sigma, np.asarray(errors, dtype=np.float64)),
    )


def scenes_of(front: Front) -> tuple[str, ...]:
    return tuple(each.name for each in front.lineage.inputs_of(InputKind.SCENE))


def true_line(paths: Iterable[Path]) -> MultiLineString | None:
    """The true front that these files (GeoJSON in EPSG:3031) show together; None where none does.

    Files that are not there count as showing nothing: not every scene is simulated.
    """
    lines = [line for path in paths if path.is_file() for line in _lines(path)]
    return MultiLineString(lines) if lines else None


def scene_document(scores: Sequence[SceneScore], not_traced: Sequence[str]) -> dict[str, Any]:
    """All figures as plain JSON; `not_traced` are scenes with a true front only."""
    models = sorted({score.model for score in scores})
    document: dict[str, Any] = plain_json(
        {
            "kind": "simulated scenes",
            "not_traced": list(not_traced),
            "all": _summary(scores),
            "models": {
                name: _summary([score for score in scores if score.model == name])
                for name in models
            },
            "fronts": [_row(score) for score in scores],
        }
    )
    return document


def _summary(scores: Sequence[SceneScore]) -> dict[str, float]:
    distances = pooled(score.distances_m for score in scores)
    position = PositionErrors.pooled(score.position_m for score in scores)
    per_front = np.asarray([mean(score.distances_m) for score in scores])
    ranked = [(s.confidence, mean(s.distances_m)) for s in scores if s.confidence is not None]
    return {
        "fronts": len(scores),
        "front_distance_m": mean(distances),
        "front_distance_p95_m": percentile(distances, 95),
        "front_distance_m_median_per_front": percentile(per_front, 50),
        "stated_share": STATED_SHARE,
        "coverage": position.coverage(),
        "position_scale_fitted_here": position.position_scale,
        "confidence_auroc_of_error_over_120_m": auroc(
            np.asarray([-confidence for confidence, _ in ranked]),
            np.asarray([error > LARGE_ERROR_M for _, error in ranked], dtype=np.bool_),
        ),
    }


def _row(score: SceneScore) -> dict[str, Any]:
    return {
        "front": score.front,
        "model": score.model,
        "front_distance_m": mean(score.distances_m),
        "front_distance_p95_m": percentile(score.distances_m, 95),
        "coverage": score.position_m.coverage(),
        "confidence": score.confidence,
    }


def _lines(path: Path) -> list[Any]:
    features = json.loads(path.read_bytes())["features"]
    shapes = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    return [part for shape in shapes for part in shapely.get_parts(shape) if not part.is_empty]
