"""What the series benchmark says, on a handful of fronts."""

from __future__ import annotations

import pytest

from benchmarks.series.__main__ import LIMIT_COUNT, row_of, verdict_on
from benchmarks.series.generated import VERTICES, generated_series
from benchmarks.series.measuring import Cost
from benchmarks.series.stages import STAGES, average, check, events
from catalog.shelf import all_parts


def cost(cpu_s: float, fronts: int = LIMIT_COUNT, peak_gb: float = 0.4) -> Cost:
    return Cost("check", fronts, fronts, cpu_s, 0.2, peak_gb)


def test_every_part_has_a_series_of_fronts_with_so_many_vertices() -> None:
    series = generated_series(2 * len(all_parts()))
    assert [len(fronts) for fronts in series] == [2] * len(all_parts())
    assert {len(f.line.geoms[0].coords) for fronts in series for f in fronts} == {VERTICES}


def test_each_stage_does_what_it_is_named_for() -> None:
    fronts = generated_series(12 * len(all_parts()))[0]
    assert set(STAGES) == {"check", "average", "events"}
    assert check(fronts) == len(fronts)
    assert average(fronts) >= len({(front.start.year, front.start.month) for front in fronts})
    assert events(fronts) > 0


def test_the_limits_are_for_all_stages_together() -> None:
    assert "kept" in verdict_on([cost(19.0), cost(20.0), cost(20.0)])
    assert "MISSED" in verdict_on([cost(21.0), cost(20.0), cost(20.0)])
    assert "MISSED" in verdict_on([cost(1.0, peak_gb=2.1)])


def test_other_numbers_of_fronts_are_not_judged() -> None:
    assert verdict_on([cost(1.0, fronts=2_000)]) == "The limits are for 20,000 fronts."


def test_a_row_says_what_a_front_costs() -> None:
    assert row_of(cost(30.0)).split(" | ")[4] == "1.50"


@pytest.mark.parametrize("count", [0, 1])
def test_a_series_has_two_fronts_at_least(count: int) -> None:
    assert {len(fronts) for fronts in generated_series(count)} == {2}
