"""A few lines for each of the tools that people load fronts with, made for one shelf."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.front import Interval
from web.site.content import ShelfContent, SiteContent
from web.site.paths import release_files, release_shelf_folder


@dataclass(frozen=True, slots=True)
class Snippet:
    """A tool's name and the text to paste."""

    tool: str
    text: str


def snippets_for(shelf: ShelfContent, interval: Interval, content: SiteContent) -> list[Snippet]:
    """Files first where a release has them; the STAC API always."""
    base = content.base_url
    name = shelf.shelf.name
    snippets = [Snippet("STAC (pystac-client)", _stac(base, name))]
    if content.shown is None:
        return snippets
    tables = [file for file in content.shown.offered if file.path.endswith(".gpkg")]
    own = [file for file in tables if file.path.startswith(release_shelf_folder(name))]
    if not tables:
        return snippets
    table = (own or tables)[0]
    url = f"{base}/{release_files(content.shown.version)}{table.path}"
    layer = f"fronts_{interval}"
    return [
        Snippet("Python (geopandas)", _geopandas(url, layer, name)),
        Snippet("R (sf)", _sf(url, layer, name)),
        *snippets,
        Snippet("QGIS", _qgis(url, layer, name)),
    ]


def _geopandas(url: str, layer: str, shelf: str) -> str:
    return (
        "import geopandas\n\n"
        f'url = "{url}"\n'
        f'fronts = geopandas.read_file(url, layer="{layer}", where="shelf = \'{shelf}\'")\n'
        'fronts.plot(column="start")\n'
    )


def _sf(url: str, layer: str, shelf: str) -> str:
    return (
        "library(sf)\n\n"
        f'url <- "/vsicurl/{url}"\n'
        f'fronts <- st_read(url, layer = "{layer}")\n'
        f'fronts <- subset(fronts, shelf == "{shelf}")\n'
        'plot(fronts["start"])\n'
    )


def _stac(base: str, shelf: str) -> str:
    return (
        "from pystac_client import Client\n\n"
        f'catalog = Client.open("{base}/stac/")\n'
        "search = catalog.search(\n"
        f"    filter=\"icelines:shelf = '{shelf}'\",\n"
        '    filter_lang="cql2-text",\n'
        ")\n"
        "for item in search.items():\n"
        "    print(item.id, item.properties)\n"
    )


def _qgis(url: str, layer: str, shelf: str) -> str:
    return (
        "Layer > Add Layer > Add Vector Layer > Protocol: HTTP(S)\n"
        f"URI     {url}\n"
        f"Layer   {layer}\n"
        f"Filter  \"shelf\" = '{shelf}'\n"
    )
