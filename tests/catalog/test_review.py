"""Which decision stands, and what it makes of a front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString

from catalog.area import ice_area_km2
from catalog.errors import RecordError
from catalog.front import Front, Reason, Status
from catalog.items.front import front_to_item, item_to_front
from catalog.line_rules import usable_line
from catalog.reason_words import (
    ACTION_WORDS,
    DECISION_REASON_WORDS,
    REASON_WORDS,
    STATUS_WORDS,
)
from catalog.review import (
    LONGEST_NOTE,
    REASONS_FOR,
    USUAL_REASON,
    Action,
    AlreadyDecided,
    Decision,
    DecisionReason,
    following,
    in_order,
    standing,
)
from catalog.review_verdict import decided_front, is_decided
from catalog.shelf import find_unit
from catalog.validate import ItemValidator
from tests.catalog.drawn import drawn_across
from tests.factories import AMERY_LINE, SHA, make_front, make_imported_front

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DRAWN = MultiLineString([[(1_980_000.0, 690_000.0), (2_000_000.0, 730_000.0)]])


def make_decision(number: int = 1, action: Action = Action.ACCEPT, **changes: Any) -> Decision:
    fields: dict[str, Any] = {
        "collection": "fronts-daily",
        "front_id": make_front().id,
        "number": number,
        "revision_digest": SHA,
        "action": action,
        "reason": USUAL_REASON[action],
        "reviewer": "Anna Berg",
        "decided_at": NOON + timedelta(minutes=number),
        "line_after": DRAWN if action is Action.REPLACE else None,
    }
    return Decision(**{**fields, **changes})


def history(actions: Sequence[Action]) -> tuple[Decision, ...]:
    return tuple(make_decision(number, action) for number, action in enumerate(actions, start=1))


def stands_naively(actions: Sequence[Action]) -> int | None:
    """Strike out each undo with the nearest decision before it that is not struck out yet."""
    left: list[tuple[int, Action]] = list(enumerate(actions, start=1))
    while any(action is Action.UNDO for _, action in left):
        at = next(i for i, (_, action) in enumerate(left) if action is Action.UNDO)
        del left[max(at - 1, 0) : at + 1]
    return left[-1][0] if left else None


actions = st.lists(st.sampled_from(Action), max_size=12)


@given(actions)
def test_an_undo_takes_back_the_last_decision_that_stood(taken: list[Action]) -> None:
    decision = standing(history(taken))
    assert (decision.number if decision else None) == stands_naively(taken)


@given(actions, st.randoms(use_true_random=False))
def test_the_order_in_which_decisions_are_read_does_not_matter(
    taken: list[Action], chance: Any
) -> None:
    decisions = list(history(taken))
    shuffled = decisions.copy()
    chance.shuffle(shuffled)
    assert standing(shuffled) == standing(decisions)


@given(actions)
def test_applying_decisions_again_changes_nothing(taken: list[Action]) -> None:
    machine, decisions = make_front(), history(taken)
    once = decided_front(machine, decisions)
    assert decided_front(once, decisions) == once
    assert len(once.lineage.judgements) == len(decisions)


@given(actions)
def test_a_decided_front_comes_back_from_its_item(taken: list[Action]) -> None:
    front = decided_front(make_front(), history(taken))
    assert item_to_front(front_to_item(front, [])) == front


@given(actions)
def test_after_as_many_undos_as_decisions_the_machine_has_its_front_back(
    taken: list[Action],
) -> None:
    machine = make_front(vertex_uncertainty_m=(1.0, 2.0))
    undone = history([*taken, *[Action.UNDO] * len(taken)])
    front = decided_front(machine, undone)
    assert replace(front, lineage=machine.lineage) == machine
    assert not is_decided(front)


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [
        (Action.ACCEPT, Status.ACCEPTED, Reason.ACCEPTED_BY_REVIEWER),
        (Action.REJECT, Status.REJECTED, Reason.REJECTED_BY_REVIEWER),
        (Action.REPLACE, Status.ACCEPTED, Reason.REDRAWN_BY_REVIEWER),
    ],
)
def test_a_decision_sets_status_and_reason_whatever_the_machine_says(
    action: Action, status: Status, reason: Reason
) -> None:
    for machine in (
        make_front(),
        make_front(status=Status.IN_REVIEW, reasons=(Reason.ADVANCE_TOO_FAST,)),
        make_front(status=Status.REJECTED, reasons=(Reason.INCOMPLETE,)),
    ):
        front = decided_front(machine, [make_decision(1, action)])
        assert (front.status, front.reasons) == (status, (reason,))
        assert is_decided(front)
        assert not is_decided(machine)


def test_accepting_leaves_the_line_and_all_that_was_measured_of_it() -> None:
    machine = make_front(vertex_uncertainty_m=(1.0, 2.0))
    front = decided_front(machine, [make_decision()])
    kept = replace(front, status=machine.status, reasons=(), lineage=machine.lineage)
    assert kept == machine


def test_a_new_line_is_measured_anew_and_loses_what_the_model_said_of_the_old_one() -> None:
    unit = find_unit("Amery")
    line = usable_line(drawn_across("Amery"), unit)
    machine = make_front(vertex_uncertainty_m=(1.0, 2.0), area_change_km2=4.0)
    front = decided_front(machine, [make_decision(1, Action.REPLACE, line_after=line)])
    area = ice_area_km2(line, unit.region, unit.reference)
    assert area is not None
    assert front.line == line
    assert front.area_km2 == pytest.approx(area, abs=0.001)
    assert front.length_km == make_front(line=line).length_km > machine.length_km
    assert (front.vertex_uncertainty_m, front.uncertainty_m, front.confidence) == ((), None, None)
    assert front.area_change_km2 is None
    assert front.id == machine.id


def test_a_new_line_of_a_shelf_that_vanished_has_no_area() -> None:
    machine = make_imported_front(unit="LarsenB", shelf="LarsenB")
    decision = make_decision(1, Action.REPLACE, collection=machine.collection, front_id=machine.id)
    assert decided_front(machine, [decision]).area_km2 is None


def test_the_lineage_tells_all_but_the_note() -> None:
    decisions = [
        make_decision(1, Action.REJECT, reason=DecisionReason.MELT, note="between us"),
        make_decision(2, Action.UNDO, reviewer="Bo Lund"),
    ]
    item = front_to_item(decided_front(make_front(), decisions), [])
    assert item["properties"]["icelines:judgements"] == [
        {
            "number": 1,
            "action": "reject",
            "reason": "melt",
            "reviewer": "Anna Berg",
            "decided_at": "2026-11-02T12:01:00Z",
            "revision_sha256": SHA,
        },
        {
            "number": 2,
            "action": "undo",
            "reason": "mistake",
            "reviewer": "Bo Lund",
            "decided_at": "2026-11-02T12:02:00Z",
            "revision_sha256": SHA,
        },
    ]
    assert "between us" not in str(item)


def test_decided_fronts_are_valid_items(shared_schemas: Path) -> None:
    validator = ItemValidator(shared_schemas)
    for reason in DecisionReason:
        for action in Action:
            decisions = [make_decision(), make_decision(2, action, reason=reason)]
            item = front_to_item(decided_front(make_front(), decisions), [])
            assert list(validator.faults(item)) == []


def test_a_front_without_decisions_is_left_as_it_is() -> None:
    machine = make_front()
    assert decided_front(machine, []) is machine


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"number": 0}, "counted from 1"),
        ({"decided_at": datetime(2026, 11, 2)}, "must be in UTC"),  # noqa: DTZ001
        ({"reviewer": "  "}, "name of one line"),
        ({"reviewer": "Anna\nBerg"}, "name of one line"),
        ({"reviewer": "A" * 101}, "name of one line"),
        ({"note": "n" * (LONGEST_NOTE + 1)}, "more than 2000 characters"),
        ({"action": Action.REPLACE}, "needs its line"),
        ({"line_after": DRAWN}, "needs its line"),
        ({"action": Action.REPLACE, "line_after": MultiLineString()}, "needs its line"),
    ],
)
def test_a_decision_that_breaks_a_rule_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(RecordError, match=fault):
        replace(make_decision(), **changes)


@pytest.mark.parametrize("numbers", [(1, 3), (1, 1), (2,)])
def test_a_history_with_a_hole_or_a_number_twice_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(RecordError, match="missing or there twice"):
        in_order(make_decision(number) for number in numbers)


def test_decisions_about_two_fronts_are_no_history_of_one() -> None:
    with pytest.raises(RecordError, match="several fronts"):
        in_order([make_decision(1), make_decision(2, front_id="Getz1_daily_20260901_simulated")])


def next_decision(earlier: Sequence[Decision], action: Action, **given_values: Any) -> Decision:
    return following(
        earlier,
        collection="fronts-daily",
        front_id=make_front().id,
        revision_digest=SHA,
        action=action,
        reviewer=" Anna Berg ",
        decided_at=NOON,
        **given_values,
    )


def test_the_next_decision_counts_on_and_has_a_usual_reason() -> None:
    earlier = history([Action.ACCEPT, Action.UNDO])
    decision = next_decision(earlier, Action.REPLACE, line_after=AMERY_LINE, note=" see HV ")
    assert (decision.number, decision.reviewer, decision.note) == (3, "Anna Berg", "see HV")
    assert decision.reason is DecisionReason.WRONG_LINE


@pytest.mark.parametrize("taken", [[], [Action.ACCEPT, Action.UNDO]])
def test_where_nothing_stands_there_is_nothing_to_undo(taken: list[Action]) -> None:
    with pytest.raises(RecordError, match="no decision to undo"):
        next_decision(history(taken), Action.UNDO)


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT, Action.REPLACE])
def test_a_decision_that_stands_is_taken_back_before_another_one(action: Action) -> None:
    with pytest.raises(AlreadyDecided, match="decided at") as refusal:
        next_decision(history([Action.REJECT]), action)
    assert "icelines review undo" in refusal.value.remedy


@pytest.mark.parametrize(
    ("action", "reason"),
    [(Action.ACCEPT, DecisionReason.FAST_ICE), (Action.REJECT, DecisionReason.LOOKS_RIGHT)],
)
def test_a_reason_must_go_with_what_is_decided(action: Action, reason: DecisionReason) -> None:
    with pytest.raises(RecordError, match=f"{reason} is no reason to {action}"):
        next_decision([], action, reason=reason)


def test_every_status_reason_and_action_has_words() -> None:
    assert set(STATUS_WORDS) == set(Status)
    assert set(REASON_WORDS) == set(Reason)
    assert set(ACTION_WORDS) == set(Action)
    assert set(DECISION_REASON_WORDS) == set(DecisionReason)
    assert set(USUAL_REASON) == set(REASONS_FOR) == set(Action)
    assert all(usual in REASONS_FOR[action] for action, usual in USUAL_REASON.items())


def test_an_average_of_fronts_can_be_decided_on_too() -> None:
    machine: Front = make_imported_front()
    decision = make_decision(1, collection=machine.collection, front_id=machine.id)
    assert decided_front(machine, [decision]).status is Status.ACCEPTED
