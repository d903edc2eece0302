"""Speaking to people on a terminal, and to machines with `--json`.

Results go to standard output, progress and warnings to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import orjson

Item = TypeVar("Item")


def show_result(text: str, document: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the result of a command: `text` for people or `document` for machines."""
    if as_json:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        click.echo(orjson.dumps(document, option=options).decode())
    else:
        click.echo(text)


def warn(text: str) -> None:
    """A warning on standard error."""
    click.secho(text, fg="yellow", err=True)


def say(text: str) -> None:
    """A remark on standard error, so that `--json` on standard output stays clean."""
    click.echo(text, err=True)


def track(items: Iterable[Item], title: str, total: int | None = None) -> Iterator[Item]:
    """Go through `items` with a progress bar on a terminal, and silently in a log."""
    if not sys.stderr.isatty():
        yield from items
        return
    with _progress() as progress:
        yield from progress.track(items, description=title, total=total)


@contextmanager
def _progress() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        yield progress
