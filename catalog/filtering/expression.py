"""A filter as a value: typed, with every name resolved.

A value that an item does not have is null, and makes what is asked of it neither true nor false
(OGC 21-065r2, section 6.3): the item is left out, also under `Not`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from shapely.geometry.base import BaseGeometry

from catalog.filtering.queryables import Kind, Queryable


class Comparator(StrEnum):
    EQUAL = "="
    DIFFERENT = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class Operator(StrEnum):
    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"
    POWER = "^"
    REMAINDER = "%"
    WHOLE = "div"


class SpatialRelation(StrEnum):
    """Named as in OGC Simple Features (06-103r4), which also says what they mean."""

    INTERSECTS = "s_intersects"
    EQUALS = "s_equals"
    DISJOINT = "s_disjoint"
    TOUCHES = "s_touches"
    WITHIN = "s_within"
    OVERLAPS = "s_overlaps"
    CROSSES = "s_crosses"
    CONTAINS = "s_contains"


class TemporalRelation(StrEnum):
    AFTER = "t_after"
    BEFORE = "t_before"
    CONTAINS = "t_contains"
    DISJOINT = "t_disjoint"
    DURING = "t_during"
    EQUALS = "t_equals"
    FINISHED_BY = "t_finishedBy"
    FINISHES = "t_finishes"
    INTERSECTS = "t_intersects"
    MEETS = "t_meets"
    MET_BY = "t_metBy"
    OVERLAPPED_BY = "t_overlappedBy"
    OVERLAPS = "t_overlaps"
    STARTED_BY = "t_startedBy"
    STARTS = "t_starts"


# --- values ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Property:
    queryable: Queryable

    @property
    def kind(self) -> Kind:
        return self.queryable.kind


@dataclass(frozen=True, slots=True)
class Constant:
    value: str | float | bool | datetime

    @property
    def kind(self) -> Kind:
        match self.value:
            case bool():
                return Kind.TRUTH
            case float():
                return Kind.NUMBER
            case datetime():
                return Kind.MOMENT
        return Kind.TEXT


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without its case, its accents, or both, as `catalog.filtering.text.fold` says."""

    text: Value
    case: bool
    accents: bool

    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True, slots=True)
class Calculation:
    """Two numbers make one; what is no finite number is null."""

    left: Value
    operator: Operator
    right: Value

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Shifted:
    """A moment so many days later (before, where negative); null outside the years 1 to 9999."""

    moment: Value
    days: Value

    @property
    def kind(self) -> Kind:
        return Kind.MOMENT


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Days from the moment `since` to the moment `until`, with their fraction."""

    until: Value
    since: Value

    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


Value = Property | Constant | Folded | Calculation | Shifted | Elapsed


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment to another, both belonging to it; None: open on that side."""

    start: Value | None
    end: Value | None


Place: TypeAlias = Property | BaseGeometry  # EPSG:4326

# --- conditions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides are of one kind."""

    left: Value
    comparator: Comparator
    right: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of the options (at least one), which are of its kind."""

    value: Value
    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """A text fits a pattern: `%` any letters, `_` one, a backslash takes the next as it is."""

    text: Value
    pattern: str


@dataclass(frozen=True, slots=True)
class IsMissing:
    value: Value


@dataclass(frozen=True, slots=True)
class Holds:
    """A truth value by itself."""

    value: Value


@dataclass(frozen=True, slots=True)
class SpatialTest:
    left: Place
    relation: SpatialRelation
    right: Place


@dataclass(frozen=True, slots=True)
class TemporalTest:
    left: Period
    relation: TemporalRelation
    right: Period


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts; true without parts."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts; false without parts."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = (
    Comparison | OneOf | Like | IsMissing | Holds | SpatialTest | TemporalTest | And | Or | Not
)
EVERYTHING = And(())
NOTHING = Or(())
