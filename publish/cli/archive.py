"""`icelines archive`: the long-term archive of all releases."""

from __future__ import annotations

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result


@click.group()
def archive() -> None:
    """Check the long-term archive (OCFL)."""


@archive.command()
@json_option
@pass_context
def verify(context: CommandContext, as_json: bool) -> int:
    """Read and digest every file of every archived version.

    \b
    Example:
      icelines archive verify
    """
    from publish.archive import Archive

    kept = Archive(context.settings.workspace.archive)
    faults = kept.faults()
    objects = kept.objects() if not faults else ()
    lines = [*(f"FAULT {fault}" for fault in faults), *(f"ok    {name}" for name in objects)]
    lines += ["The archive is empty."] if not lines else []
    document = {"root": str(kept.root), "objects": list(objects), "faults": list(faults)}
    show_result("\n".join(lines), document, as_json=as_json)
    return 1 if faults else 0
