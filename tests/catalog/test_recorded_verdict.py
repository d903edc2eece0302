from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely import MultiLineString

from catalog.front import Front, Reason, Status
from catalog.recorded_verdict import with_recorded_verdict
from catalog.review import Action, following
from catalog.review_verdict import decided_front
from catalog.store import CatalogStore
from tests.catalog.records import open_store
from tests.factories import AMERY_LINE, make_front

OTHER_LINE = MultiLineString([[(1_980_000, 690_000), (2_010_000, 730_000)]])
MADE = make_front(status=Status.PROVISIONAL)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path) as opened:
        opened.record_fronts([(MADE, ())])
        yield opened


def judge(store: CatalogStore, action: Action) -> Front:
    """Decide, and apply it as `check` does."""
    decision = following(
        (),
        collection=MADE.collection,
        front_id=MADE.id,
        revision_digest=store.get(MADE.collection, MADE.id).digest,
        action=action,
        reviewer="Anna Berg",
        decided_at=datetime(2026, 11, 2, 12, tzinfo=UTC),
        line_after=OTHER_LINE if action is Action.REPLACE else None,
    )
    store.review.add_decision(decision)
    judged = decided_front(MADE, [decision])
    store.revise_front(judged)
    return judged


def test_a_front_that_is_not_on_record_comes_as_it_was_made(store: CatalogStore) -> None:
    other = make_front(start=datetime(2020, 1, 1, tzinfo=UTC))
    assert with_recorded_verdict(other, store) is other


def test_the_verdict_of_the_machine_is_kept(store: CatalogStore) -> None:
    checked = MADE.with_verdict(Status.IN_REVIEW, (Reason.FAR_OFF,), -3.0)
    store.revise_front(checked)
    assert with_recorded_verdict(MADE, store) == checked


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT, Action.REPLACE])
def test_what_is_made_as_before_stays_as_people_decided(
    store: CatalogStore, action: Action
) -> None:
    judged = judge(store, action)
    assert with_recorded_verdict(MADE, store) == judged


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT, Action.REPLACE])
def test_a_new_line_does_not_take_over_what_people_decided_about_another(
    store: CatalogStore, action: Action
) -> None:
    judge(store, action)
    fresh = replace(MADE, line=OTHER_LINE)
    assert fresh.line != AMERY_LINE
    assert with_recorded_verdict(fresh, store) == fresh
