"""The monthly job: the steps that the rooms register, in order.

A room offers a step as an entry point of the group `icelines.month_steps` whose value is a
`Step`. Steps meet only through what they record, so each can be run again by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import say, show_result
from catalog.errors import IceLinesError

if TYPE_CHECKING:
    from catalog.release import Month, Version

STEPS = "icelines.month_steps"


@dataclass(frozen=True, slots=True)
class MonthJob:
    """What a step is told.

    `release` is the version to build and publish (None: no release); `include` are the origins
    and sources beyond our own fronts, as in `icelines release build --include`;
    `doi_dry_run` does all of a publication but the registration.
    """

    context: CommandContext
    month: Month
    release: Version | None
    include: tuple[str, ...]
    doi_dry_run: bool

    @property
    def included_sources(self) -> tuple[str, ...]:
        """The data sets of others that the release takes in."""
        named = (name.partition(":") for name in self.include)
        return tuple(source for kind, _, source in named if kind == "imported" and source)


@dataclass(frozen=True, slots=True)
class StepReport:
    """How a step ended: one line for people, where results lie, and what went wrong.

    Each of `failures` names the file, the fault and the remedy; the step did the rest all the
    same.
    """

    summary: str
    places: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the monthly job. `order` sorts: 20 fetch, 30 process, 40 check, 90 site."""

    name: str
    order: int
    title: str
    run: Callable[[MonthJob], StepReport]


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that was run: its report and how long it took."""

    step: Step
    report: StepReport
    seconds: float


@click.command()
@click.argument("month", metavar="YYYY-MM")
@click.option("--release", "release", metavar="YYYY.MM", help="Version (default: next month).")
@click.option("--no-release", is_flag=True, help="Stop before the release.")
@click.option("--include", multiple=True, help="imported:NAME or simulated; may be repeated.")
@click.option("--doi-dry-run", is_flag=True, help="Publish without registering a DOI.")
@json_option
@pass_context
def month(
    context: CommandContext,
    month: str,
    release: str | None,
    no_release: bool,
    include: tuple[str, ...],
    doi_dry_run: bool,
    as_json: bool,
) -> int:
    """Run the whole month in order: fetch, process, check, release, site.

    \b
    Example:
      icelines month 2026-10 --include imported:greene2022
    """
    from catalog.release import Month

    wanted = Month.parse(month)
    version = None if no_release else _version(release, wanted)
    job = MonthJob(context, wanted, version, include, doi_dry_run)
    _sweep(context)
    results = run_steps(registered_steps(), job)
    show_result(_text(job, results), _document(job, results), as_json=as_json)
    return 1 if any(result.report.failures for result in results) else 0


def registered_steps() -> list[Step]:
    """The steps of all rooms, in the order in which they run."""
    steps = [point.load() for point in entry_points(group=STEPS)]
    return sorted(steps, key=lambda step: step.order)


def run_steps(steps: list[Step], job: MonthJob) -> list[StepResult]:
    """Run each step; one that breaks is reported and the later ones still run."""
    return [_run_step(step, job) for step in steps]


def _sweep(context: CommandContext) -> None:
    from catalog.atomic import remove_partials

    # A day old: no run that is still at work has left it.
    found = remove_partials(context.settings.workspace.root, datetime.now(UTC) - timedelta(days=1))
    if found:
        say(f"Removed {found} leftovers of killed runs.")


def _run_step(step: Step, job: MonthJob) -> StepResult:
    say(f"→ {step.title}")
    begun = time.monotonic()
    try:
        report = step.run(job)
    except IceLinesError as error:
        report = StepReport("not done", failures=(str(error),))
    seconds = time.monotonic() - begun
    say(f"  {report.summary} ({seconds:.1f} s)")
    return StepResult(step, report, seconds)


def _version(text: str | None, month: Month) -> Version:
    from catalog.release import Version

    following = month.following
    return Version.parse(text) if text else Version(following.year, following.month)


def _text(job: MonthJob, results: list[StepResult]) -> str:
    lines = [f"Month {job.month}"]
    lines += [f"  {r.step.name:9} {r.report.summary}" for r in results]
    places = [place for r in results for place in r.report.places]
    lines += ["Made:", *(f"  {place}" for place in places)] if places else []
    failures = [failure for r in results for failure in r.report.failures]
    lines += ["Not done:", *(f"  {failure}" for failure in failures)] if failures else []
    lines += ["Next: `icelines serve` shows the catalogue and the site."]
    return "\n".join(lines)


def _document(job: MonthJob, results: list[StepResult]) -> dict[str, Any]:
    return {
        "month": str(job.month),
        "release": str(job.release) if job.release else None,
        "steps": [
            {
                "name": r.step.name,
                "summary": r.report.summary,
                "places": list(r.report.places),
                "failures": list(r.report.failures),
                "seconds": round(r.seconds, 3),
            }
            for r in results
        ],
    }
