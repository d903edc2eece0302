"""Numbers, dates and states as people read them: always with a unit, always in words too."""

from __future__ import annotations

from datetime import date, datetime

from catalog.front import Front, Interval, Origin
from catalog.lineage import Judgement
from catalog.reason_words import ACTION_WORDS, DECISION_REASON_WORDS
from catalog.reason_words import verdict_words as verdict_words  # noqa: PLC0414 - said here too
from catalog.release import ReleaseState
from catalog.review import USUAL_REASON

THIN_SPACE = "\u2009"  # groups of thousands, and between number and unit (ISO 80000-1)
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"
NOT_KNOWN = "not known"
MONTHS = (  # not strftime: its names follow the machine's locale
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

STATE_WORDS = {
    ReleaseState.BUILDING: "being built",
    ReleaseState.FROZEN: "frozen, not yet published",
    ReleaseState.DRAFTED: "frozen, DOI drafted, not yet published",
    ReleaseState.ARCHIVED: "archived, not yet published",
    ReleaseState.PUBLISHED: "published",
    ReleaseState.WITHDRAWN: "withdrawn",
}

WITHOUT_Q1 = " without Jan\u2013Mar"
INTERVAL_WORDS = {
    Interval.DAILY: "one per pass",
    Interval.MONTHLY: "monthly",
    Interval.QUARTERLY: "quarterly",
    Interval.ANNUAL: "annual",
}


def origin_words(origin: Origin, source: str) -> str:
    """`Sentinel-1`, `simulated`, or `imported from greene2022`."""
    if origin is Origin.IMPORTED:
        return f"imported from {source}"
    return "Sentinel-1" if origin is Origin.SENTINEL1 else "simulated"


def interval_words(interval: Interval, *, without_q1: bool) -> str:
    """How often a series has a front: `monthly`, `annual without Jan-Mar`."""
    return INTERVAL_WORDS[interval] + (WITHOUT_Q1 if without_q1 else "")


def period_words(front: Front) -> str:
    """The time a front stands for, as precisely as its interval allows."""
    start = front.start
    by_interval = {
        Interval.DAILY: start.date().isoformat(),
        Interval.MONTHLY: month_words(start),
        Interval.QUARTERLY: f"{start.year} Q{(start.month + 2) // 3}",
        Interval.ANNUAL: f"{start.year}{WITHOUT_Q1 if front.is_without_q1 else ''}",
    }
    return by_interval[front.interval]


def coarse_words(front: Front) -> str:
    """As `period_words`, but never finer than a month: for spans of time."""
    is_daily = front.interval is Interval.DAILY
    return month_words(front.start) if is_daily else period_words(front)


def month_words(moment: date | datetime) -> str:
    """`Oct 2026`, kept together in one line."""
    return f"{MONTHS[moment.month - 1][:3]}{NO_BREAK_SPACE}{moment.year}"


def number(value: float, decimals: int = 0) -> str:
    """`12 345.6` with thin spaces and a true minus sign; never `-0`."""
    rounded = round(value, decimals) + 0.0
    grouped = f"{abs(rounded):,.{decimals}f}".replace(",", THIN_SPACE)
    return f"{MINUS}{grouped}" if rounded < 0 else grouped


def signed(value: float, decimals: int = 0) -> str:
    """A number that shows its sign; zero has none."""
    text = number(value, decimals)
    return f"+{text}" if round(value, decimals) > 0 else text


def decimals_for(value_km2: float) -> int:
    """Small areas keep a decimal: below 100 km² a whole kilometre is too coarse."""
    return 0 if abs(value_km2) >= 100 else 1


def area(value_km2: float) -> str:
    return f"{number(value_km2, decimals_for(value_km2))}{THIN_SPACE}km²"


def signed_area(value_km2: float) -> str:
    return f"{signed(value_km2, decimals_for(value_km2))}{THIN_SPACE}km²"


def sign_of(change_km2: float | None) -> str:
    """`gain` or `loss`; nothing where the change is not known, or zero as it is written."""
    if change_km2 is None or round(change_km2, decimals_for(change_km2)) == 0:
        return ""
    return "gain" if change_km2 > 0 else "loss"


def size(size_bytes: int) -> str:
    """A file size in decimal units: `1.4 MB`."""
    amount, unit = float(size_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{number(amount, 0 if unit == 'bytes' or amount >= 100 else 1)}{THIN_SPACE}{unit}"


def day(moment: date | datetime | None) -> str:
    """`14 October 2026`."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}" if moment else NOT_KNOWN


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 front`, `2 fronts`, `no fronts`."""
    noun = one if amount == 1 else many or f"{one}s"
    return f"{number(amount) if amount else 'no'} {noun}"


def span(first: str, last: str) -> str:
    return first if first == last else f"{first}{EN_DASH}{last}"


def judgement_words(judgement: Judgement) -> str:
    """`rejected by ada, 2 November 2026: fast ice was taken for the shelf`."""
    what = f"{ACTION_WORDS[judgement.action]} by {judgement.reviewer}, {day(judgement.decided_at)}"
    if judgement.reason is USUAL_REASON[judgement.action]:
        return what
    return f"{what}: {DECISION_REASON_WORDS[judgement.reason]}"
