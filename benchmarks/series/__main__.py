"""`make bench-series`: check, averages and events over 2,000, 20,000 and 200,000 fronts."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.series.measuring import Cost, measure

COUNTS = (2_000, 20_000, 200_000)
STAGES = ("check", "average", "events")
LIMIT_CPU_S, LIMIT_GB, LIMIT_COUNT = 60.0, 2.0, 20_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.series", description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    chosen = parser.parse_args(arguments)
    print("| stage | fronts | results | CPU s | per front, ms | GB before | GB at most |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    costs = []
    for count in chosen.counts:
        for stage in chosen.stages:
            costs.append(measure(stage, count))
            print(row_of(costs[-1]), flush=True)
    print(f"\n{verdict_on(costs)}")


def row_of(cost: Cost) -> str:
    """One line of the table."""
    return (
        f"| {cost.stage} | {cost.fronts:,} | {cost.found:,} | {cost.cpu_s:.1f} | "
        f"{1000 * cost.cpu_s / cost.fronts:.2f} | {cost.at_rest_gb:.2f} | {cost.peak_gb:.2f} |"
    )


def verdict_on(costs: Sequence[Cost]) -> str:
    """Whether all stages together keep the limits for LIMIT_COUNT fronts."""
    near = [cost for cost in costs if abs(cost.fronts - LIMIT_COUNT) <= 0.05 * LIMIT_COUNT]
    if not near:
        return f"The limits are for {LIMIT_COUNT:,} fronts."
    cpu_s, peak_gb = sum(cost.cpu_s for cost in near), max(cost.peak_gb for cost in near)
    keeps = cpu_s < LIMIT_CPU_S and peak_gb < LIMIT_GB
    return (
        f"{LIMIT_COUNT:,} fronts: {cpu_s:.1f} CPU s and {peak_gb:.2f} GB at most; the limits of "
        f"{LIMIT_CPU_S:.0f} s and {LIMIT_GB:.0f} GB are {'kept' if keeps else 'MISSED'}."
    )


if __name__ == "__main__":
    main()
