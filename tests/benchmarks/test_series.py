from __future__ import annotations

from benchmarks.series.__main__ import row_of, verdict_on
from benchmarks.series.generated import VERTICES, generated_series
from benchmarks.series.measuring import Cost
from benchmarks.series.stages import STAGES


def cost(fronts: int, cpu_s: float, peak_gb: float) -> Cost:
    return Cost("check", fronts, fronts, cpu_s, 0.2, peak_gb)


def test_generated_fronts_have_the_stated_number_of_vertices() -> None:
    series = generated_series(102)
    assert sum(map(len, series)) == 102
    assert {len(front.line.geoms[0].coords) for fronts in series for front in fronts} == {VERTICES}


def test_every_stage_runs_over_a_series() -> None:
    fronts = generated_series(51 * 6)[2]
    assert STAGES["check"](fronts) == 6
    assert STAGES["average"](fronts) >= 6
    assert STAGES["events"](fronts) >= 0


def test_all_stages_together_must_keep_the_limits() -> None:
    assert "kept" in verdict_on([cost(19_992, 20.0, 0.5), cost(19_992, 30.0, 1.0)])
    assert "MISSED" in verdict_on([cost(19_992, 40.0, 0.5), cost(19_992, 30.0, 1.0)])
    assert "MISSED" in verdict_on([cost(19_992, 1.0, 2.5)])
    assert "limits are for" in verdict_on([cost(2_000, 1.0, 0.1)])


def test_a_row_says_what_one_front_costs() -> None:
    assert "| 2,000 | 2,000 | 4.0 | 2.00 |" in row_of(cost(2_000, 4.0, 0.1))
