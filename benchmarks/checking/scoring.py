"""Which false fronts the check finds, and which true ones it doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from shapely import MultiLineString

from benchmarks.checking.corruption import Kind, corrupted_dates, corrupted_line
from benchmarks.checking.truth import TRACE_SIGMA_M, TrueFront, traced_line, true_series
from catalog.corridor import corridors_of, front_distances
from catalog.front import Front, Interval, Origin, Status
from catalog.shelf import Part, unit_of_part
from pipeline.check import check_series
from pipeline.checking.rules import CheckRules
from pipeline.checking.verdict import Verdict
from pipeline.simulate.noise import rng_of

OFF_M = 400.0
OFF_SHARE = 0.1  # of the paths that must be off by more than OFF_M, or not crossed
SCORED_SPACING_M = 250.0


@dataclass(frozen=True, slots=True)
class Case:
    """One front: what befell it, how far off it is, and what the check said."""

    unit: str
    seed: int
    position: int
    kind: Kind | None
    off_share: float
    mean_off_m: float
    verdict: Verdict
    after_calving: bool

    @property
    def is_off(self) -> bool:
        return self.off_share >= OFF_SHARE

    @property
    def is_found(self) -> bool:
        return self.verdict.status is Status.IN_REVIEW

    @property
    def is_waiting(self) -> bool:
        return self.verdict.status is Status.PROVISIONAL

    @property
    def is_rejected(self) -> bool:
        return self.verdict.status is Status.REJECTED


@dataclass(slots=True)
class Score:
    """Counts over many series."""

    good: int = 0
    good_doubted: int = 0
    good_waiting: int = 0
    calvings: int = 0
    calvings_rejected: int = 0
    calvings_doubted: int = 0
    off: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    waiting: Counter[Kind] = field(default_factory=Counter)
    slight: Counter[Kind] = field(default_factory=Counter)
    slight_found: Counter[Kind] = field(default_factory=Counter)


def judged_series(part: Part, seed: int, rules: CheckRules) -> list[Case]:
    """A simulated series with corrupted fronts, and the verdicts on it."""
    truth = true_series(part, seed)
    rng = rng_of(seed, "corruption", part.name)
    chosen = corrupted_dates(len(truth), rng)
    sigma_m = float(rng.uniform(*TRACE_SIGMA_M))
    lines = [
        corrupted_line(front, *chosen[at], sigma_m, rng)
        if at in chosen
        else traced_line(front, sigma_m, rng)
        for at, front in enumerate(truth)
    ]
    fronts = [_front(part, front, line) for front, line in zip(truth, lines, strict=True)]
    verdicts = check_series(fronts, rules)
    shares, means = _off(part, truth, lines)
    kinds = [chosen[at][0] if at in chosen else None for at in range(len(truth))]
    calved = _first_after_calving(truth, kinds)
    return [
        Case(part.name, seed, at, kinds[at], shares[at], means[at], verdict, at in calved)
        for at, verdict in enumerate(verdicts)
    ]


def score_of(cases: Iterable[Case]) -> Score:
    """All cases counted."""
    score = Score()
    for case in cases:
        if case.kind is None:
            score.good += 1
            score.good_doubted += case.is_found
            score.good_waiting += case.is_waiting
            score.calvings += case.after_calving
            score.calvings_rejected += case.after_calving and case.is_rejected
            score.calvings_doubted += case.after_calving and case.is_found
        elif case.is_off:
            score.off[case.kind] += 1
            score.found[case.kind] += case.is_found
            score.waiting[case.kind] += case.is_waiting
        else:
            score.slight[case.kind] += 1
            score.slight_found[case.kind] += case.is_found
    return score


def _front(part: Part, truth: TrueFront, line: MultiLineString) -> Front:
    width_m = truth.corridor.width_m
    return Front(
        unit=part.name,
        shelf=part.shelf,
        interval=Interval.DAILY,
        origin=Origin.SIMULATED,
        source="simulated",
        start=truth.moment,
        end=truth.moment,
        line=line,
        area_km2=float((truth.distance_m * width_m).sum() / 1e6),
    )


def _off(
    part: Part, truth: Sequence[TrueFront], lines: Sequence[MultiLineString]
) -> tuple[list[float], list[float]]:
    """Per front: the share of the paths off by more than OFF_M or missing, and the mean metres."""
    (corridor,) = corridors_of(unit_of_part(part), SCORED_SPACING_M)
    true_lines = [MultiLineString([front.corridor.points_at(front.distance_m)]) for front in truth]
    true_m = front_distances(true_lines, corridor)[:, 1:-1]
    error_m = np.abs(front_distances(lines, corridor)[:, 1:-1] - true_m)
    is_off = ~(error_m <= OFF_M)
    known = ~np.isnan(error_m)
    means = np.where(known, error_m, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return is_off.mean(axis=1).tolist(), means.tolist()


def _first_after_calving(truth: Sequence[TrueFront], kinds: Sequence[Kind | None]) -> set[int]:
    """The first good front after each calving that has a good front before it."""
    good = [at for at, kind in enumerate(kinds) if kind is None]
    return {at for before, at in pairwise(good) if truth[at].calvings != truth[before].calvings}
