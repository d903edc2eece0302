"""How far another way of running the network moves the line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiLineString

from pipeline.grid import Grid
from pipeline.probability import PROBABILITY_NODATA, PROBABILITY_STEPS, Probabilities, as_fraction
from pipeline.settings import ProcessingSettings
from pipeline.trace import NoFront, trace_lines

SAMPLE_M = 20.0
RULES = ProcessingSettings().trace_rules


@dataclass(frozen=True, slots=True)
class Difference:
    """Largest change of a probability, share of pixels that changed sides, metres between lines.

    Distances are symmetric: of each line's points to the other line; NaN where a line is missing.
    """

    largest_change: float
    flipped_share: float
    mean_m: float
    largest_m: float


def difference(found: Probabilities, reference: Probabilities, grid: Grid) -> Difference:
    known = (found.ice != PROBABILITY_NODATA) & (reference.ice != PROBABILITY_NODATA)
    one, other = found.ice[known].astype(int), reference.ice[known].astype(int)
    half = PROBABILITY_STEPS / 2
    distances = _distances(line_of(found, grid), line_of(reference, grid))
    return Difference(
        float(np.abs(one - other).max(initial=0)) / PROBABILITY_STEPS,
        float(np.mean((one > half) != (other > half))),
        float(distances.mean()),
        float(distances.max()),
    )


def line_of(found: Probabilities, grid: Grid) -> MultiLineString | None:
    """The line between ice and water as the pipeline draws it, without a region."""
    traced = trace_lines(as_fraction(found.ice), grid, RULES)
    return None if isinstance(traced, NoFront) else traced.line


def _distances(
    first: MultiLineString | None, second: MultiLineString | None
) -> np.typing.NDArray[np.float64]:
    if first is None or second is None:
        return np.array([np.nan])
    return np.concatenate(
        [
            shapely.distance(shapely.points(shapely.get_coordinates(dense)), other)
            for dense, other in (
                (shapely.segmentize(first, SAMPLE_M), second),
                (shapely.segmentize(second, SAMPLE_M), first),
            )
        ]
    )
