"""Every file of the site that is made from content, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from urllib.parse import urlsplit

from web.site.content import SiteContent
from web.site.home_page import home_page
from web.site.paths import NOT_FOUND
from web.site.release_page import release_pages
from web.site.rendering import SiteFile, render_page
from web.site.series import series_of
from web.site.shelf_page import shelf_files

FILES_PER_SERIES = 2  # CSV and JSON
FILES_OF_EVENTS = 2  # the same
FILES_PER_RELEASE = 4  # page, BibTeX, RIS, CSL-JSON


def file_count(content: SiteContent) -> int:
    """How many files `all_files` yields, for a progress bar."""
    series = [len(series_of(shelf)) for shelf in content.shelves]
    shelves = sum(1 + FILES_PER_SERIES * count for count in series if count)
    shelves += sum(FILES_OF_EVENTS for shelf in content.shelves if shelf.events)
    releases = FILES_PER_RELEASE * len(content.releases) + 1 + (content.shown is not None)
    return 2 + shelves + releases + sum(1 for _ in static_files())


def all_files(content: SiteContent) -> Iterator[SiteFile]:
    """Pages, the numbers beside the charts, style and fonts. The order is always the same."""
    yield home_page(content)
    yield _not_found(content)
    for shelf in content.shelves:
        yield from shelf_files(shelf, content)
    yield from release_pages(content)
    yield from static_files()


def static_files() -> Iterator[SiteFile]:
    """Style sheet, icon and fonts, with their licence."""
    yield from _files_below(resources.files("web.site").joinpath("static"), "static")


def _files_below(folder: Traversable, path: str) -> Iterator[SiteFile]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _files_below(entry, f"{path}/{entry.name}")
        else:
            yield SiteFile(f"{path}/{entry.name}", entry.read_bytes())


def _not_found(content: SiteContent) -> SiteFile:
    # It is served for addresses of any depth, so its links start at the site's root.
    path = urlsplit(content.public_url or "").path.rstrip("/")
    return render_page("404.html.j2", NOT_FOUND, content, base=f"{path}/")
