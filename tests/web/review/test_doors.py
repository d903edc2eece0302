"""Two doors to one desk: the command line and the pages record and refuse the same."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner
from shapely import MultiLineString, to_geojson

from catalog.cli import program
from catalog.line_rules import line_of_unit
from catalog.review import REASONS_FOR, Action, Decision, DecisionReason
from tests.web.review.sample import (
    add_reviewers,
    front_line,
    open_desk,
    record_sample,
    series,
)
from tests.web.review.test_pages import form_of, logged_in, place_of
from web.review.desk import Desk

FRONT = series("Amery", "Amery", doubts=(3, 5, 7, 8))[3]
NAME = FRONT.collection, FRONT.id
DRAWN = front_line("Amery", 0.55, seed=9)
CROSSING = MultiLineString([[(2e6, 7e5), (2.01e6, 7e5), (2.005e6, 7.1e5), (2.005e6, 6.9e5)]])
DECISIONS = [
    (action, reason) for action in Action if action is not Action.UNDO
    for reason in REASONS_FOR[action]
]  # fmt: skip


class Door(ABC):
    """A way to decide about FRONT, as ada."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder

    @abstractmethod
    def refused(
        self,
        action: Action,
        reason: DecisionReason,
        note: str = "",
        line: MultiLineString | None = None,
    ) -> str:
        """Decide; what is said where nothing was recorded, else nothing."""


class CommandLine(Door):
    def refused(
        self,
        action: Action,
        reason: DecisionReason,
        note: str = "",
        line: MultiLineString | None = None,
    ) -> str:
        words = ["--workspace", str(self.folder), "review", str(action), FRONT.id]
        if line is not None:
            file = self.folder / "drawn.geojson"
            file.write_text(to_geojson(line))
            words += [str(file), "--crs", "EPSG:3031"]
        words += ["--reason", str(reason), "--note", note, "--reviewer", "ada"]
        result = CliRunner().invoke(program, words)
        if result.exit_code == 0:
            return ""
        # A wrong use is told by click, a refusal by the error itself.
        return result.output if isinstance(result.exception, SystemExit) else str(result.exception)


class Pages(Door):
    def refused(
        self,
        action: Action,
        reason: DecisionReason,
        note: str = "",
        line: MultiLineString | None = None,
    ) -> str:
        client = logged_in(self.desk, "ada")
        parts = [] if line is None else json.loads(to_geojson(line))["coordinates"]
        said = {
            "do": f"{action} {reason}",
            "note": note,
            "line": json.dumps(parts) if parts else "",
        }
        answer = client.post(place_of(FRONT), data={**form_of(client, FRONT), **said})
        assert answer.status_code in (200, 409, 422)
        return "" if answer.status_code == 200 else answer.text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doors")
    with open_desk(folder) as desk:
        record_sample(desk.store)
        add_reviewers(desk)
    return folder


@pytest.fixture(params=[CommandLine, Pages], ids=["command line", "pages"])
def door(request: pytest.FixtureRequest, made: Path, tmp_path: Path) -> Iterator[Door]:
    copytree(made, tmp_path, dirs_exist_ok=True)
    with open_desk(tmp_path) as desk:
        yield request.param(desk, tmp_path)


def recorded(door: Door) -> tuple[Decision, ...]:
    return door.desk.store.review.decisions(*NAME)


@pytest.mark.parametrize(("action", "reason"), DECISIONS)
def test_every_decision_there_is_can_be_taken(
    door: Door, action: Action, reason: DecisionReason
) -> None:
    line = DRAWN if action is Action.REPLACE else None
    assert door.refused(action, reason, " seen in HV ", line) == ""
    (decision,) = recorded(door)
    assert (decision.action, decision.reason, decision.note) == (action, reason, "seen in HV")
    assert (decision.number, decision.reviewer) == (1, "ada")
    assert decision.revision_digest == door.desk.store.get(*NAME).digest
    assert decision.line_after == (line_of_unit(DRAWN, "Amery") if line else None)


@pytest.mark.parametrize("again", [Action.ACCEPT, Action.REJECT, Action.REPLACE])
def test_a_decision_that_stands_is_taken_back_before_another_one(door: Door, again: Action) -> None:
    door.refused(Action.REJECT, DecisionReason.MELT)
    line = DRAWN if again is Action.REPLACE else None
    other = again, REASONS_FOR[again][0], "", line
    assert "ada decided at" in door.refused(*other)
    assert [decision.action for decision in recorded(door)] == [Action.REJECT]
    assert door.refused(Action.UNDO, DecisionReason.MISTAKE) == ""
    assert door.refused(*other) == ""
    actions = [decision.action for decision in recorded(door)]
    assert actions == [Action.REJECT, Action.UNDO, again]


def test_where_nothing_stands_there_is_nothing_to_undo(door: Door) -> None:
    assert "no decision to undo" in door.refused(Action.UNDO, DecisionReason.MISTAKE)
    assert recorded(door) == ()


@pytest.mark.parametrize(
    ("action", "reason"),
    [(Action.ACCEPT, DecisionReason.FAST_ICE), (Action.REJECT, DecisionReason.LOOKS_RIGHT)],
)
def test_a_reason_goes_with_what_is_decided(
    door: Door, action: Action, reason: DecisionReason
) -> None:
    assert reason in door.refused(action, reason)
    assert recorded(door) == ()


def test_a_line_that_cannot_be_a_front_is_refused_with_its_fault(door: Door) -> None:
    told = door.refused(Action.REPLACE, DecisionReason.WRONG_LINE, line=CROSSING)
    assert "crosses or touches itself at x 2005000, y 700000 m" in told
    assert recorded(door) == ()


def test_the_page_that_was_open_meanwhile_is_told_what_the_command_line_decided(
    made: Path, tmp_path: Path
) -> None:
    copytree(made, tmp_path, dirs_exist_ok=True)
    with open_desk(tmp_path) as desk:
        bob = logged_in(desk, "bob")
        form = form_of(bob, FRONT)
        CommandLine(desk, tmp_path).refused(Action.REJECT, DecisionReason.BERG)
        answer = bob.post(place_of(FRONT), data={**form, "do": "accept"})
        assert answer.status_code == 409
        assert "rejected by ada" in answer.text
        assert [d.reviewer for d in desk.store.review.decisions(*NAME)] == ["ada"]
