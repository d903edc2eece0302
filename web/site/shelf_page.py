"""The page of one shelf: how it changed, by what evidence, and how to get the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise

from markupsafe import Markup

from catalog.front import Front, Status
from catalog.lineage import Input, InputKind
from catalog.release import ReleaseFile
from web.site.calving_files import CSV_NAME, JSON_NAME, events_csv, events_json
from web.site.calving_section import (
    event_numerals,
    event_rows,
    event_shapes,
    events_of,
    events_summary,
    front_anchor,
)
from web.site.charts import NARROW, WIDE, area_chart, chart_title
from web.site.content import ShelfContent, SiteContent
from web.site.front_map import FrontMap, front_map, locator
from web.site.home_page import change_period, latest_lines
from web.site.paths import (
    release_files,
    release_page,
    release_shelf_folder,
    shelf_folder,
    shelf_page,
)
from web.site.release_page import DATA_SUFFIXES, reading_order
from web.site.rendering import SIMULATED_BANNER, WORKING_BANNER, Banner, SiteFile, render_page
from web.site.series import Kind, Series, Total, kinds_of
from web.site.snippets import snippets_for
from web.site.tables import series_csv, series_json
from web.site.words import (
    NOT_KNOWN,
    area,
    coarse_words,
    count,
    interval_words,
    judgement_words,
    origin_words,
    period_words,
    signed_area,
    span,
    verdict_words,
)

YEAR = timedelta(days=365)
YEAR_TOLERANCE = timedelta(days=46)
MOST_INPUTS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A number to remember: its name, its value with unit, and the date or period it is of."""

    name: str
    value: str
    when: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One released front in the table of values."""

    period: str
    area: str
    change: str
    length_km: float
    status: str


@dataclass(frozen=True, slots=True)
class ChartSection:
    """One series: its chart for two widths, its numbers as table and files."""

    title: str
    is_simulated: bool
    wide: Markup | None
    narrow: Markup | None
    values: list[ValueRow]
    under_review: int
    calvings: int
    csv: str
    json: str


@dataclass(frozen=True, slots=True)
class ProvenanceRow:
    """What one front was made from, and what was decided about it."""

    front: Front
    period: str
    verdict: str
    is_doubtful: bool
    origin: str
    inputs: tuple[Input, ...]
    more: int  # inputs that are only counted: a year may be made of hundreds of fronts
    model: Input | None
    judgements: tuple[str, ...]  # what people decided, in its order
    anchor: str


def shelf_files(shelf: ShelfContent, content: SiteContent) -> list[SiteFile]:
    """The page of a shelf and the numbers of its charts; nothing for a shelf without fronts."""
    kinds = kinds_of(shelf)
    if not kinds:
        return []
    folder = shelf_folder(shelf.shelf.name)
    series = [series for kind in kinds for series in kind.series]
    release = content.shown.version if content.shown else None
    numbers = [
        file
        for one in series
        for file in (
            SiteFile(f"{folder}{csv_name(one)}", series_csv(one)),
            SiteFile(f"{folder}{json_name(one)}", series_json(one, release)),
        )
    ]
    return [_page(shelf, kinds, content), *numbers, *_event_files(shelf, release)]


def _event_files(shelf: ShelfContent, release: str | None) -> list[SiteFile]:
    if not shelf.events:
        return []
    folder = shelf_folder(shelf.shelf.name)
    return [
        SiteFile(f"{folder}{CSV_NAME}", events_csv(shelf.events)),
        SiteFile(f"{folder}{JSON_NAME}", events_json(shelf.events, shelf.shelf.name, release)),
    ]


def csv_name(series: Series) -> str:
    return f"area-{series.slug}.csv"


def json_name(series: Series) -> str:
    return f"area-{series.slug}.json"


def _page(shelf: ShelfContent, kinds: tuple[Kind, ...], content: SiteContent) -> SiteFile:
    lead, shown = kinds[0], content.shown
    latest = lead.latest
    own = own_files(shelf, content)
    return render_page(
        "shelf.html.j2",
        shelf_page(shelf.shelf.name),
        content,
        banners=_banners(shelf, content),
        shelf=shelf,
        title=shelf.shelf.title,
        current_to=period_words(latest) if latest else None,
        figures=figures_of(lead),
        locator=locator([latest_lines(lead)], shelf.shelf.title) if latest else None,
        sections=[_section(series, shelf) for kind in kinds for series in kind.series],
        maps=[entry for kind in kinds if (entry := _map(kind, shelf)) is not None],
        events=event_rows(shelf),
        events_summary=events_summary(shelf),
        events_csv=CSV_NAME,
        events_json=JSON_NAME,
        downloads=own or data_files(content),
        has_own_files=bool(own),
        files_root=release_files(shown.version) if shown else "",
        release=shown,
        release_href=release_page(shown.version) if shown else None,
        citation=shown.citation.text if shown else None,
        provenance=[_provenance(front) for front in _newest_first(shelf)],
        snippets=snippets_for(shelf, lead.interval, content),
    )


def _banners(shelf: ShelfContent, content: SiteContent) -> list[Banner]:
    banners = [] if content.shown else [WORKING_BANNER]
    return [*banners, SIMULATED_BANNER] if shelf.has_simulated else banners


def figures_of(kind: Kind) -> list[Figure]:
    """Four figures of the leading series, each with its unit and its date."""
    totals = kind.totals
    parts = "" if len(kind.series) == 1 else f", all {len(kind.series)} parts"
    year = change_in_last_year(totals)
    fronts = [front for series in kind.series for front in series.line]
    first = min(fronts, key=lambda f: f.start, default=None)
    period = span(coarse_words(first), coarse_words(kind.latest)) if first and kind.latest else ""
    return [
        Figure(
            "Area",
            area(totals[-1].area_km2) if totals else NOT_KNOWN,
            f"{totals[-1].words}{parts}" if totals else "no front with a known area",
        ),
        Figure(
            "Change",
            NOT_KNOWN if kind.change_km2 is None else signed_area(kind.change_km2),
            f"{change_period(kind)}{parts}" if change_period(kind) else "needs two known areas",
        ),
        Figure(
            "In the last year",
            signed_area(year[1]) if year else NOT_KNOWN,
            year[0] if year else "no known area one year before",
        ),
        Figure("Released", count(len(fronts), "front"), _every(kind, period)),
    ]


def _every(kind: Kind, period: str) -> str:
    words = interval_words(kind.interval, without_q1=kind.without_q1)
    return ", ".join(filter(None, (words, period)))


def change_in_last_year(totals: tuple[Total, ...]) -> tuple[str, float] | None:
    """Period and change (km²) between the last value and the one about a year before it."""
    if len(totals) < 2:
        return None
    last = totals[-1]
    before = min(totals[:-1], key=lambda t: (abs(last.moment - t.moment - YEAR), t.moment))
    if abs(last.moment - before.moment - YEAR) > YEAR_TOLERANCE:
        return None
    return span(before.month, last.month), last.area_km2 - before.area_km2


def _section(series: Series, shelf: ShelfContent) -> ChartSection:
    title = chart_title(series, shelf.unit_title(series.key.unit))
    events = events_of(shelf, series.key)
    return ChartSection(
        title=title,
        is_simulated=series.is_simulated,
        wide=area_chart(series, WIDE, title, events),
        narrow=area_chart(series, NARROW, title, events),
        values=_values(series),
        under_review=len(series.doubtful),
        calvings=len(events),
        csv=csv_name(series),
        json=json_name(series),
    )


def _values(series: Series) -> list[ValueRow]:
    changes = {
        after.front.id: signed_area(after.area_km2 - before.area_km2)
        for before, after in pairwise(series.measured)
    }
    rows = [
        ValueRow(
            period=period_words(front),
            area=NOT_KNOWN if front.area_km2 is None else area(front.area_km2),
            change=changes.get(front.id, ""),
            length_km=front.length_km,
            status=verdict_words(front),
        )
        for front in series.line
    ]
    return rows[::-1]


def _map(kind: Kind, shelf: ShelfContent) -> tuple[str, FrontMap] | None:
    below = partial(event_shapes, shelf, kind.origin, kind.source)
    above = partial(event_numerals, shelf, kind.origin, kind.source)
    drawn = front_map(kind, shelf.shelf.title, below, above)
    return (origin_words(kind.origin, kind.source), drawn) if drawn else None


def own_files(shelf: ShelfContent, content: SiteContent) -> list[ReleaseFile]:
    """The files that the release has for this shelf alone."""
    folder = release_shelf_folder(shelf.shelf.name)
    offered = content.shown.offered if content.shown else ()
    own = (file for file in offered if file.path.startswith(folder))
    return sorted(own, key=reading_order)


def data_files(content: SiteContent) -> list[ReleaseFile]:
    """The files for all shelves that hold fronts or numbers, not the release's papers."""
    offered = content.shown.offered if content.shown else ()
    whole = (file for file in offered if "/" not in file.path)
    return [f for f in whole if f.path.endswith(DATA_SUFFIXES) and not f.path.startswith("items-")]


def _provenance(front: Front) -> ProvenanceRow:
    models = front.lineage.inputs_of(InputKind.MODEL)
    made_from = tuple(i for i in front.lineage.inputs if i.kind is not InputKind.MODEL)
    shown = made_from if len(made_from) <= MOST_INPUTS else ()
    return ProvenanceRow(
        front=front,
        period=period_words(front),
        verdict=verdict_words(front),
        is_doubtful=front.status in (Status.IN_REVIEW, Status.PROVISIONAL),
        origin=origin_words(front.origin, front.source),
        inputs=shown,
        more=len(made_from) - len(shown),
        model=models[0] if models else None,
        judgements=tuple(map(judgement_words, front.lineage.judgements)),
        anchor=front_anchor(front.id),
    )


def _newest_first(shelf: ShelfContent) -> list[Front]:
    unique = {front.id: front for front in shelf.all_fronts}
    return sorted(unique.values(), key=lambda f: (f.start, f.id), reverse=True)
