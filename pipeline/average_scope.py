"""Which averages and joined fronts a run makes, and may take back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalog.front import Front, Interval
from catalog.release import Month
from catalog.shelf import Part, Shelf, all_parts, all_shelves
from pipeline.average_period import (
    MONTHS_OF_YEAR,
    AveragePeriod,
    months_from,
    periods_of,
    periods_with,
)


@dataclass(frozen=True, slots=True)
class AverageScope:
    """All that has ended by the end of `until`.

    `parts` (none: all) and `months` (none: every) narrow it: then only periods that hold one of
    the months.
    """

    until: Month
    parts: tuple[Part, ...] = ()
    months: tuple[Month, ...] = ()

    @property
    def chosen_parts(self) -> tuple[Part, ...]:
        return self.parts or all_parts()

    @property
    def chosen_shelves(self) -> tuple[Shelf, ...]:
        """The shelves of several parts that a chosen part belongs to."""
        names = {part.shelf for part in self.chosen_parts}
        return tuple(s for s in all_shelves() if s.name in names and len(s.parts) > 1)

    def periods_with(self, moments: Iterable[datetime]) -> tuple[AveragePeriod, ...]:
        """The periods in scope that hold one of `moments`."""
        return tuple(p for p in periods_with(moments, self.until) if self._holds_period(p))

    def months_since(self, first: Month) -> tuple[Month, ...]:
        """The months in scope from `first` on."""
        return tuple(
            m for m in months_from(first, self.until) if not self.months or m in self.months
        )

    def holds(self, front: Front) -> bool:
        """Whether an average or a joined front is in scope; a daily one by the month it ends in."""
        if front.interval is Interval.DAILY:
            month = Month(front.end.year, front.end.month)
            return month <= self.until and (not self.months or month in self.months)
        return self._holds_period(AveragePeriod(front.start, front.end, front.interval))

    def _holds_period(self, period: AveragePeriod) -> bool:
        wanted = {period for month in self.months for period in periods_of(month)}
        return period.has_ended(self.until) and (not self.months or period in wanted)


def months_of_year(year: int) -> tuple[Month, ...]:
    return tuple(Month(year, number) for number in range(1, MONTHS_OF_YEAR + 1))
