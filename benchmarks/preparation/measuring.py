"""Contenders one after the other in turns, each in its own process, and what came of it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.preparation.child import SPLIT
from benchmarks.preparation.contenders import CONTENDERS
from benchmarks.preparation.judging import Errors, judge
from benchmarks.preparation.targets import TargetScene
from benchmarks.preparation.task import Task

LONGEST_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Medians over the rounds; `failure` says why there are none. `ratio`: CPU time over ours,
    the median of the rounds' own ratios."""

    name: str
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    ratio: float = 0.0
    errors: Errors | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A scene, the task made of it, and the tiny one on which everybody warms up."""

    scene: TargetScene
    task: Task
    tiny: Task


def compare(bench: Bench, names: Sequence[str], rounds: int) -> list[Outcome]:
    """The first name is ours. In every round all take their turn, so that each round's ratio is of
    runs that follow each other."""
    failures, runs = _missing(names), {name: list[dict[str, float]]() for name in names}
    errors = {}
    for _ in range(rounds):
        for name in names:
            if name in failures:
                continue
            found = _child(name, bench)
            if "error" in found:
                failures[name] = f"fails: {found['error']}"
                continue
            runs[name].append(found)
            if name not in errors:
                errors[name] = judge(bench.scene, bench.task, CONTENDERS[name])
            _clear(bench.task)
    return [
        Outcome(name, failure=failures[name])
        if name in failures
        else _outcome(name, runs[name], runs[names[0]], errors[name])
        for name in names
    ]


def measured_split(bench: Bench, rounds: int) -> dict[str, Any]:
    """Our chain stage by stage: the round whose total is the median."""
    found = [_child(SPLIT, bench) for _ in range(rounds)]
    for each in found:
        if "error" in each:
            raise RuntimeError(each["error"])
    _clear(bench.task)
    found.sort(key=lambda each: sum(each["stages"].values()))
    return found[(len(found) - 1) // 2]


def _missing(names: Sequence[str]) -> dict[str, str]:
    packages = {name: CONTENDERS[name].missing for name in names}
    return {name: f"not installed: {', '.join(lack)}" for name, lack in packages.items() if lack}


def _child(name: str, bench: Bench) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.preparation.child", name],
        input=f"{bench.tiny.to_json()}\n{bench.task.to_json()}\n",
        capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    if ran.returncode:
        lines = ran.stderr.strip().splitlines() or [f"ended with {ran.returncode}"]
        return {"error": lines[-1]}
    found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


def _outcome(
    name: str, runs: list[dict[str, float]], ours: list[dict[str, float]], errors: Errors
) -> Outcome:
    cpu_s, wall_s, peak_mb = (
        statistics.median(run[key] for run in runs) for key in ("cpu_s", "wall_s", "peak_mb")
    )
    ratios = [run["cpu_s"] / our["cpu_s"] for run, our in zip(runs, ours, strict=True)]
    return Outcome(name, cpu_s, wall_s, peak_mb, statistics.median(ratios), errors)


def _clear(task: Task) -> None:
    for path in (task.output, task.output.with_suffix(".npy")):
        path.unlink(missing_ok=True)
