"""What names and folders of the IceLines download say.

`files/<Part>/{daily,monthly,quarterly,annual}/{fronts,fronts-eliminated}/*.gpkg`, with names that
vary and are read liberally:

    annual     2015noQ1_mean-Abbot1      mean of April to December
               2015_mean-Abbot1
    quarterly  2015Q1_mean-Abbot1        2023Q1__mean-Thwaites1
    monthly    1SSH_202104-Thwaites1     201501_mean-Abbot1
    daily      <prefix>_<YYYYMMDD>_<id>-Amery
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from catalog.errors import UnknownUnit
from catalog.front import Interval
from catalog.importing.dates import Period, whole_day, whole_months
from catalog.importing.errors import NoDate
from catalog.shelf import find_unit

KEPT, ELIMINATED = "fronts", "fronts-eliminated"
MEAN = r"(?:_+mean)?"
PART = r"-(?P<part>[A-Za-z][A-Za-z0-9]*)"
CLASS = r"(?P<product_class>1S[SD][HV])"
GRAMMAR = {
    Interval.ANNUAL: re.compile(rf"(?P<year>\d{{4}})(?P<without_q1>noQ1)?{MEAN}{PART}"),
    Interval.QUARTERLY: re.compile(rf"(?P<year>\d{{4}})_?Q(?P<quarter>\d){MEAN}{PART}"),
    Interval.MONTHLY: re.compile(rf"(?:{CLASS}_+)?(?P<year>\d{{4}})(?P<month>\d{{2}}){MEAN}{PART}"),
    Interval.DAILY: re.compile(
        rf"(?P<prefix>.+?)_+(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})"
        rf"(?:T\d{{6}})?_+(?P<id>.+){PART}"
    ),
}
POLARISATIONS = {"1SSH": "HH", "1SDH": "HH+HV", "1SSV": "VV", "1SDV": "VV+VH"}
FIRST_MONTH_WITHOUT_Q1 = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """What path and name of one file say; None where they say nothing."""

    part: str | None = None
    interval: Interval | None = None
    period: Period | None = None
    is_eliminated: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def read_layout(path: PurePath) -> Layout:
    """What the name of a file and its folders say; raises NoDate for a day that is none.

    A file outside the layout gives an empty `Layout`: a name is believed when its part is known,
    or when it lies in a folder of the layout.
    """
    folders = _from_folders(path)
    for interval, pattern in GRAMMAR.items():
        match = pattern.fullmatch(path.stem)
        if match and (folders.interval or _is_known(match["part"])):
            return _from_name(match, interval, folders, path)
    return folders


def _from_folders(path: PurePath) -> Layout:
    above = [folder.name for folder in path.parents][:3]
    if len(above) < 3 or above[0] not in (KEPT, ELIMINATED) or above[1] not in set(Interval):
        return Layout(is_eliminated=above[:1] == [ELIMINATED])
    return Layout(above[2], Interval(above[1]), is_eliminated=above[0] == ELIMINATED)


def _from_name(match: re.Match[str], interval: Interval, folders: Layout, path: PurePath) -> Layout:
    try:
        period = _period(match, interval)
    except ValueError as error:
        raise NoDate(
            "the name of the file holds no date.",
            where=path.name,
            remedy="Compare it with the names in the IceLines download.",
        ) from error
    return Layout(
        match["part"], interval, period, folders.is_eliminated, _attributes(match.groupdict())
    )


def _period(match: re.Match[str], interval: Interval) -> Period:
    year = int(match["year"])
    match interval:
        case Interval.ANNUAL:
            return whole_months(year, FIRST_MONTH_WITHOUT_Q1 if match["without_q1"] else 1, 12)
        case Interval.QUARTERLY:
            last = 3 * int(match["quarter"])
            return whole_months(year, last - 2, last)
        case Interval.MONTHLY:
            return whole_months(year, int(match["month"]), int(match["month"]))
        case Interval.DAILY:
            return whole_day(year, int(match["month"]), int(match["day"]))


def _attributes(said: dict[str, str | None]) -> dict[str, str]:
    prefix = said.get("prefix") or said.get("product_class") or ""
    polarisation = next((p for name, p in POLARISATIONS.items() if name in prefix), None)
    named = {"file_prefix": prefix, "file_id": said.get("id"), "polarisation": polarisation}
    return {name: text for name, text in named.items() if text}


def _is_known(part: str) -> bool:
    try:
        find_unit(part)
    except UnknownUnit:
        return False
    return True
