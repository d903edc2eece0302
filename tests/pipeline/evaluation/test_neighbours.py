from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from pipeline.evaluation.neighbours import Neighbours, nearest_in_time, series_of, smoothed
from pipeline.evaluation.viewing import Prediction
from pipeline.labelled.folder import LabelledRow


def row(name: str, day: int | None, site: str = "A", sensor: str = "S1") -> LabelledRow:
    when = None if day is None else date(2020, 1, 1) + timedelta(days=day)
    return LabelledRow(name, site, when, sensor)


def says(value: float, side_px: int = 4) -> Prediction:
    field = np.full((side_px, side_px), value, dtype=np.float32)
    return Prediction(field, field * np.float32(0.5), np.zeros_like(field))


def test_series_are_of_one_site_and_sensor_in_the_order_of_dates() -> None:
    rows = [row("c", 9), row("a", 1), row("t", 2, sensor="TSX"), row("b", 3, site="B")]
    names = [[each.id for each in series] for series in series_of(rows)]
    assert names == [["a", "c"], ["t"], ["b"]]


def test_the_nearest_dates_are_averaged_in() -> None:
    rows = [row("a", 0), row("b", 10), row("c", 15)]
    found = smoothed(rows, [says(0.0), says(1.0), says(1.0)], Neighbours(1, 0.25, 30))
    assert found[0].ocean[0, 0] == pytest.approx(0.25)
    assert found[1].ocean[0, 0] == pytest.approx(1.0)
    assert found[0].edge[0, 0] == pytest.approx(0.125)


def test_what_is_too_far_undated_or_of_another_size_is_no_neighbour() -> None:
    rows = [row("a", 0), row("b", 100), row("c", None), row("d", 1)]
    predictions = [says(0.0), says(1.0), says(1.0), says(1.0, side_px=5)]
    near = nearest_in_time(rows, predictions, Neighbours(3, 0.5, 30))
    assert near == [[], [], [], []]
    assert smoothed(rows, predictions, Neighbours(3, 0.5, 30))[0] is predictions[0]
