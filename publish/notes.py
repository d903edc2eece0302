"""README.md of a release: what is in it, how to use it, what attributes mean, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from catalog.columns import COLUMNS, EVENT_COLUMNS
from catalog.front import SeriesKey
from catalog.observation import ObservationKind
from catalog.publisher import Publisher
from publish.citation import Citation, bibtex
from publish.content import FrozenContent
from publish.manifest import FileText

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One time series of a release and its longest time without a front."""

    key: SeriesKey
    fronts: int
    first: date
    last: date
    longest_gap_days: int


@dataclass(frozen=True, slots=True)
class UnitGaps:
    """How many acquisitions of a unit gave no front in this release, and why."""

    unit: str
    kind: ObservationKind
    reason: str
    count: int


def abstract_of(content: FrozenContent) -> str:
    """A paragraph for metadata and pages."""
    parts = [
        f"{len(content.fronts)} dated front lines of {len(content.shelves)} Antarctic ice shelves "
        f"from {content.first_day} to {content.last_day} (data cut-off {content.cut_off})."
    ]
    if content.has_own:
        parts.append(
            "Fronts were mapped in Sentinel-1 radar scenes by a convolutional network and checked "
            "as time series."
        )
    if content.events:
        parts.append(
            f"{counted_events(len(content.events)).capitalize()} between them: polygon, area with "
            "its uncertainty, time window, and the fronts before and after."
        )
    if content.sources:
        titles = "; ".join(f"{s.title} ({s.provider or s.name})" for s in content.sources)
        parts.append(f"Fronts of other data sets are included and marked as imported: {titles}.")
    if content.has_simulated:
        parts.append(
            "Fronts marked as simulated come from made-up scenes: they show how the data look and "
            "tell nothing about Antarctica."
        )
    parts.append("Every line carries its source, licence, quality and processing lineage.")
    return " ".join(parts)


def counted_events(amount: int) -> str:
    return f"{amount} calving event{'' if amount == 1 else 's'}"


def series_of(content: FrozenContent) -> tuple[SeriesSummary, ...]:
    """The time series of a release, by unit."""
    fronts = sorted((f.front for f in content.fronts), key=lambda f: (f.series, f.start))
    return tuple(
        _summary(key, [front.start.date() for front in group])
        for key, group in groupby(fronts, key=lambda f: f.series)
    )


def gaps_of(content: FrozenContent) -> tuple[UnitGaps, ...]:
    """Acquisitions without a front, counted by unit, kind and reason."""
    missing = sorted(
        (one.seen.unit, one.seen.kind, one.seen.reason)
        for one in content.observations
        if one.seen.kind is not ObservationKind.OBSERVED
    )
    return tuple(UnitGaps(*key, len(list(group))) for key, group in groupby(missing))


def readme_text(
    content: FrozenContent,
    publisher: Publisher,
    citation: Citation,
    files: Iterable[FileText],
) -> str:
    """The README, in Markdown."""
    template = _environment().get_template("README.md.jinja")
    return template.render(
        content=content,
        publisher=publisher,
        citation=citation,
        bibtex=bibtex(citation),
        files=tuple(files),
        columns=COLUMNS,
        event_columns=EVENT_COLUMNS,
        series=series_of(content),
        gaps=gaps_of(content),
        attribution=publisher.attribution_for(content.years) if content.years else "",
        example_shelf=content.shelves[0],
        example_interval=content.fronts[0].front.interval,
    )


def _summary(key: SeriesKey, days: list[date]) -> SeriesSummary:
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return SeriesSummary(key, len(days), days[0], days[-1], max(gaps, default=0))


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("publish"),
        autoescape=False,  # noqa: S701 (Markdown, read as text)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
