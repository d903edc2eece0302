"""A file or folder as a stream of fronts, problems and notices.

Nothing is recorded here and nothing that is wrong with one file or feature stops the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry

from catalog.area import ice_area_km2
from catalog.errors import IceLinesError, InputError
from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.importing.dates import Period, parse_period, period_of_product, product_in
from catalog.importing.errors import NoDate, UnreadableFile
from catalog.importing.fields import (
    Roles,
    find_roles,
    guess_interval,
    require_date,
    require_unit,
    unit_before_product,
)
from catalog.importing.layout import Layout, read_layout
from catalog.importing.lines import polar_line, refuse_unusable, unite
from catalog.importing.naming import NamedUnit, name_unit
from catalog.importing.remarks import Notice, Problem
from catalog.importing.vector import Table, file_inputs, read_tables, vector_files
from catalog.lineage import Input, Lineage
from catalog.source import Source

AREA_DECIMALS = 3
LIBRARIES = ("icelines", "pyogrio", "pyproj", "shapely")

Outcome = Front | Problem | Notice


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person says about the files; None where it is to be guessed.

    `unit` is the shelf of all features; `crs` overrides what a file says of itself.
    """

    unit: str | None = None
    unit_field: str | None = None
    date_field: str | None = None
    interval: Interval | None = None
    layer: str | None = None
    crs: str | None = None


def read_fronts(path: Path, source: Source, options: ReadOptions) -> Iterator[Outcome]:
    """Every front in a file or below a folder, and what is to be said of them.

    A front that a later file repeats is left out; one that a later file contradicts is a
    `Problem`. Raises UnreadableFile where there is no file at all.
    """
    root = path if path.is_dir() else path.parent
    recorded: dict[str, tuple[bytes, str]] = {}
    for file in vector_files(path):
        place = str(file.relative_to(root))
        for outcome in read_file(file, place, source, options):
            if not isinstance(outcome, Front):
                yield outcome
            elif outcome.id not in recorded:
                recorded[outcome.id] = (outcome.line.wkb, place)
                yield outcome
            elif recorded[outcome.id][0] != outcome.line.wkb:
                yield _contradiction(outcome, place, recorded[outcome.id][1])


def read_file(file: Path, place: str, source: Source, options: ReadOptions) -> Iterator[Outcome]:
    """The fronts of one file; `place` is what messages call it."""
    try:
        layout = read_layout(file)
        inputs = file_inputs(file)
        for table in read_tables(file, options.layer, options.crs):
            yield from _Reading(table, place, layout, inputs, source, options).outcomes()
    except InputError as error:
        yield Problem.of(error, place)
    except OSError as error:
        unreadable = UnreadableFile(f"cannot be opened ({error.strerror}).")
        yield Problem.of(unreadable, place)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One feature that can be a front or a piece of one."""

    number: int
    unit: NamedUnit
    period: Period
    geometry: BaseGeometry
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reading:
    """One table on its way to fronts."""

    table: Table
    place: str
    layout: Layout
    inputs: tuple[Input, ...]
    source: Source
    options: ReadOptions
    roles: Roles = field(init=False)
    interval: Interval = field(init=False)

    def outcomes(self) -> Iterator[Outcome]:
        if not self.table.geometries:
            raise UnreadableFile("holds no features.", remedy="Export it again.")
        self.roles = find_roles(self.table.fields, self.options.unit_field, self.options.date_field)
        if self.layout.period is None:
            require_date(self.roles, self.table.fields)
        if self._unit_of_file() is None:
            require_unit(self.roles, self.table.fields)
        self.interval = self.options.interval or self.layout.interval or self._guess_interval()
        yield from self._notices()
        entries: list[_Entry] = []
        for index in range(len(self.table.geometries)):
            try:
                entries.append(self._entry(index))
            except InputError as error:
                yield Problem.of(error, self.place, index + 1)
        yield from self._fronts(entries)

    def _unit_of_file(self) -> str | None:
        return self.options.unit or (None if self.options.unit_field else self.layout.part)

    def _notices(self) -> Iterator[Notice]:
        for warning in self.table.warnings:
            yield Notice(self.place, warning)
        if self.layout.interval is None:
            yield Notice(self.place, self._how_it_was_read())

    def _how_it_was_read(self) -> str:
        unit = self._unit_of_file() or f"field {self.roles.unit or self.roles.product}"
        date = f"field {self.roles.date or self.roles.product}"
        how = "as given" if self.options.interval else "guessed from the dates, see --interval"
        return f"shelf from {unit}, date from {date}, interval {self.interval} ({how})."

    # --- one feature -------------------------------------------------------------------------

    def _entry(self, index: int) -> _Entry:
        geometry = self.table.geometries[index]
        refuse_unusable(geometry)
        unit = name_unit(self._unit_text(index))
        period = self._period(index, self.interval)
        polar = polar_line(geometry, self.table.to_polar)
        return _Entry(index + 1, unit, period, polar, self._attributes(index))

    def _text(self, name: str | None, index: int) -> str:
        return (self.table.fields[name][index] or "") if name is not None else ""

    def _unit_text(self, index: int) -> str:
        fixed = self._unit_of_file() or self._text(self.roles.unit, index)
        return fixed or unit_before_product(self._text(self.roles.product, index)) or ""

    def _period(self, index: int, interval: Interval) -> Period:
        product = product_in(self._text(self.roles.product, index))
        scene = period_of_product(product) if product else None
        stated = self.layout.period or self._stated(index, interval, scene)
        # The hour of a daily front is that of its scene.
        is_closer = interval is Interval.DAILY and scene is not None and stated.holds(scene)
        return scene if scene is not None and is_closer else stated

    def _stated(self, index: int, interval: Interval, scene: Period | None) -> Period:
        text = self._text(self.roles.date, index)
        if text:
            return parse_period(text, interval)
        if scene is None:
            raise NoDate("has no date.", remedy="Fill in the field or leave the feature out.")
        return scene

    def _attributes(self, index: int) -> dict[str, str]:
        texts = {name: self._text(name, index) for name in self.table.fields}
        product = product_in(self._text(self.roles.product, index))
        named = {"sentinel1_product": product} if product else {}
        return {**self.layout.attributes, **named, **{k: v for k, v in texts.items() if v}}

    # --- all features ------------------------------------------------------------------------

    def _guess_interval(self) -> Interval:
        series: dict[str, list[Period]] = {}
        for index in range(len(self.table.geometries)):
            try:
                period = self._period(index, Interval.ANNUAL)
            except InputError:
                continue
            series.setdefault(self._unit_text(index), []).append(period)
        return guess_interval(series.values())

    def _fronts(self, entries: Sequence[_Entry]) -> Iterator[Outcome]:
        yield from self._unknown_units(entries)
        groups: dict[tuple[str, str], list[_Entry]] = {}
        for entry in entries:
            key = (entry.unit.name, entry.period.start.isoformat())
            groups.setdefault(key, []).append(entry)
        for group in groups.values():
            try:
                yield self._front(group)
            except IceLinesError as error:
                yield Problem.of(error, self.place, group[0].number)

    def _unknown_units(self, entries: Iterable[_Entry]) -> Iterator[Notice]:
        unknown = {e.unit.name: e.unit for e in entries if e.unit.known is None}
        if unknown:
            names = ", ".join(_explained(unit) for unit in unknown.values())
            yield Notice(
                self.place, f"not in the table of shelves, imported as units of their own: {names}."
            )

    def _front(self, group: Sequence[_Entry]) -> Front:
        first = group[0]
        line = unite(entry.geometry for entry in group)
        known = first.unit.known
        area = ice_area_km2(line, known.region, known.reference) if known else None
        is_eliminated = self.layout.is_eliminated
        return Front(
            unit=first.unit.name,
            shelf=first.unit.shelf,
            interval=self.interval,
            origin=Origin.IMPORTED,
            source=self.source.name,
            start=first.period.start,
            end=max(entry.period.end for entry in group),
            line=line,
            status=Status.REJECTED if is_eliminated else Status.ACCEPTED,
            reasons=(Reason.ELIMINATED_BY_SOURCE,) if is_eliminated else (),
            area_km2=None if area is None else round(area, AREA_DECIMALS),
            lineage=self._lineage(),
            imported_from=self.source,
            attributes=MappingProxyType(_joined(entry.attributes for entry in group)),
        )

    def _lineage(self) -> Lineage:
        return Lineage(
            inputs=self.inputs,
            code_version=version("icelines"),
            software=MappingProxyType({name: version(name) for name in LIBRARIES}),
            parameters=MappingProxyType({"layer": self.table.layer, "source_crs": self.table.crs}),
        )


def _explained(unit: NamedUnit) -> str:
    remarks = [] if unit.text == unit.name else [f"as {unit.name}"]
    remarks += [f"written like {' and '.join(unit.near)}"] if unit.near else []
    return f"{unit.text} ({', '.join(remarks)})" if remarks else unit.text


def _joined(attributes: Iterable[dict[str, str]]) -> dict[str, str]:
    """Attributes of united features; different texts of one field stand side by side."""
    texts: dict[str, dict[str, None]] = {}
    for entry in attributes:
        for name, text in entry.items():
            texts.setdefault(name, {})[text] = None
    return {name: "; ".join(different) for name, different in texts.items()}


def _contradiction(front: Front, place: str, earlier: str) -> Problem:
    return Problem(
        place,
        f"gives another line for {front.id} than {earlier}, which was taken.",
        "Import one of them, or tell them apart by a date with time of day.",
    )
