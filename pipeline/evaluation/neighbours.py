"""Images of the same place at nearby dates say where the front cannot be far from.

Probabilities of an image are averaged with those of the nearest dates of its site and sensor. The
images must be co-registered, at least roughly; where they are not of one size, each stays alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from pipeline.evaluation.viewing import Prediction
from pipeline.labelled.folder import LabelledRow


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The `count` nearest dates within `within_days`, which count `weight` together."""

    count: int = 2
    weight: float = 0.3
    within_days: int = 60


def series_of(rows: Iterable[LabelledRow]) -> list[tuple[LabelledRow, ...]]:
    """Rows of one site and sensor together, each series by date; undated rows first."""
    ordered = sorted(rows, key=lambda row: (*_place(row), row.date or date.min, row.id))
    return [tuple(series) for _, series in groupby(ordered, key=_place)]


def smoothed(
    rows: Sequence[LabelledRow], predictions: Sequence[Prediction], neighbours: Neighbours
) -> list[Prediction]:
    """The predictions of one series, each averaged with those of its neighbours in time."""
    return [
        _with_neighbours(predictions[n], [predictions[k] for k in found], neighbours.weight)
        for n, found in enumerate(nearest_in_time(rows, predictions, neighbours))
    ]


def nearest_in_time(
    rows: Sequence[LabelledRow], predictions: Sequence[Prediction], neighbours: Neighbours
) -> list[list[int]]:
    """For each row the places of its neighbours, nearest first; none for a row without date."""
    found = []
    for n, row in enumerate(rows):
        days = {
            k: abs((other.date - row.date).days)
            for k, other in enumerate(rows)
            if k != n and other.date is not None and row.date is not None
            if predictions[k].ocean.shape == predictions[n].ocean.shape
        }
        near = [k for k in sorted(days, key=lambda k: days[k]) if days[k] <= neighbours.within_days]
        found.append(near[: neighbours.count])
    return found


def _with_neighbours(own: Prediction, others: list[Prediction], weight: float) -> Prediction:
    if not others:
        return own
    ocean = np.mean([other.ocean for other in others], axis=0)
    edge = np.mean([other.edge for other in others], axis=0)
    return Prediction(
        ocean=(1 - weight) * own.ocean + np.float32(weight) * ocean,
        edge=(1 - weight) * own.edge + np.float32(weight) * edge,
        spread=own.spread,
    )


def _place(row: LabelledRow) -> tuple[str, str]:
    return row.site, row.sensor
