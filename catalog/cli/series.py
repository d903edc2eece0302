"""`icelines catalog series`: time series of shelves as CSV and Parquet."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track
from catalog.errors import NotRecorded

if TYPE_CHECKING:
    from catalog.front import Origin
    from catalog.series import Row
    from catalog.store import CatalogStore


@click.command()
@click.option("--shelf", "shelves", multiple=True, metavar="NAME", help="Only this ice shelf.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option(
    "--by", type=click.Choice(["shelf", "unit"]), default="shelf", show_default=True,
    help="One pair of files for each shelf, or for each of its parts.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("series"),
    show_default=True, help="Folder for the files.",
)  # fmt: skip
@json_option
@pass_context
def series(
    context: CommandContext,
    shelves: tuple[str, ...],
    sources: tuple[str, ...],
    by: str,
    out: Path,
    as_json: bool,
) -> None:
    """Write time series: area, length and advance of each front, and every gap with its reason.

    \b
    Example:
      icelines catalog series --shelf Amery --out series
    """
    from catalog.series_files import write_series

    groups = _grouped(_rows(context, shelves, sources), by)
    if not groups:
        raise NotRecorded(
            "There is no front of what was asked for.",
            where=", ".join((*shelves, *sources)) or "catalogue",
            remedy="`icelines catalog stats` says what is on record.",
        )
    files = [
        path
        for name in track(sorted(groups), "Series")
        for path in write_series(out, name, groups[name])
    ]
    rows = sum(map(len, groups.values()))
    lines = [f"{rows} rows of {len(groups)} series files in {out}"]
    lines += [f"  {path.name}" for path in files]
    document = {"rows": rows, "files": [str(path) for path in files]}
    show_result("\n".join(lines), document, as_json=as_json)


def _rows(context: CommandContext, shelves: tuple[str, ...], sources: tuple[str, ...]) -> list[Row]:
    from catalog.query import FrontFilter
    from catalog.series import Licence, series_rows

    publisher = context.publisher
    licence = Licence(publisher.licence, f"{publisher.title}. {publisher.name}.")
    wanted = FrontFilter(shelves=tuple(map(_shelf_name, shelves)), sources=sources)
    with context.open_store() as store:
        fronts = store.stored_fronts(wanted)
        observations = () if sources else store.observations()
        rows = series_rows(fronts, observations, licence, partial(_origin_of, store))
    return [row for row in rows if not wanted.shelves or row["shelf"] in wanted.shelves]


def _origin_of(store: CatalogStore, scene_id: str) -> Origin | None:
    from catalog.front import Origin
    from catalog.items.scene import item_to_scene

    try:
        scene = item_to_scene(store.get("scenes", scene_id).item)
    except NotRecorded:
        return None
    return Origin.SIMULATED if scene.simulated else Origin.SENTINEL1


def _shelf_name(text: str) -> str:
    """The shelf of the table; any other name stays, for shelves that only imports have."""
    from catalog.errors import UnknownUnit
    from catalog.shelf import find_shelf, unit_slug

    try:
        return find_shelf(text).name
    except UnknownUnit:
        return unit_slug(text)


def _grouped(rows: list[Row], by: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row)
    return groups
