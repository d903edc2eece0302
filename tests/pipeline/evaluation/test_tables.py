from __future__ import annotations

from pipeline.evaluation.tables import (
    aligned,
    case_rows,
    figure,
    labelled_rows,
    markdown,
    uncertainty_rows,
)
from tests.pipeline.evaluation.documents import labelled, simulated


def test_a_row_for_all_images_and_for_every_group() -> None:
    head, *rows = labelled_rows(labelled())
    assert [row[0] for row in rows[:3]] == ["all", "site A", "site B"]
    assert rows[0][head.index("no front")] == "1"
    assert "MDE m" not in head


def test_metres_have_columns_where_they_are_known() -> None:
    document = labelled()
    document["all"]["front_distance_m"] = 120.0
    head, first, second, *_ = labelled_rows(document)
    assert first[head.index("MDE m")] == "120.00"
    assert second[head.index("MDE m")] == "–"


def test_figures_have_as_many_digits_as_they_deserve() -> None:
    assert figure("images", 1234) == "1,234"
    assert figure("ocean_iou", 0.87654) == "0.877"
    assert figure("front_distance_px", 5.678) == "5.68"
    assert figure("front_distance_px", None) == "–"


def test_columns_are_aligned() -> None:
    lines = aligned([["", "n"], ["long name", "1"], ["b", "1,000"]]).splitlines()
    assert lines == ["               n", "long name      1", "b          1,000"]


def test_tables_of_markdown_have_a_rule() -> None:
    assert markdown([["a", "b"], ["x", "1"]]).splitlines()[1] == "| --- | ---: |"


def test_uncertainty_and_cases_have_tables() -> None:
    assert ["AUROC of edge", "0.500"] in uncertainty_rows(labelled())  # all edges are alike
    assert case_rows(simulated())[1][:4] == ["dry and calm", "4", "0", "81.50"]
