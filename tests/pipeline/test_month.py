"""The steps of the month in this room, where they do more than call a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob
from catalog.items.calving import item_to_calving
from catalog.query import Search
from catalog.release import Month
from pipeline.month import calve_month
from tests.pipeline.test_run_calve import FRONTS, imported


@pytest.mark.parametrize(
    ("include", "sources"),
    [
        ((), {"simulated"}),
        (("simulated", "imported:greene2022"), {"simulated", "greene2022"}),
    ],
)
def test_fronts_of_others_are_looked_at_when_the_release_takes_them_in(
    tmp_path: Path, include: tuple[str, ...], sources: set[str]
) -> None:
    context = CommandContext(tmp_path / "workspace")
    with context.open_store() as store:
        store.record_fronts((front, ()) for front in (*FRONTS, *imported()))
    report = calve_month(MonthJob(context, Month(2020, 3), None, include, doi_dry_run=True))
    with context.open_store() as store:
        found = [item_to_calving(s.item) for s in store.all_items(Search(("calving-events",)))]
    assert {event.source for event in found} == sources
    assert ("of greene2022: 1 events" in report.summary) == ("greene2022" in sources)
