"""The home page: the map, the list of shelves, the release to get."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from markupsafe import Markup
from shapely import MultiLineString

from catalog.front import Front, Origin
from web.site.charts import sparkline
from web.site.content import ShelfContent, SiteContent
from web.site.paths import release_page, shelf_page
from web.site.plane import lines_of
from web.site.polar_map import MappedShelf, polar_map, short_name
from web.site.rendering import SIMULATED_BANNER, WORKING_BANNER, Banner, SiteFile, render_page
from web.site.series import Kind, kinds_of
from web.site.structured import is_citable
from web.site.words import origin_words, period_words, sign_of, signed_area, span


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One line of the list of shelves. `tag` says where the fronts come from, unless from us."""

    name: str
    href: str
    spark: Markup
    latest: str
    change: str | None
    period: str
    sign: str
    under_review: int
    tag: str


def home_page(content: SiteContent) -> SiteFile:
    """`index.html`."""
    released = [front for shelf in content.shelves for front in shelf.released]
    seen = [(shelf, kinds_of(shelf)) for shelf in content.shelves]
    shown = [(shelf, kinds[0]) for shelf, kinds in seen if kinds]
    rows = [_row(shelf, kind) for shelf, kind in shown]
    svg = polar_map(
        [_mapped(shelf, kind) for shelf, kind in shown],
        title="Antarctica and the change of its ice shelves",
        description=_description(rows),
    )
    return render_page(
        "home.html.j2",
        "index.html",
        content,
        banners=home_banners(content),
        map=svg,
        rows=rows,
        common_origin=common_origin([kind for _, kind in shown]),
        missing=[short_name(shelf.shelf) for shelf, kinds in seen if not kinds],
        release=content.shown,
        release_href=release_page(content.shown.version) if content.shown else None,
        is_citable=content.shown is not None and is_citable(content.shown),
        fronts=len(released),
        last_day=max((front.end for front in released), default=None),
        period=_period(released),
        under_review=sum(row.under_review for row in rows),
    )


def home_banners(content: SiteContent) -> list[Banner]:
    banners = [] if content.shown else [WORKING_BANNER]
    return [*banners, SIMULATED_BANNER] if content.has_simulated else banners


def latest_lines(kind: Kind) -> MultiLineString:
    """The latest line of each unit, together."""
    latest = [series.line[-1].line for series in kind.series if series.line]
    return MultiLineString(list(lines_of(shapely.GeometryCollection(latest))))


def change_period(kind: Kind) -> str:
    totals = kind.totals
    return span(totals[0].month, totals[-1].month) if len(totals) > 1 else ""


def common_origin(kinds: list[Kind]) -> str:
    """Where all fronts come from when it is one place, to be said once; else nothing."""
    origins = {origin_words(kind.origin, kind.source) for kind in kinds}
    return origins.pop() if len(origins) == 1 else ""


def _row(shelf: ShelfContent, kind: Kind) -> ShelfRow:
    change, latest = kind.change_km2, kind.latest
    sign = sign_of(change)
    return ShelfRow(
        name=short_name(shelf.shelf),
        href=shelf_page(shelf.shelf.name),
        spark=sparkline(kind),
        latest=period_words(latest) if latest else "none yet",
        change=None if change is None else signed_area(change),
        period=change_period(kind),
        sign=sign,
        under_review=shelf.under_review,
        tag="" if kind.origin is Origin.SENTINEL1 else str(kind.origin),
    )


def _mapped(shelf: ShelfContent, kind: Kind) -> MappedShelf:
    return MappedShelf(
        name=short_name(shelf.shelf),
        href=shelf_page(shelf.shelf.name),
        lines=latest_lines(kind),
        change_km2=kind.change_km2,
        period=change_period(kind),
    )


def _description(rows: list[ShelfRow]) -> str:
    lost = sum(1 for row in rows if row.sign == "loss")
    gained = sum(1 for row in rows if row.sign == "gain")
    return (
        f"A circle for each of {len(rows)} ice shelves; its area is the change in shelf area. "
        f"{lost} lost area, {gained} gained area. The list that follows gives the numbers."
    )


def _period(fronts: list[Front]) -> str:
    if not fronts:
        return ""
    first, last = min(f.start for f in fronts), max(f.end for f in fronts)
    return span(str(first.year), str(last.year))
