"""Content to build pages from, without a catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from shapely import MultiLineString, affinity

from catalog.calving import CalvingEvent
from catalog.canonical import sha256_hex
from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.publisher import Creator
from catalog.release import Doi, Release, ReleaseFile, ReleaseState, Version
from catalog.shelf import Shelf, find_shelf
from catalog.source import KNOWN_SOURCES
from tests.factories import AMERY_LINE, ROSS_LINE, make_calving, make_front, make_imported_front
from web.site.content import Changes, Citation, ReleaseContent, ShelfContent, SiteContent

RELEASE_FILES = {
    "icelines-fronts.gpkg": ("Fronts of all shelves, GeoPackage", "application/geopackage+sqlite3"),
    "shelves/Amery/Amery-fronts.gpkg": ("Fronts of Amery", "application/geopackage+sqlite3"),
    "README.md": ("What this is and how to use it", "text/markdown"),
    "datacite.json": ("DataCite metadata", "application/json"),
    "SHA256SUMS": ("For sha256sum -c", "text/plain"),
}
CREATOR = Creator(
    family_name="Doe",
    given_name="Jane",
    orcid="https://orcid.org/0000-0002-1825-0097",
    affiliation="Polar Institute",
    affiliation_ror="https://ror.org/05a28rw58",
)


def monthly(month: int, area_km2: float | None, year: int = 2026, **changes: Any) -> Front:
    """A monthly front of Amery from Sentinel-1, its line further out with every month."""
    start = datetime(year, month, 1, tzinfo=UTC)
    fields: dict[str, Any] = {
        "interval": Interval.MONTHLY,
        "origin": Origin.SENTINEL1,
        "source": "sentinel1",
        "start": start,
        "end": start + timedelta(days=27),
        "area_km2": area_km2,
        "line": affinity.translate(AMERY_LINE, 400.0 * month, 300.0 * month),
    }
    return make_front(**{**fields, **changes})


def annual(year: int, area_km2: float | None = 500_000.0, **changes: Any) -> Front:
    """An annual front of Ross by Greene et al."""
    day = datetime(year, 3, 15, tzinfo=UTC)
    return make_imported_front(start=day, end=day, area_km2=area_km2, **changes)


def calving(start: str = "2026-05-28", end: str = "2026-06-01", **changes: Any) -> CalvingEvent:
    """A calving of Amery seen by its Sentinel-1 fronts of May and June."""
    fields: dict[str, Any] = {
        "origin": Origin.SENTINEL1,
        "source": "sentinel1",
        "interval": Interval.MONTHLY,
        "start": datetime.fromisoformat(start).replace(tzinfo=UTC),
        "end": datetime.fromisoformat(end).replace(tzinfo=UTC),
        "front_before": monthly(5, None).id,
        "front_after": monthly(6, None).id,
    }
    return make_calving(**{**fields, **changes})


def in_review(front: Front) -> Front:
    return front.with_verdict(Status.IN_REVIEW, (Reason.ADVANCE_TOO_FAST,))


def shelf_content(
    name: str, released: Iterable[Front], working: Iterable[Front] = ()
) -> ShelfContent:
    return ShelfContent(find_shelf(name), tuple(released), tuple(working))


def amery(months: int = 8) -> ShelfContent:
    """Eight months of Amery, a calving in June, one front under review."""
    areas = [60_000.0 + 4 * m - (120 if m >= 6 else 0) for m in range(1, months + 1)]
    fronts = [monthly(month, value) for month, value in enumerate(areas, start=1)]
    return shelf_content("Amery", fronts, [in_review(monthly(months + 1, 60_400.0))])


def ross() -> ShelfContent:
    """Imported fronts with a gap, crossing 180 degrees."""
    years = [*range(1998, 2004), *range(2007, 2012)]
    lines = {year: affinity.translate(ROSS_LINE, 0, 900.0 * (year - 1998)) for year in years}
    return shelf_content(
        "Ross", [annual(y, 500_000.0 + 300 * (y - 1998), line=lines[y]) for y in years]
    )


def citation() -> Citation:
    text = (
        "Doe, Jane (2026): IceLines, version 2026.11. Polar Institute. "
        "https://doi.org/10.5072/icelines.2026.11"
    )
    return Citation(
        title="IceLines: Antarctic ice-shelf fronts",
        publisher="Polar Institute",
        creators=(CREATOR,),
        licence="CC-BY-4.0",
        text=text,
        bibtex="@dataset{icelines_2026_11,\n  author = {Doe, Jane},\n}\n",
        ris="TY  - DATA\r\nER  - \r\n",
        csl='{"id": "icelines-2026.11"}\n',
    )


def release_record(version: str = "2026.11", **changes: Any) -> Release:
    parsed = Version.parse(version)
    fields: dict[str, Any] = {
        "version": parsed,
        "state": ReleaseState.PUBLISHED,
        "cut_off": date(2026, 10, 31),
        "doi": Doi.of_version("10.5072", parsed),
        "concept_doi": Doi.of_concept("10.5072"),
        "manifest_sha256": "ab" * 32,
        "predecessor": None,
        "files": tuple(_release_file(path) for path in RELEASE_FILES),
        "included_sources": ("greene2022",),
        "has_simulated": False,
        "dry_run": False,
        "published_on": date(2026, 11, 3),
    }
    return Release(**{**fields, **changes})


def write_release(folder: Path, version: str = "2026.11", **changes: Any) -> ReleaseContent:
    """A release with its files in `folder`; `changes` go into the record."""
    for path in RELEASE_FILES:
        target = folder / version / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_bytes_of(path))
    return ReleaseContent(
        release=release_record(version, **changes),
        citation=citation(),
        folder=folder / version,
        fronts=19,
        shelves=2,
        first_day=date(1998, 3, 15),
        last_day=date(2026, 8, 28),
        attribution="Contains modified Copernicus Sentinel data 2026",
        changes=Changes(new=19, revised=0, unchanged=0, withdrawn=0),
        scenes=8,
        models=("hedunet-hh-1",),
        sources=(KNOWN_SOURCES["greene2022"],),
    )


def site_content(folder: Path, **changes: Any) -> SiteContent:
    """Two shelves with fronts, one without, one published release."""
    content = SiteContent(
        title="IceLines: Antarctic ice-shelf fronts",
        public_url="https://icelines.example.org",
        contact="data@example.org",
        shelves=(amery(), shelf_content("Bach", []), ross()),
        releases=(write_release(folder),),
    )
    return replace(content, **changes)


def unknown_shelf(name: str) -> ShelfContent:
    """A shelf that the table does not know, named as its source names it."""
    front = annual(2020, shelf=name, unit="Unknown")
    return ShelfContent(Shelf(name, name, (), ()), (front,))


def line_through(*points: tuple[float, float]) -> MultiLineString:
    return MultiLineString([list(points)])


def _release_file(path: str) -> ReleaseFile:
    title, media_type = RELEASE_FILES[path]
    content = _bytes_of(path)
    return ReleaseFile(path, len(content), sha256_hex(content), title, media_type)


def _bytes_of(path: str) -> bytes:
    return f"the content of {path}\n".encode()
