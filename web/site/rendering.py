"""Templates to pages: everything is escaped, an unknown name is an error, links are relative."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment

from web.site.basemap import CREDIT
from web.site.content import SiteContent
from web.templating import environment_of


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site; `path` is relative to its root, with `/`."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Banner:
    """What must be known before anything else on a page is read."""

    title: str
    text: str


SIMULATED_BANNER = Banner(
    "Simulated data",
    "Fronts marked as simulated were made by this program's scene simulator to exercise the "
    "whole chain. They are not observations of Antarctica.",
)
WORKING_BANNER = Banner(
    "Not released yet",
    "There is no release to show. These pages show the working state of the catalogue: it can "
    "change without notice and must not be cited.",
)


def render_page(template: str, path: str, content: SiteContent, **values: Any) -> SiteFile:
    """Render `template` to the file `path`; `root` leads from there to the site's root."""
    text = (
        _environment()
        .get_template(template)
        .render(
            site=content,
            root="../" * path.count("/"),
            canonical=absolute_url(content, path),
            basemap_credit=CREDIT,
            **values,
        )
    )
    return SiteFile(path, text.encode("utf-8"))


def absolute_url(content: SiteContent, path: str) -> str | None:
    """The permanent address of a file, or None while the site has no public one."""
    if content.public_url is None:
        return None
    return f"{content.public_url}/{path.removesuffix('index.html')}"


@cache
def _environment() -> Environment:
    return environment_of("web.site")
