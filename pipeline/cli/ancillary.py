"""`icelines ancillary`: elevation models, geoids and masks on record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result

if TYPE_CHECKING:
    from catalog.ancillary import Ancillary


@click.group()
def ancillary() -> None:
    """Put elevation models, geoids and masks on record."""


@ancillary.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", required=True, type=click.Choice(["dem", "geoid", "mask"]))
@click.option("--title", required=True, help="What it is, for people: 'REMA 1 km, v2'.")
@click.option("--licence", required=True, help="Its licence (SPDX, or 'other').")
@click.option(
    "--date",
    "represents",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day that the data stand for, or were published on.",
)
@click.option(
    "--vertical",
    type=click.Choice(["ellipsoid", "geoid"]),
    help="What heights count from; needed for heights.",
)
@click.option("--id", "item_id", help="Short name (default: made of the title).")
@click.option("--layer", help="Variable of a netCDF file.")
@click.option("--citation", help="How to cite it.")
@click.option("--doi", help="Its DOI, without resolver.")
@json_option
@pass_context
def add(
    context: CommandContext,
    /,
    file: Path,
    kind: str,
    represents: datetime,
    vertical: str | None,
    item_id: str | None,
    as_json: bool,
    **text: Any,
) -> None:
    """Copy the raster FILE into the store and put it on record as an item of `ancillary`.

    The same file again changes nothing; another file under the same name is a new revision.

    \b
    Example:
      icelines ancillary add rema_1km_v2.tif --kind dem --vertical ellipsoid \\
        --title "REMA 1 km, v2" --licence CC-BY-4.0 --date 2022-11-01
    """
    from catalog.ancillary import AncillaryKind, VerticalDatum, ancillary_id
    from pipeline.ancillary import AncillaryText, record_ancillary

    described = AncillaryText(
        id=item_id or ancillary_id(text["title"]),
        kind=AncillaryKind(kind),
        represents=represents.date(),
        vertical=VerticalDatum(vertical) if vertical else None,
        **text,
    )
    with context.open_store() as store:
        recorded, outcome = record_ancillary(store, file, described)
    state = "new" if outcome.new else "revised" if outcome.revised else "there already"
    document = {**_document(recorded), "state": state}
    show_result(f"{recorded.id} is {state}: {_line(recorded)}", document, as_json=as_json)


@ancillary.command("list")
@json_option
@pass_context
def list_recorded(context: CommandContext, as_json: bool) -> None:
    """What is on record.

    \b
    Example:
      icelines ancillary list
    """
    from catalog.items.ancillary import COLLECTION, item_to_ancillary
    from catalog.query import Search

    with context.open_store() as store:
        stored = store.all_items(Search(collections=(COLLECTION,)))
        found = sorted((item_to_ancillary(one.item) for one in stored), key=lambda a: a.id)
    text = "\n".join(f"{one.id:24} {_line(one)}" for one in found)
    nothing = "Nothing is on record. Next: `icelines ancillary add FILE ...`."
    show_result(text or nothing, {"ancillary": list(map(_document, found))}, as_json=as_json)


def _line(one: Ancillary) -> str:
    heights = f", heights over the {one.vertical}" if one.vertical else ""
    rows, columns = one.shape_px
    return f"{one.kind} {one.title!r}, {rows} x {columns}{heights}, {one.licence}"


def _document(one: Ancillary) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": str(one.kind),
        "title": one.title,
        "licence": one.licence,
        "date": one.represents.isoformat(),
        "vertical": str(one.vertical) if one.vertical else None,
        "layer": one.layer,
        "crs": one.crs,
        "shape": list(one.shape_px),
        "bounds": list(one.footprint.bounds),
        "sha256": one.sha256,
        "size_bytes": one.size_bytes,
        "href": one.href,
    }
