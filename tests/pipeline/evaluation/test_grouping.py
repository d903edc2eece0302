from __future__ import annotations

from datetime import date

import pytest

from pipeline.evaluation.grouping import GROUPINGS, groups_of, season_of
from pipeline.labelled.folder import LabelledRow


@pytest.mark.parametrize(
    ("month", "season"),
    [(12, "DJF"), (2, "DJF"), (3, "MAM"), (5, "MAM"), (6, "JJA"), (9, "SON"), (11, "SON")],
)
def test_seasons_are_the_meteorological_ones(month: int, season: str) -> None:
    assert season_of(date(2020, month, 1)) == season


def test_an_image_belongs_to_one_group_of_each_kind() -> None:
    row = LabelledRow("a", "JAC", date(2012, 7, 1), "ERS", 20.0, "2")
    assert groups_of(row) == {
        "site": "JAC",
        "season": "JJA",
        "sensor": "ERS",
        "polarisation": "VV",
        "quality": "2",
    }


def test_what_the_index_does_not_say_is_unknown() -> None:
    groups = groups_of(LabelledRow("a", "JAC"))
    assert set(groups) == set(GROUPINGS)
    assert {groups[name] for name in GROUPINGS if name != "site"} == {"unknown"}
    assert groups_of(LabelledRow("a", "JAC", sensor="TSX"))["polarisation"] == "unknown"
