"""The typed tree as SQL with bound values, for the dialects that are imported here."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from functools import singledispatch
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import LargeBinary, and_, false, literal, not_, or_, true
from sqlmodel import col

import catalog.filtering.postgresql
import catalog.filtering.sqlite  # noqa: F401 - what the functions are called there
from catalog.filtering.expression import (
    And,
    Calculation,
    Comparator,
    Comparison,
    Constant,
    Elapsed,
    Folded,
    Holds,
    IsMissing,
    Like,
    Not,
    OneOf,
    Or,
    Period,
    Place,
    Property,
    Shifted,
    SpatialRelation,
    SpatialTest,
    TemporalRelation,
    TemporalTest,
    Value,
)
from catalog.filtering.places import boxes_of
from catalog.filtering.queryables import Kind, Queryable
from catalog.filtering.sql import (
    Bytewise,
    Calculate,
    DocumentNumber,
    DocumentText,
    DocumentTruth,
    ElapsedDays,
    FitsPattern,
    Fold,
    Relate,
    Shift,
)
from catalog.filtering.text import glob_of, like_of
from catalog.rows import moment_text
from catalog.spatial import overlaps
from catalog.tables import RevisionRow

OPERATORS: dict[Comparator, Callable[[Any, Any], Any]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.DIFFERENT: operator.ne,
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.MORE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}
# Before and after every moment, in the order of bytes as in that of languages.
EVER_BEFORE, EVER_AFTER = "", "Z"
MOST_BOXES = 8


class _Span(NamedTuple):
    start: Any
    end: Any


# Ends belong to a period (OGC 21-065r2, section 7.8).
RELATIONS: dict[TemporalRelation, Callable[[_Span, _Span], Any]] = {
    TemporalRelation.AFTER: lambda a, b: a.start > b.end,
    TemporalRelation.BEFORE: lambda a, b: a.end < b.start,
    TemporalRelation.CONTAINS: lambda a, b: and_(a.start < b.start, a.end > b.end),
    TemporalRelation.DISJOINT: lambda a, b: or_(a.start > b.end, a.end < b.start),
    TemporalRelation.DURING: lambda a, b: and_(a.start > b.start, a.end < b.end),
    TemporalRelation.EQUALS: lambda a, b: and_(a.start == b.start, a.end == b.end),
    TemporalRelation.FINISHED_BY: lambda a, b: and_(a.start < b.start, a.end == b.end),
    TemporalRelation.FINISHES: lambda a, b: and_(a.start > b.start, a.end == b.end),
    TemporalRelation.INTERSECTS: lambda a, b: and_(a.start <= b.end, a.end >= b.start),
    TemporalRelation.MEETS: lambda a, b: a.end == b.start,
    TemporalRelation.MET_BY: lambda a, b: a.start == b.end,
    TemporalRelation.OVERLAPPED_BY: lambda a, b: and_(
        a.start > b.start, a.start < b.end, a.end > b.end
    ),
    TemporalRelation.OVERLAPS: lambda a, b: and_(a.start < b.start, a.end > b.start, a.end < b.end),
    TemporalRelation.STARTED_BY: lambda a, b: and_(a.start == b.start, a.end > b.end),
    TemporalRelation.STARTS: lambda a, b: and_(a.start == b.start, a.end < b.end),
}


@singledispatch
def predicate(condition: Any) -> Any:
    """SQL that is true for the items that fulfil `condition`."""
    raise TypeError(f"{condition!r} is no condition")


@predicate.register
def _(condition: Comparison) -> Any:
    left, right = _value(condition.left), _value(condition.right)
    is_order = condition.comparator not in (Comparator.EQUAL, Comparator.DIFFERENT)
    if is_order and condition.left.kind is Kind.TEXT:
        left, right = Bytewise(left), Bytewise(right)
    return OPERATORS[condition.comparator](left, right)


@predicate.register
def _(condition: OneOf) -> Any:
    return _value(condition.value).in_([_value(option) for option in condition.options])


@predicate.register
def _(condition: Like) -> Any:
    pattern = condition.pattern
    return FitsPattern(_value(condition.text), like_of(pattern), glob_of(pattern))


@predicate.register
def _(condition: IsMissing) -> Any:
    return _value(condition.value).is_(None)


@predicate.register
def _(condition: Holds) -> Any:
    return _value(condition.value)


@predicate.register
def _(condition: SpatialTest) -> Any:
    left, right = condition.left, condition.right
    test = Relate(str(condition.relation), _place(left), _place(right))
    fixed = [place for place in (left, right) if isinstance(place, BaseGeometry)]
    if condition.relation is SpatialRelation.DISJOINT or len(fixed) != 1:
        return test
    # What is not disjoint has boxes that meet: few items have to be looked at.
    return and_(_may_meet(fixed[0]), test)


@predicate.register
def _(condition: TemporalTest) -> Any:
    return RELATIONS[condition.relation](_span(condition.left), _span(condition.right))


@predicate.register
def _(condition: And) -> Any:
    return and_(true(), *map(predicate, condition.parts))


@predicate.register
def _(condition: Or) -> Any:
    return or_(false(), *map(predicate, condition.parts))


@predicate.register
def _(condition: Not) -> Any:
    return not_(predicate(condition.part))


def _span(period: Period) -> _Span:
    start = literal(EVER_BEFORE) if period.start is None else _value(period.start)
    return _Span(start, literal(EVER_AFTER) if period.end is None else _value(period.end))


@singledispatch
def _value(value: Value) -> Any:
    raise TypeError(f"{value!r} is no value")


@_value.register
def _(value: Property) -> Any:
    queryable = value.queryable
    if queryable.column is not None:
        return col(getattr(RevisionRow, queryable.column))
    return _from_document(queryable)


@_value.register
def _(value: Constant) -> Any:
    constant = value.value
    return literal(moment_text(constant) if isinstance(constant, datetime) else constant)


@_value.register
def _(value: Folded) -> Any:
    return Fold(_value(value.text), value.case, value.accents)


@_value.register
def _(value: Calculation) -> Any:
    return Calculate(value.operator, _value(value.left), _value(value.right))


@_value.register
def _(value: Shifted) -> Any:
    return Shift(_value(value.moment), _value(value.days))


@_value.register
def _(value: Elapsed) -> Any:
    return ElapsedDays(_value(value.until), _value(value.since))


def _from_document(queryable: Queryable) -> Any:
    functions = {
        Kind.TEXT: DocumentText,
        Kind.NUMBER: DocumentNumber,
        Kind.TRUTH: DocumentTruth,
    }
    path = f'$.properties."{queryable.name}"'
    return functions[queryable.kind](col(RevisionRow.document), path, queryable.name)


def _place(place: Place) -> Any:
    if isinstance(place, Property):
        return col(RevisionRow.document)
    return literal(shapely.to_wkb(place), LargeBinary())


def _may_meet(place: BaseGeometry) -> Any:
    boxes = boxes_of(place)
    return or_(*map(overlaps, boxes if len(boxes) <= MOST_BOXES else (place.bounds,)))
