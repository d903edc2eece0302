"""What is measured: all that each step makes of series of fronts, up to what it would record.

Check gives the fronts with their verdicts; average the fronts of the averages, with area, digests
and lineage; events the calving events with their polygons. Reading the catalogue and writing to it
are not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalog.front import Front
from catalog.release import Month
from catalog.shelf import find_part, unit_of_part
from pipeline.average_front import front_of_average
from pipeline.average_period import periods_with
from pipeline.average_rules import AveragingRules
from pipeline.average_series import AveragedSeries, RecordedFront
from pipeline.calving_events import find_events
from pipeline.check import apply_verdict, check_series
from pipeline.checking.rules import CheckRules
from pipeline.settings import load_processing_settings
from pipeline.sightings import Sighting

NO_DIGEST = "00" * 32
LAST_MONTH = Month(2026, 12)

Stage = Callable[[Sequence[Front]], int]


def check(fronts: Sequence[Front]) -> int:
    """How many verdicts there are, each put on its front."""
    verdicts = check_series(fronts, CheckRules())
    by_id = {front.id: front for front in fronts}
    judged = [apply_verdict(by_id[verdict.front_id], verdict) for verdict in verdicts]
    return len(judged)


def average(fronts: Sequence[Front]) -> int:
    """How many averages there are: by month, quarter, year and year without January to March."""
    rules = AveragingRules(load_processing_settings().shortest_piece_m)
    members = [RecordedFront(front, NO_DIGEST) for front in fronts]
    part = find_part(fronts[0].unit)
    series = AveragedSeries.of(members, unit_of_part(part), rules)
    periods = periods_with((front.start for front in fronts), LAST_MONTH)
    found = (series.average(period, rules) for period in periods)
    return len([front_of_average(one, part, rules) for one in found if one is not None])


def events(fronts: Sequence[Front]) -> int:
    """How many calvings there are."""
    sightings = [Sighting(front, NO_DIGEST) for front in fronts]
    return len(find_events(sightings, unit_of_part(find_part(fronts[0].unit))).events)


STAGES: Mapping[str, Stage] = {"check": check, "average": average, "events": events}
