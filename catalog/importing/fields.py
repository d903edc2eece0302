"""Which fields of a table hold the unit and the date, and how far its dates lie apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from catalog.front import Interval
from catalog.importing.dates import Period, parse_period, product_in
from catalog.importing.errors import MissingField, NoDate

Texts = Sequence[str | None]
Fields = Mapping[str, Texts]  # field name -> one text (or None) per feature

# By how surely the name of a field says what it holds; compared without case and separators.
UNIT_FIELDS = (
    "unit", "part", "shelf", "iceshelf", "shelfname", "iceshelfname", "glacier", "glaciername",
    "region", "location", "name",
)  # fmt: skip
DATE_FIELDS = (
    "date", "datetime", "acquisitiondate", "acqdate", "imagedate", "sourcedate", "acquisition",
    "timestamp", "time", "epoch", "month", "decimalyear", "year",
)  # fmt: skip
PRODUCT_FIELDS = ("s1name", "product", "productname", "scene", "src", "source", "image")
LONGEST_DAYS = {Interval.DAILY: 20, Interval.MONTHLY: 60, Interval.QUARTERLY: 180}


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of the fields by what they hold; None where a file has none.

    `product` holds a Sentinel-1 product name, and the unit before it where `unit` is None.
    """

    unit: str | None
    date: str | None
    product: str | None


def find_roles(
    fields: Fields, unit_field: str | None = None, date_field: str | None = None
) -> Roles:
    """Guess the roles; `unit_field` and `date_field` are believed. Raises MissingField."""
    for wanted in (unit_field, date_field):
        if wanted is not None and wanted not in fields:
            raise _missing(f"there is no field {wanted!r}", fields, "Name one of them.")
    product = _first(fields, PRODUCT_FIELDS, product_in)
    date = date_field or _first(fields, DATE_FIELDS, _as_date)
    unit = unit_field or _first(fields, UNIT_FIELDS, str.strip)
    return Roles(unit, date, product)


def require_date(roles: Roles, fields: Fields) -> None:
    """Raise MissingField where neither a date nor a product name was found."""
    if roles.date is None and roles.product is None:
        raise _missing("no field holds dates", fields, "Name the field with --date-field.")


def require_unit(roles: Roles, fields: Fields) -> None:
    """Raise MissingField where no field names the shelf."""
    if roles.unit is None and roles.product is None:
        remedy = "Name the field with --unit-field, or the shelf of the whole file with --unit."
        raise _missing("no field names the shelf", fields, remedy)


def unit_before_product(text: str) -> str | None:
    """`Getz-1` of `Getz-1_S1A_EW_GRDM_1SDH_2018-06-18_...`; None where nothing stands before."""
    product = product_in(text)
    before = text.partition(product)[0].strip("_- ") if product else ""
    return before or None


def guess_interval(series: Iterable[Sequence[Period]]) -> Interval:
    """The interval that the median distance of successive dates of one unit suggests.

    Daily where no unit has two dates.
    """
    gaps = [
        (after.start - before.start).days
        for periods in series
        for before, after in pairwise(sorted(set(periods), key=lambda p: p.start))
    ]
    if not gaps:
        return Interval.DAILY
    typical = median(gaps)
    fitting = (interval for interval, days in LONGEST_DAYS.items() if typical <= days)
    return next(fitting, Interval.ANNUAL)


def _first(
    fields: Fields, wanted: Sequence[str], is_fitting: Callable[[str], object]
) -> str | None:
    """The first field of a wanted name in which at least one text fits."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(list(fields))}
    named = (plain[name] for name in wanted if name in plain)
    return next((name for name in named if any(is_fitting(t) for t in fields[name] if t)), None)


def _as_date(text: str) -> Period | None:
    try:
        return parse_period(text, Interval.DAILY)
    except NoDate:
        return None


def _missing(fault: str, fields: Fields, remedy: str) -> MissingField:
    names = ", ".join(fields) or "none"
    return MissingField(f"{fault} (fields: {names}).", remedy=remedy)
