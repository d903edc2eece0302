"""What every command is given: settings and the catalogue, opened when asked for.

A command is written as

    @click.command()
    @json_option
    @pass_context
    def check(context: CommandContext, as_json: bool) -> int: ...

and returns its exit code (None: done).
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from catalog.publisher import Publisher
    from catalog.settings import Settings
    from catalog.store import CatalogStore


class CommandContext:
    """Lazy, because `--help` must not wait for a database."""

    def __init__(self, workspace: Path | None = None) -> None:
        self._workspace = workspace

    @cached_property
    def settings(self) -> Settings:
        from catalog.settings import load_settings

        return load_settings(self._workspace)

    def open_store(self) -> CatalogStore:
        """The catalogue; use it as a context manager."""
        from catalog.store import CatalogStore

        return CatalogStore.open(self.settings)

    @cached_property
    def publisher(self) -> Publisher:
        from catalog.publisher import load_publisher

        return load_publisher(self.settings.publisher_file)


pass_context = click.make_pass_decorator(CommandContext)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document for machines."
)
