"""What a date means: an instant, a day, a month, a year.

A day of a daily front is the whole day, because its hour is not known. A day of a composite
(annual, quarterly, monthly) is the nominal moment that its authors gave it: which days went in is
not stated, so no interval is made up.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from catalog.errors import InvalidName
from catalog.front import Interval
from catalog.importing.errors import NoDate
from catalog.scene import parse_product_name

FIRST_YEAR, LAST_YEAR = 1940, 2100  # before the first aerial photographs there are no fronts
ONE_SECOND = timedelta(seconds=1)

COMPACT_DAY = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
DAY = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
MONTH = re.compile(r"(\d{4})[-/]?(\d{2})")
YEAR = re.compile(r"(\d{4})")
DECIMAL_YEAR = re.compile(r"\d{4}\.\d+")
TIME_OF_DAY = re.compile(r"\d[T ]\d{2}:?\d{2}")
MIDNIGHT = re.compile(r"[T ]00:?00(:?00(\.0+)?)?(Z|\+00:?00)?$")
# Product names as Sentinel-1 files have them, and with a dashed date as in the COBRA results.
PRODUCT = re.compile(
    r"S1[A-D]_(?:EW|IW|S[1-6])_GRD[FHM_]_?1[SA](?:SH|SV|DH|DV)_"
    r"(?:\d{8}T\d{6}|(?P<day>\d{4}-\d{2}-\d{2}))"
    r"(?:_\d{8}T\d{6})?(?:_\d{6})?(?:_[0-9A-F]{6})?(?:_[0-9A-F]{4})?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last moment (UTC), equal for an instant. The last second is the last moment."""

    start: datetime
    end: datetime

    def holds(self, other: Period) -> bool:
        return self.start <= other.start and other.end <= self.end


def parse_period(text: str, interval: Interval) -> Period:
    """What `text` (a date, month, year, decimal year or time) means; raises NoDate."""
    text = text.strip()
    try:
        return _parse(text, interval)
    except ValueError as error:
        raise _no_date(text) from error


def whole_day(year: int, month: int, day: int) -> Period:
    """The day; raises ValueError where there is no such day."""
    return _days(date(year, month, day), date(year, month, day))


def whole_months(year: int, first: int, last: int) -> Period:
    """The first day of month `first` to the last of month `last`; raises ValueError."""
    last_day = calendar.monthrange(year, last)[1]
    return _days(date(year, first, 1), date(year, last, last_day))


def product_in(text: str) -> str | None:
    """The Sentinel-1 product name in `text`, or None."""
    match = PRODUCT.search(text)
    return match.group(0) if match else None


def period_of_product(product: str) -> Period:
    """When the scene of a product name was taken; raises NoDate."""
    match = PRODUCT.fullmatch(product)
    if match and match["day"]:
        return parse_period(match["day"], Interval.DAILY)
    try:
        name = parse_product_name(product)
    except InvalidName as error:
        raise _no_date(product) from error
    return Period(name.start, name.end or name.start)


def _parse(text: str, interval: Interval) -> Period:
    if match := COMPACT_DAY.fullmatch(text) or DAY.fullmatch(text):
        return _day_of(interval, int(match["year"]), int(match["month"]), int(match["day"]))
    if MIDNIGHT.search(text):  # a day that a format could only store with a time
        return _parse(MIDNIGHT.sub("", text), interval)
    if match := MONTH.fullmatch(text):
        return whole_months(int(match[1]), int(match[2]), int(match[2]))
    if match := YEAR.fullmatch(text):
        return whole_months(int(match[1]), 1, 12)
    if DECIMAL_YEAR.fullmatch(text):
        return _day_of(interval, *_day_of_decimal_year(float(text)))
    if TIME_OF_DAY.search(text):
        return _instant(datetime.fromisoformat(text))
    raise ValueError(text)


def _day_of(interval: Interval, year: int, month: int, day: int) -> Period:
    period = whole_day(year, month, day)
    return period if interval is Interval.DAILY else Period(period.start, period.start)


def _day_of_decimal_year(value: float) -> tuple[int, int, int]:
    year = int(value)
    days = 366 if calendar.isleap(year) else 365
    moment = date(year, 1, 1) + timedelta(days=int((value - year) * days))
    return (moment.year, moment.month, moment.day)


def _days(first: date, last: date) -> Period:
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise ValueError(first)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    after = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return Period(start, after - ONE_SECOND)


def _instant(moment: datetime) -> Period:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(moment)
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Period(utc, utc)


def _no_date(text: str) -> NoDate:
    return NoDate(f"{text!r} is no date.", remedy="Write dates as 20201231 or 2020-12-31.")
