"""`icelines review`: fronts that wait for a person, and what the person decides.

Decisions are recorded here; `icelines check` applies them to fronts and `icelines average` to
averages. The room of the web pages adds the commands for accounts by entry points.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result

if TYPE_CHECKING:
    from shapely import MultiLineString

    from catalog.review_case import Case

MORE_COMMANDS = "icelines.review_commands"
STATUSES = ("in_review", "provisional")
# As `catalog.review.REASONS_FOR` has them; a test compares. (Importing it takes too long for help.)
REJECTIONS = (
    "fast_ice", "sea_ice", "melt", "berg", "wrong_line", "shifted", "half_front", "other",
)  # fmt: skip
ACCEPTANCES = ("looks_right", "calving_confirmed", "other")
UNDOINGS = ("mistake", "other")
Function = TypeVar("Function", bound=Callable[..., Any])


class DeskCommands(click.Group):
    """The commands below, and those that other rooms add."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        more = (point.name for point in entry_points(group=MORE_COMMANDS))
        return sorted({*super().list_commands(ctx), *more})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        point = next((p for p in entry_points(group=MORE_COMMANDS) if p.name == cmd_name), None)
        command = point.load() if point else None
        return command if isinstance(command, click.Command) else None


@click.group(cls=DeskCommands)
def review() -> None:
    """Fronts that wait for a person: look, accept, reject, draw anew, take back.

    \b
    Example:
      icelines review list --shelf Getz
      icelines review show Getz1_daily_20260912T081233_sentinel1
      icelines review reject Getz1_daily_20260912T081233_sentinel1 --reason fast_ice
      icelines check
      icelines average
    """


def decision_options(function: Function) -> Function:
    """What every decision takes."""
    for option in (
        json_option,
        click.option("--note", default="", help="In your own words; kept at the desk."),
        click.option("--reviewer", help="Your name (default: $ICELINES_REVIEWER, or your login)."),
    ):
        function = option(function)
    return function


@review.command("list")
@click.option("--shelf", "shelves", multiple=True, help="Only this shelf (may be repeated).")
@click.option("--reason", "reasons", multiple=True, help="Only fronts with this reason code.")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Default: both."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
@pass_context
def list_queue(
    context: CommandContext,
    shelves: tuple[str, ...],
    reasons: tuple[str, ...],
    statuses: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """What waits for a decision, by shelf and reason.

    \b
    Example:
      icelines review list --shelf Amery --reason advance_too_fast
    """
    from catalog.cli.review_text import queue_document, queue_text
    from catalog.front import Reason, Status
    from catalog.review_queue import WAITING_STATUSES, QueueFilter
    from catalog.shelf import find_shelf

    unknown = sorted(set(reasons) - set(map(str, Reason)))
    if unknown:
        raise click.UsageError(f"{unknown[0]!r} is no reason. Reasons: {', '.join(Reason)}.")
    wanted = QueueFilter(
        shelves=tuple(find_shelf(shelf).name for shelf in shelves),
        reasons=tuple(map(Reason, reasons)),
        statuses=tuple(map(Status, statuses)) or WAITING_STATUSES,
    )
    with context.open_store() as store:
        page = store.review.queue(wanted, limit=limit)
        total = sum(store.review.queue_counts(wanted).values())
    show_result(queue_text(page, total), queue_document(page, total), as_json=as_json)


@review.command()
@click.argument("front")
@json_option
@pass_context
def show(context: CommandContext, front: str, as_json: bool) -> None:
    """What speaks against FRONT, the fronts before and after, and what was decided.

    \b
    Example:
      icelines review show Getz1_daily_20260912T081233_sentinel1
    """
    from catalog.cli.review_text import case_document, case_text
    from catalog.review_case import open_case

    with context.open_store() as store:
        case = open_case(store, front)
    show_result(case_text(case), case_document(case), as_json=as_json)


@review.command()
@click.argument("front")
@click.option("--reason", type=click.Choice(ACCEPTANCES), default="looks_right")
@decision_options
@pass_context
def accept(context: CommandContext, /, front: str, **given: Any) -> None:
    """The line of FRONT is right.

    \b
    Example:
      icelines review accept Getz1_daily_20260912T081233_sentinel1 --reason calving_confirmed
    """
    _decide(context, front, "accept", **given)


@review.command()
@click.argument("front")
@click.option("--reason", type=click.Choice(REJECTIONS), required=True, help="What you saw.")
@decision_options
@pass_context
def reject(context: CommandContext, /, front: str, **given: Any) -> None:
    """The line of FRONT is wrong, and the front is set apart.

    \b
    Example:
      icelines review reject Getz1_daily_20260912T081233_sentinel1 --reason fast_ice
    """
    _decide(context, front, "reject", **given)


@review.command()
@click.argument("front")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--layer", help="Layer to read (default: every layer of lines).")
@click.option("--crs", help="Coordinate system, such as EPSG:3031, if the file has it wrong.")
@click.option("--reason", type=click.Choice(REJECTIONS), default="wrong_line", show_default=True)
@decision_options
@pass_context
def replace(
    context: CommandContext,
    /,
    front: str,
    file: Path,
    layer: str | None,
    crs: str | None,
    **given: Any,
) -> None:
    """Put the line in FILE (any vector format, any coordinate system) in the place of FRONT's.

    It is snapped to the 10 m grid and turned so that the ice lies on its left; a line that
    crosses itself, leaves the region or does not lead from side to side is refused.

    \b
    Example:
      icelines review replace Getz1_daily_20260912T081233_sentinel1 drawn.gpkg
    """
    from catalog.importing.drawing import read_drawn_line

    _decide(context, front, "replace", drawn=read_drawn_line(file, layer, crs), **given)


@review.command()
@click.argument("front")
@click.option("--reason", type=click.Choice(UNDOINGS), default="mistake", show_default=True)
@decision_options
@pass_context
def undo(context: CommandContext, /, front: str, **given: Any) -> None:
    """Take back the decision on FRONT that stands; it stays in the history.

    \b
    Example:
      icelines review undo Getz1_daily_20260912T081233_sentinel1
    """
    _decide(context, front, "undo", **given)


def _decide(
    context: CommandContext,
    front_id: str,
    action: str,
    *,
    reason: str,
    reviewer: str | None,
    note: str,
    as_json: bool,
    drawn: MultiLineString | None = None,
) -> None:
    from datetime import UTC, datetime

    from catalog.cli.review_text import decision_document, decision_text
    from catalog.review import Action, DecisionReason
    from catalog.review_case import open_case

    with context.open_store() as store:
        case = open_case(store, front_id)
        decision = case.decide(
            Action(action),
            reviewer or context.settings.reviewer or _login_name(),
            datetime.now(UTC),
            reason=DecisionReason(reason),
            note=note,
            line_after=drawn,
        )
        store.review.add_decision(decision)
        case = open_case(store, front_id)
    text = f"{decision_text(decision, case)}\n{_what_next(case)}"
    show_result(text, decision_document(decision), as_json=as_json)


def _what_next(case: Case) -> str:
    stands = case.stands
    state = f"decision {stands.number} stands" if stands else "no decision stands"
    return f"On {case.front.id} {state}.\nNext: `icelines check` and `icelines average` apply it."


def _login_name() -> str:
    import getpass

    return getpass.getuser()
