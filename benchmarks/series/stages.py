"""What is measured: each stage goes over series of fronts, without reading or writing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalog.front import Front
from catalog.release import Month
from catalog.shelf import find_part, unit_of_part
from pipeline.average_period import periods_with
from pipeline.average_rules import AveragingRules
from pipeline.average_series import AveragedSeries, RecordedFront
from pipeline.calving_events import find_events
from pipeline.check import check_series
from pipeline.checking.rules import CheckRules
from pipeline.settings import load_processing_settings
from pipeline.sightings import Sighting

NO_DIGEST = "00" * 32
LAST_MONTH = Month(2026, 12)

Stage = Callable[[Sequence[Front]], int]


def check(fronts: Sequence[Front]) -> int:
    """How many verdicts there are."""
    return len(check_series(fronts, CheckRules()))


def average(fronts: Sequence[Front]) -> int:
    """How many averages there are: by month, quarter, year and year without January to March."""
    rules = AveragingRules(load_processing_settings().shortest_piece_m)
    members = [RecordedFront(front, NO_DIGEST) for front in fronts]
    series = AveragedSeries.of(members, unit_of_part(find_part(fronts[0].unit)), rules)
    periods = periods_with((front.start for front in fronts), LAST_MONTH)
    return sum(series.average(period, rules) is not None for period in periods)


def events(fronts: Sequence[Front]) -> int:
    """How many calvings there are."""
    sightings = [Sighting(front, NO_DIGEST) for front in fronts]
    return len(find_events(sightings, unit_of_part(find_part(fronts[0].unit))).events)


STAGES: Mapping[str, Stage] = {"check": check, "average": average, "events": events}
