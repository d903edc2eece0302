"""`icelines catalog`: what is on record, and whether it is valid."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, track
from catalog.cli.series import series


@click.group()
def catalog() -> None:
    """Validate and count what is on record."""


catalog.add_command(series)


@catalog.command()
@json_option
@pass_context
def stats(context: CommandContext, as_json: bool) -> None:
    """How many items there are, by collection, shelf and status.

    \b
    Example:
      icelines catalog stats --json
    """
    from catalog.collection import FRONT_COLLECTIONS
    from catalog.query import Search

    with context.open_store() as store:
        items = [stored.item for stored in store.all_items(Search())]
    by_collection = Counter(item["collection"] for item in items)
    fronts = [item["properties"] for item in items if item["collection"] in FRONT_COLLECTIONS]
    by_status = Counter(properties["icelines:status"] for properties in fronts)
    by_shelf = Counter(properties["icelines:shelf"] for properties in fronts)
    document = {
        "items": len(items),
        "by_collection": dict(by_collection),
        "fronts_by_status": dict(by_status),
        "fronts_by_shelf": dict(by_shelf),
    }
    lines = [f"{len(items)} items"]
    lines += [f"  {name:18} {count:7}" for name, count in sorted(by_collection.items())]
    lines += [f"{len(fronts)} fronts of {len(by_shelf)} shelves"]
    lines += [f"  {name:18} {count:7}" for name, count in sorted(by_status.items())]
    show_result("\n".join(lines), document, as_json=as_json)


@catalog.command()
@click.option(
    "--schemas",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder that mirrors the URLs of the extension schemas.",
)
@json_option
@pass_context
def validate(context: CommandContext, schemas: Path, as_json: bool) -> int:
    """Validate every item offline: STAC core, extensions and our own schema.

    \b
    Example:
      icelines catalog validate --schemas ../shared/schemas
    """
    from catalog.query import Search
    from catalog.validate import ItemValidator

    validator = ItemValidator(schemas)
    with context.open_store() as store:
        stored = list(store.all_items(Search()))
    faults = [f for entry in track(stored, "Validating") for f in validator.faults(entry.item)]
    text = "\n".join([*faults, f"{len(stored)} items, {len(faults)} faults"])
    show_result(text, {"items": len(stored), "faults": faults}, as_json=as_json)
    return 1 if faults else 0
