"""Check all series on record, and write down the verdicts that changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.front import Front, Origin, SeriesKey, Status
from catalog.query import FrontFilter
from catalog.store import CatalogStore
from pipeline.check import CheckRules, Verdict, apply_verdict, check_series

# Fronts of others keep the verdict of their source: their series mix sensors and methods, for
# which our bounds were not made.
CHECKED_ORIGINS = (Origin.SENTINEL1, Origin.SIMULATED)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How a check ended; `in_review` are front ids with their reasons, joined by commas."""

    series: int
    fronts: int
    changed: int
    by_status: Mapping[str, int]
    in_review: tuple[tuple[str, str], ...]


def check_catalogue(store: CatalogStore, rules: CheckRules) -> CheckReport:
    """Judge every series of our own fronts; an unchanged verdict writes nothing."""
    series: dict[SeriesKey, list[Front]] = defaultdict(list)
    for front in store.fronts(FrontFilter(origins=CHECKED_ORIGINS)):
        series[front.series].append(front)
    verdicts: list[Verdict] = []
    changed = 0
    for key in sorted(series):
        fronts = {front.id: front for front in series[key]}
        for verdict in check_series(fronts.values(), rules):
            verdicts.append(verdict)
            revised = apply_verdict(fronts[verdict.front_id], verdict)
            if revised is not None:
                changed += store.revise_front(revised).revised
    return CheckReport(
        series=len(series),
        fronts=sum(map(len, series.values())),
        changed=changed,
        by_status=Counter(str(verdict.status) for verdict in verdicts),
        in_review=tuple(
            (verdict.front_id, ", ".join(map(str, verdict.reasons)))
            for verdict in verdicts
            if verdict.status is Status.IN_REVIEW
        ),
    )
