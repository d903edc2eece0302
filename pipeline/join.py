"""The fronts of a shelf's parts as one front of the whole shelf.

Parts are seen on different days, so a joined front states for each part when it was seen, and
leaves a part out, saying so, rather than filling it from another time. Averages are joined by
their period. Daily fronts are joined around the first part of the shelf that was seen: the other
parts give their fronts that lie nearest in time, none farther away than a limit, and each front
is used once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from shapely import MultiLineString

from catalog.front import Front, Interval, JoinedPart, Reason, Status
from catalog.shelf import Shelf
from pipeline.average_front import joined_baseline, lineage_of
from pipeline.average_rules import JoinRules
from pipeline.average_series import RecordedFront

DAY = timedelta(days=1)
FEWEST_PARTS = 2
GAP_DECIMALS = 3
AREA_DECIMALS = 3
FROM_BEST_TO_WORST = (Status.ACCEPTED, Status.PROVISIONAL, Status.IN_REVIEW, Status.REJECTED)
# What may stand in a joined front; a doubtful part is missing rather than believed.
JOINED_STATUSES = (Status.ACCEPTED, Status.PROVISIONAL)


Joined = Mapping[str, RecordedFront]  # by part, those that there are


def join_fronts(
    fronts: Iterable[RecordedFront], shelf: Shelf, rules: JoinRules
) -> tuple[Front, ...]:
    """Fronts of the whole shelf from those of its parts, of one origin and source.

    Where fewer than two parts were seen there is nothing to join. The order does not matter.
    """
    usable = [one for one in fronts if one.front.status in JOINED_STATUSES]
    daily = [one for one in usable if one.front.interval is Interval.DAILY]
    averages = [one for one in usable if one.front.interval is not Interval.DAILY]
    groups = [*_of_one_period(averages), *_of_near_days(daily, shelf, rules)]
    joined = [_join(group, shelf, rules) for group in groups if len(group) >= FEWEST_PARTS]
    return tuple(sorted(joined, key=lambda front: (front.interval, front.start, front.id)))


def _of_one_period(averages: Iterable[RecordedFront]) -> list[Joined]:
    found: dict[tuple[Interval, datetime, datetime], dict[str, RecordedFront]] = defaultdict(dict)
    for one in averages:
        front = one.front
        found[front.interval, front.start, front.end][front.unit] = one
    return list(found.values())


def _of_near_days(
    daily: Sequence[RecordedFront], shelf: Shelf, rules: JoinRules
) -> Iterator[Joined]:
    """Groups around anchors: the fronts of each part with no earlier part's front in reach."""
    reach = rules.longest_gap_days * DAY
    anchors: list[RecordedFront] = []
    followers: list[RecordedFront] = []
    seen: list[datetime] = []
    for part in shelf.parts:
        own = _in_time(one for one in daily if one.front.unit == part.name)
        for one in own:
            nearest = _nearest(seen, one.front.start)
            is_near = nearest is not None and abs(nearest - one.front.start) <= reach
            (followers if is_near else anchors).append(one)
        seen = sorted([*seen, *(one.front.start for one in own)])
    groups: dict[str, dict[str, RecordedFront]] = {
        one.front.id: {one.front.unit: one} for one in anchors
    }
    anchors = _in_time(anchors)
    for one in _in_time(followers):
        anchor = _anchor_of(one, anchors, reach)
        if anchor is not None:
            _keep_nearest(groups[anchor.front.id], one, anchor)
    yield from groups.values()


def _anchor_of(
    one: RecordedFront, anchors: Sequence[RecordedFront], reach: timedelta
) -> RecordedFront | None:
    """The nearest anchor of another part; of two as near, the earlier."""
    begin = bisect_left(anchors, one.front.start - reach, key=_moment)
    near: list[RecordedFront] = []
    for anchor in anchors[begin:]:
        if anchor.front.start > one.front.start + reach:
            break
        if anchor.front.unit != one.front.unit:
            near.append(anchor)
    return min(near, key=lambda anchor: _gap(anchor, one), default=None)


def _keep_nearest(
    group: dict[str, RecordedFront], one: RecordedFront, anchor: RecordedFront
) -> None:
    held = group.get(one.front.unit)
    if held is None or _gap(anchor, one) < _gap(anchor, held):
        group[one.front.unit] = one


def _join(group: Joined, shelf: Shelf, rules: JoinRules) -> Front:
    present = [group[part.name] for part in shelf.parts if part.name in group]
    fronts = [one.front for one in present]
    first = fronts[0]
    parts = tuple(_part(group.get(part.name), part.name, first) for part in shelf.parts)
    is_whole = not any(part.is_missing for part in parts)
    return Front(
        unit=shelf.name,
        shelf=shelf.name,
        interval=first.interval,
        origin=first.origin,
        source=first.source,
        start=min(front.start for front in fronts),
        end=max(front.end for front in fronts),
        # Numbers of parts run with the ice on the left, as the vertices do.
        line=MultiLineString([piece for front in fronts for piece in front.line.geoms]),
        status=worst(front.status for front in fronts),
        reasons=_reasons(fronts, is_whole=is_whole),
        grid_m=_shared([front.grid_m for front in fronts]),
        confidence=_least([front.confidence for front in fronts]),
        uncertainty_m=_along(fronts, [front.uncertainty_m for front in fronts]),
        vertex_uncertainty_m=_vertex_uncertainty(fronts),
        area_km2=_sum([front.area_km2 for front in fronts]) if is_whole else None,
        observations=_count([front.observations for front in fronts]),
        spread_m=_along(fronts, [front.spread_m for front in fronts]),
        dates=tuple(sorted({day for front in fronts for day in dates_of(front)})),
        parts=parts,
        baseline=joined_baseline(fronts),
        lineage=lineage_of(present, {"join.longest_gap_days": rules.longest_gap_days}),
    )


def worst(statuses: Iterable[Status]) -> Status:
    """The status of what is made of fronts with these; at least one."""
    return max(statuses, key=FROM_BEST_TO_WORST.index)


def dates_of(front: Front) -> tuple[date, ...]:
    """The UTC days on which a front was seen."""
    return front.dates or (front.start.date(),)


def _part(one: RecordedFront | None, name: str, first: Front) -> JoinedPart:
    if one is None:
        return JoinedPart(name)
    gap_days = round(abs(one.front.start - first.start) / DAY, GAP_DECIMALS)
    return JoinedPart(name, one.front.id, dates_of(one.front), gap_days)


def _reasons(fronts: Sequence[Front], *, is_whole: bool) -> tuple[Reason, ...]:
    """All reasons of the parts, each once, and whether one is missing."""
    found = {reason for front in fronts for reason in front.reasons}
    if not is_whole:
        found.add(Reason.PART_MISSING)
    return tuple(reason for reason in Reason if reason in found)


def _vertex_uncertainty(fronts: Sequence[Front]) -> tuple[float, ...]:
    if not all(front.vertex_uncertainty_m for front in fronts):
        return ()
    return tuple(value for front in fronts for value in front.vertex_uncertainty_m)


def _shared(values: Sequence[float | None]) -> float | None:
    return values[0] if len(set(values)) == 1 else None


def _least(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return min(known) if len(known) == len(values) else None


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), AREA_DECIMALS) if len(known) == len(values) else None


def _count(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _along(fronts: Sequence[Front], values: Sequence[float | None]) -> float | None:
    """The mean along the joined line, where every part states one."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    lengths = [float(front.line.length) for front in fronts]
    weighed = (value * length for value, length in zip(known, lengths, strict=True))
    return round(sum(weighed) / sum(lengths), 1)


def _nearest(moments: Sequence[datetime], moment: datetime) -> datetime | None:
    at = bisect_left(moments, moment)
    return min(moments[max(at - 1, 0) : at + 1], key=lambda m: abs(m - moment), default=None)


def _in_time(fronts: Iterable[RecordedFront]) -> list[RecordedFront]:
    return sorted(fronts, key=lambda one: (one.front.start, one.front.id))


def _gap(one: RecordedFront, other: RecordedFront) -> timedelta:
    return abs(one.front.start - other.front.start)


def _moment(one: RecordedFront) -> datetime:
    return one.front.start
