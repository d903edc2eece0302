"""What happens to a simulated shelf: how fast it flows, when it calves, what the year brings.

A scenario is a function of the part and the seed only, so that months simulated one at a time
continue each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from catalog.release import Month
from pipeline.simulate.noise import rng_of

EPOCH = datetime(2014, 10, 1, tzinfo=UTC)  # the start of Sentinel-1A's operation
DAYS_BETWEEN_CALVINGS = 5 * 365.25
DEFAULT_SEED = 27  # with it, of Bach, David and Venable one calves from 2025-11 to 2026-10
LOST_SLICE_SHARE = 0.5  # of the passes that come in two slices


class SeaIce(StrEnum):
    NONE = "none"
    PACK = "pack"  # drifts, and leaves open water at the front
    FAST = "fast"  # frozen to the front


@dataclass(frozen=True, slots=True)
class Scenario:
    """The behaviour of one part. Months are those of the calendar, 1 to 12."""

    advance_m_per_day: float
    first_calving: datetime
    days_between_calvings: float
    melt_months: frozenset[int]
    pack_ice_months: frozenset[int]
    fast_ice_months: frozenset[int]
    dual_polarisation_months: frozenset[int]
    sliced_months: frozenset[int]  # in which a pass comes in two products


@dataclass(frozen=True, slots=True)
class Conditions:
    """What one scene meets. `melt` runs from 0 (dry) to 1 (the whole surface is wet)."""

    melt: float
    sea_ice: SeaIce
    wind_db: float  # how much wind brightens open water
    polarisations: tuple[str, ...]


def scenario_of(part_name: str, seed: int) -> Scenario:
    """The scenario of a part: 3 to 6 m a day, a calving every fifth year, a year of seasons."""
    rng = rng_of(seed, "scenario", part_name)
    advance, phase = rng.uniform(3.0, 6.0), rng.uniform(0.0, 1.0)
    return Scenario(
        advance_m_per_day=round(advance, 2),
        first_calving=EPOCH + timedelta(days=round(DAYS_BETWEEN_CALVINGS * phase)),
        days_between_calvings=DAYS_BETWEEN_CALVINGS,
        melt_months=frozenset({1}),
        pack_ice_months=frozenset({5, 6, 7, 8, 10}),
        fast_ice_months=frozenset({9}),
        dual_polarisation_months=frozenset({11, 12, 1, 2}),
        sliced_months=frozenset({3}),
    )


def conditions_at(moment: datetime, part_name: str, scenario: Scenario, seed: int) -> Conditions:
    rng = rng_of(seed, "conditions", part_name, moment.isoformat())
    is_windy = rng.random() < 0.15
    return Conditions(
        melt=float(rng.uniform(0.75, 0.95)) if moment.month in scenario.melt_months else 0.0,
        sea_ice=_sea_ice(moment.month, scenario),
        wind_db=float(rng.normal(4.0 if is_windy else 0.0, 1.0)),
        polarisations=("HH", "HV")
        if moment.month in scenario.dual_polarisation_months
        else ("HH",),
    )


def slices_taken(
    moment: datetime, part_name: str, scenario: Scenario, seed: int
) -> tuple[int, ...]:
    """Which of the two slices of a pass there are, 0 and 1; none where it comes in one piece."""
    if moment.month not in scenario.sliced_months:
        return ()
    rng = rng_of(seed, "slices", part_name, moment.isoformat())
    return (int(rng.integers(2)),) if rng.random() < LOST_SLICE_SHARE else (0, 1)


def last_calving(moment: datetime, scenario: Scenario) -> tuple[int, datetime]:
    """Number and time of the calving that came last before `moment`."""
    days = (moment - scenario.first_calving) / timedelta(days=1)
    number = int(days // scenario.days_between_calvings)
    return number, calving_time(number, scenario)


def calving_time(number: int, scenario: Scenario) -> datetime:
    return scenario.first_calving + timedelta(days=number * scenario.days_between_calvings)


def acquisition_times(
    month: Month, part_name: str, per_month: int, seed: int
) -> Iterator[datetime]:
    """When the part is seen in `month`: evenly over the month, at its own time of day."""
    rng = rng_of(seed, "pass", part_name)
    time_of_day = timedelta(seconds=int(rng.integers(0, 86_400)))
    first = datetime(month.year, month.month, 1, tzinfo=UTC)
    days = (month.following.first_day - month.first_day).days
    for number in range(per_month):
        yield first + timedelta(days=int((number + 0.5) * days / per_month)) + time_of_day


def _sea_ice(month: int, scenario: Scenario) -> SeaIce:
    if month in scenario.fast_ice_months:
        return SeaIce.FAST
    return SeaIce.PACK if month in scenario.pack_ice_months else SeaIce.NONE
