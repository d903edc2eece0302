"""The months, quarters and years that averages stand for.

Averages of a year come twice, as in the IceLines download (Baumhoer et al. 2023): of all its
months, and without January to March, when melt makes fronts uncertain (`noQ1`). The second begins
on 1 April, which is what tells the two apart, also in their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.front import Interval
from catalog.importing.dates import ONE_SECOND, whole_months
from catalog.release import Month

DAY = timedelta(days=1)
MONTHS_OF_YEAR = 12
FIRST_MONTH_WITHOUT_Q1 = 4


@dataclass(frozen=True, slots=True, order=True)
class AveragePeriod:
    """A stretch of whole months, UTC; `end` is its last second."""

    start: datetime
    end: datetime
    interval: Interval

    @classmethod
    def of_months(cls, interval: Interval, year: int, first: int, last: int) -> AveragePeriod:
        """From the first day of month `first` to the last of month `last`."""
        span = whole_months(year, first, last)
        return cls(span.start, span.end, interval)

    @property
    def days(self) -> float:
        return (self.after - self.start) / DAY

    @property
    def after(self) -> datetime:
        """The first moment that it no longer holds."""
        return self.end + ONE_SECOND

    @property
    def kind(self) -> tuple[Interval, bool]:
        """Its interval, and whether it is a year without January to March."""
        is_year = self.interval is Interval.ANNUAL
        return self.interval, is_year and self.start.month == FIRST_MONTH_WITHOUT_Q1

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.after

    def has_ended(self, until: Month) -> bool:
        """Whether it lies wholly in `until` and the months before."""
        return (self.end.year, self.end.month) <= (until.year, until.month)


def periods_of(month: Month) -> tuple[AveragePeriod, ...]:
    """The month, its quarter, its year, and the year without January to March."""
    year, number = month.year, month.month
    first = number - (number - 1) % 3
    of = AveragePeriod.of_months
    whole = (
        of(Interval.MONTHLY, year, number, number),
        of(Interval.QUARTERLY, year, first, first + 2),
        of(Interval.ANNUAL, year, 1, MONTHS_OF_YEAR),
    )
    if number < FIRST_MONTH_WITHOUT_Q1:
        return whole
    return (*whole, of(Interval.ANNUAL, year, FIRST_MONTH_WITHOUT_Q1, MONTHS_OF_YEAR))


def periods_with(moments: Iterable[datetime], until: Month) -> tuple[AveragePeriod, ...]:
    """All periods that hold one of `moments` and have ended by the end of `until`, in order."""
    months = {Month(moment.year, moment.month) for moment in moments}
    periods = {period for month in months for period in periods_of(month)}
    return tuple(sorted(period for period in periods if period.has_ended(until)))


def months_from(first: Month, until: Month) -> Iterator[Month]:
    """Every month from `first` to `until`, both included."""
    month = first
    while month <= until:
        yield month
        month = month.following
