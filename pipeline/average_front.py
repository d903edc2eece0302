"""An average as a front: the value that is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from catalog.area import ice_area_km2
from catalog.canonical import canonical_json, sha256_hex
from catalog.front import Front, Reason, Status
from catalog.lineage import Lineage
from catalog.shelf import Part, Unit, find_part, unit_of_part
from pipeline.average_rules import AveragingRules
from pipeline.average_series import SPACING_M, Average, RecordedFront
from pipeline.contour import LINE_GRID_M, SIMPLIFY_TOLERANCE_M
from pipeline.provenance import DIGITS, code_digest
from pipeline.recording import region_digest

AVERAGE_CODE = (
    "average", "average_change", "average_front", "average_line", "average_period",
    "average_rules", "average_series", "calve", "calving_rules", "contour", "join",
    "loss_evidence", "medians", "simple_line", "tracked_fronts",
)  # fmt: skip
LIBRARIES = ("icelines", "numpy", "shapely")
AREA_DECIMALS = 3
BASELINE_SEPARATOR = "+"
REGION = "region_sha256"
NOTHING: Mapping[str, Front] = MappingProxyType({})


def front_of_average(
    average: Average, part: Part, rules: AveragingRules, recorded: Mapping[str, Front] = NOTHING
) -> Front:
    """The record of an average.

    `recorded` are earlier ones by id: their area is taken over where line and region are the same
    (measuring it costs more than the average). An average that does not separate ice from ocean
    goes to review, as a traced front does.
    """
    front = _without_area(average, part, rules)
    area_km2 = _area(front, unit_of_part(part), recorded.get(front.id))
    if area_km2 is not None:
        return replace(front, area_km2=area_km2)
    return replace(front, status=Status.IN_REVIEW, reasons=(Reason.INCOMPLETE, *front.reasons))


def _without_area(average: Average, part: Part, rules: AveragingRules) -> Front:
    first = average.members[0].front
    parameters = {**parameters_of(rules), REGION: _region(part.name), **_sides(average)}
    used = [member.front for member in average.used]
    return Front(
        unit=first.unit,
        shelf=first.shelf,
        interval=average.period.interval,
        origin=first.origin,
        source=first.source,
        start=average.period.start,
        end=average.period.end,
        line=average.line,
        reasons=_reasons(average),
        grid_m=LINE_GRID_M,
        confidence=_median(front.confidence for front in used),
        uncertainty_m=_rounded(average.centre.uncertainty_m, 1),
        observations=average.centre.observations,
        spread_m=_rounded(average.centre.spread_m, 1),
        dates=tuple(sorted({front.start.date() for front in used})),
        baseline=joined_baseline(used),
        lineage=lineage_of(average.members, parameters),
    )


@cache
def parameters_of(rules: AveragingRules) -> Mapping[str, Any]:
    """All numbers and choices that an average depends on, by dotted names."""
    parameters = {
        **{f"average.{name}": value for name, value in asdict(rules.average).items()},
        **{f"calving.{name}": value for name, value in asdict(rules.calving).items()},
        "line_grid_m": LINE_GRID_M,
        "path_spacing_m": SPACING_M,
        "shortest_piece_m": rules.shortest_piece_m,
        "simplify_tolerance_m": SIMPLIFY_TOLERANCE_M,
    }
    return MappingProxyType(parameters)


def lineage_of(members: Iterable[RecordedFront], parameters: Mapping[str, Any]) -> Lineage:
    """Made from these revisions of fronts, in this way."""
    return Lineage(
        inputs=tuple(one.as_input for one in members),
        code_version=average_code_version(),
        configuration_sha256=sha256_hex(canonical_json(dict(parameters))),
        software=_software(),
        parameters=MappingProxyType(dict(parameters)),
    )


def joined_baseline(fronts: Iterable[Front]) -> str | None:
    """The models that took part, by name."""
    names = sorted({front.baseline for front in fronts if front.baseline})
    return BASELINE_SEPARATOR.join(names) or None


@cache
def average_code_version() -> str:
    """The version of IceLines with the first digits of the digest of the code that averages."""
    return f"{version('icelines')}+{code_digest(AVERAGE_CODE)[:DIGITS]}"


@cache
def _software() -> Mapping[str, str]:
    # To ask for a version reads a file of the distribution.
    return MappingProxyType({name: version(name) for name in LIBRARIES})


@cache
def _region(part_name: str) -> str:
    return region_digest(find_part(part_name))


def _reasons(average: Average) -> tuple[Reason, ...]:
    of_side = {False: Reason.SHOWS_BEFORE_CALVING, True: Reason.SHOWS_AFTER_CALVING}
    return tuple(
        of_side[is_after] for is_after in sorted({s.is_after for s in average.centre.sides})
    )


def _sides(average: Average) -> dict[str, str]:
    """What calved in the period, when, and what the line shows of it: `calving_1`, ..."""
    told: list[str] = []
    for side in average.centre.sides:
        before, after = average.window_of(side)
        shown = "after" if side.is_after else "before"
        told.append(f"{before.start:%Y-%m-%d}/{after.start:%Y-%m-%d}, shows the state {shown}")
    return {f"calving_{n}": text for n, text in enumerate(dict.fromkeys(told), 1)}


def _area(front: Front, unit: Unit, before: Front | None) -> float | None:
    if before is not None and before.line == front.line and _same_region(before, front):
        return before.area_km2
    return _rounded(ice_area_km2(front.line, unit.region, unit.reference), AREA_DECIMALS)


def _same_region(one: Front, other: Front) -> bool:
    regions = {front.lineage.parameters.get(REGION) for front in (one, other)}
    return len(regions) == 1 and one.lineage.software == other.lineage.software


def _median(values: Iterable[float | None]) -> float | None:
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    return round(middle, 3)


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)
