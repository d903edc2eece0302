"""The desk at the command line: the queue, a case in words, and decisions that lose nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from shapely import LineString, MultiLineString
from shapely.geometry import mapping

from catalog.cli import program
from catalog.cli.review import ACCEPTANCES, REJECTIONS, UNDOINGS
from catalog.errors import IceLinesError, InvalidName, NotRecorded, RecordError
from catalog.front import Front, Reason, Status
from catalog.geometry import to_lonlat
from catalog.importing.errors import UnreadableFile, UnusableGeometry
from catalog.line_rules import UnusableLine, usable_line
from catalog.review import REASONS_FOR, Action, DecisionReason
from catalog.review_case import neighbours
from catalog.review_verdict import decided_front
from catalog.shelf import find_unit
from tests.catalog.drawn import drawn_across
from tests.catalog.records import open_store
from tests.factories import make_front, make_imported_front

DOUBTFUL = make_front(status=Status.IN_REVIEW, reasons=(Reason.ADVANCE_TOO_FAST,))
DAY = timedelta(days=1)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ICELINES_REVIEWER", "Anna Berg")
    folder = tmp_path / "workspace"
    with open_store(folder) as store:
        fronts = [
            DOUBTFUL,
            make_front(start=DOUBTFUL.start - 12 * DAY, area_km2=1200.0),
            make_front(start=DOUBTFUL.start + 12 * DAY, area_km2=1240.0),
            make_front(start=DOUBTFUL.start + 6 * DAY, status=Status.REJECTED),
            make_front(unit="Getz1", shelf="Getz", status=Status.PROVISIONAL,
                       reasons=(Reason.RETREAT_UNCONFIRMED,)),
        ]  # fmt: skip
        store.record_fronts((front, ()) for front in fronts)
    return folder


def run(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["--workspace", str(workspace), "review", *arguments])


def done(workspace: Path, *arguments: str) -> str:
    result = run(workspace, *arguments)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def document(workspace: Path, *arguments: str) -> Any:
    return orjson.loads(done(workspace, *arguments, "--json"))


def refusal(workspace: Path, *arguments: str) -> IceLinesError:
    result = run(workspace, *arguments)
    assert isinstance(result.exception, IceLinesError), result.output
    return result.exception


def applied(workspace: Path, front: Front = DOUBTFUL) -> Front:
    """What `check` would make of the front."""
    with open_store(workspace) as store:
        name = front.collection, front.id
        return decided_front(store.review.undecided_front(*name), store.review.decisions(*name))


def test_the_list_says_what_waits_and_why(workspace: Path) -> None:
    text = done(workspace, "list")
    assert text.splitlines()[0] == "Amery: advances faster than the shelf can flow"
    assert "Getz: a retreat that later fronts must confirm" in text
    assert "2 of 2 that wait." in text
    assert text.splitlines()[-1] == f"Next: `icelines review show {DOUBTFUL.id}`."
    (entry,) = document(workspace, "list", "--shelf", "amery ice shelf")["fronts"]
    assert (entry["front_id"], entry["reasons"]) == (DOUBTFUL.id, ["advance_too_fast"])


def test_the_list_is_filtered_and_cut(workspace: Path) -> None:
    found = document(workspace, "list", "--status", "provisional")
    assert [entry["unit"] for entry in found["fronts"]] == ["Getz1"]
    found = document(workspace, "list", "--reason", "advance_too_fast")
    assert [entry["unit"] for entry in found["fronts"]] == ["Amery"]
    found = document(workspace, "list", "--limit", "1")
    assert (len(found["fronts"]), found["waiting"]) == (1, 2)


def test_an_empty_queue_says_so(tmp_path: Path) -> None:
    assert done(tmp_path, "list") == "Nothing waits for a decision.\n"


def test_a_reason_that_is_none_is_used_wrongly(workspace: Path) -> None:
    result = run(workspace, "list", "--reason", "ugly")
    assert result.exit_code == 2
    assert "'ugly' is no reason" in result.stderr


def test_a_case_is_shown_with_reasons_in_words_and_its_trusted_neighbours(
    workspace: Path,
) -> None:
    text = done(workspace, "show", DOUBTFUL.id)
    assert "under review, revision 1" in text
    assert "- advances faster than the shelf can flow" in text
    assert "Before: 2026-08-31 (12 days), accepted, area 1,200.0 km2" in text
    assert "change to the later one +34.5 km2" in text
    assert "After:  2026-09-24 (12 days), accepted, area 1,240.0 km2" in text  # not the rejected
    assert text.splitlines()[-1].startswith(f"Next: `icelines review accept {DOUBTFUL.id}`")
    found = document(workspace, "show", DOUBTFUL.id)
    assert found["before"]["area_km2"] == 1200.0
    assert found["front"]["reasons_in_words"] == ["advances faster than the shelf can flow"]


def test_a_part_with_one_observation_has_no_neighbours(workspace: Path) -> None:
    found = document(workspace, "show", "Getz1_daily_20260912T081233_simulated")
    assert (found["before"], found["after"]) == (None, None)
    assert "no trusted front" in done(workspace, "show", "Getz1_daily_20260912T081233_simulated")


def test_fronts_of_one_moment_are_not_each_others_neighbours() -> None:
    twin = make_front(source="sentinel1")
    assert neighbours(DOUBTFUL, [DOUBTFUL, twin]) == (None, None)


def test_accepting_is_recorded_under_the_name_of_the_setting(workspace: Path) -> None:
    before = datetime.now(UTC)
    found = document(workspace, "accept", DOUBTFUL.id, "--note", "clear")
    assert (found["number"], found["action"], found["reason"]) == (1, "accept", "looks_right")
    assert (found["reviewer"], found["note"]) == ("Anna Berg", "clear")
    assert before - DAY < datetime.fromisoformat(found["decided_at"]) < before + DAY
    assert applied(workspace).reasons == (Reason.ACCEPTED_BY_REVIEWER,)
    assert document(workspace, "list", "--shelf", "Amery")["fronts"] == []


def test_rejecting_needs_a_reason(workspace: Path) -> None:
    assert run(workspace, "reject", DOUBTFUL.id).exit_code == 2
    text = done(workspace, "reject", DOUBTFUL.id, "--reason", "fast_ice", "--reviewer", "Bo Lund")
    assert "Bo Lund" in text
    assert "rejected (fast ice was taken for the shelf), stands" in text
    assert "Next: `icelines check` and `icelines average` apply it." in text
    assert applied(workspace).status is Status.REJECTED


def test_a_front_on_which_a_decision_stands_is_not_decided_on_unseen(workspace: Path) -> None:
    done(workspace, "reject", DOUBTFUL.id, "--reason", "melt")
    error = refusal(workspace, "accept", DOUBTFUL.id, "--reviewer", "Bo Lund")
    assert isinstance(error, RecordError)
    assert error.fault.startswith("Anna Berg decided at 20")
    assert error.fault.endswith("UTC: reject (melt).")
    assert "icelines review undo" in error.remedy
    done(workspace, "undo", DOUBTFUL.id)
    done(workspace, "accept", DOUBTFUL.id, "--reviewer", "Bo Lund")
    decisions = document(workspace, "show", DOUBTFUL.id)["decisions"]
    assert [decision["action"] for decision in decisions] == ["reject", "undo", "accept"]


def test_a_case_says_whether_its_decision_is_applied(workspace: Path) -> None:
    def last_line() -> str:
        return done(workspace, "show", DOUBTFUL.id).splitlines()[-1]

    done(workspace, "accept", DOUBTFUL.id)
    told = "Next: `icelines check` and `icelines average` apply it; `icelines review undo"
    assert last_line().startswith(told)
    front = applied(workspace)
    with open_store(workspace) as store:
        store.revise_front(front)
    assert last_line().startswith("It is applied. `icelines review undo")
    done(workspace, "undo", DOUBTFUL.id)
    assert last_line() == "Next: `icelines check` and `icelines average` apply it."


def test_an_undo_of_nothing_is_refused(workspace: Path) -> None:
    assert "no decision to undo" in refusal(workspace, "undo", DOUBTFUL.id).fault


def write_line(path: Path, line: Any) -> Path:
    feature = {"type": "Feature", "properties": {}, "geometry": mapping(line)}
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def test_a_line_of_a_file_in_degrees_takes_the_place_of_the_front(
    workspace: Path, tmp_path: Path
) -> None:
    drawn = drawn_across("Amery")
    file = write_line(tmp_path / "drawn.geojson", to_lonlat(drawn))
    found = document(workspace, "replace", DOUBTFUL.id, str(file))
    front = applied(workspace)
    assert front.line == usable_line(drawn, find_unit("Amery"))
    assert found["line_after"] == [[list(point) for point in front.line.geoms[0].coords]]
    assert front.reasons == (Reason.REDRAWN_BY_REVIEWER,)
    done(workspace, "undo", DOUBTFUL.id)
    assert applied(workspace).line == DOUBTFUL.line


def test_a_line_over_the_antimeridian_comes_from_degrees_in_one_piece(
    workspace: Path, tmp_path: Path
) -> None:
    front = make_front(unit="Ross", shelf="Ross", line=usable_line(
        drawn_across("Ross", 0.5), find_unit("Ross")
    ))  # fmt: skip
    with open_store(workspace) as store:
        store.record_fronts([(front, ())])
    halves = to_lonlat(drawn_across("Ross"))
    assert len(halves.geoms) == 2
    done(workspace, "replace", front.id, str(write_line(tmp_path / "ross.geojson", halves)))
    assert len(applied(workspace, front).line.geoms) == 1


@pytest.mark.parametrize(
    ("line", "error", "fault"),
    [
        (MultiLineString([[(70.0, -68.0), (71.0, -69.0)]]), UnusableLine, "does not"),
        (LineString([(0.0, 0.0), (1.0, 1.0)]), UnusableGeometry, "outside of the Antarctic"),
        (LineString([(0.0, 0.0), (1.0, 1.0)]).buffer(1.0), UnreadableFile, "lines"),
    ],
)
def test_a_file_without_a_usable_line_is_refused_and_nothing_is_recorded(
    workspace: Path, tmp_path: Path, line: Any, error: type[IceLinesError], fault: str
) -> None:
    file = write_line(tmp_path / "drawn.geojson", line)
    refused = refusal(workspace, "replace", DOUBTFUL.id, str(file))
    assert isinstance(refused, error)
    assert fault in refused.fault
    assert document(workspace, "show", DOUBTFUL.id)["decisions"] == []


def test_a_front_of_a_shelf_that_vanished_can_be_decided_on(
    workspace: Path, tmp_path: Path
) -> None:
    front = make_imported_front(unit="LarsenB", shelf="LarsenB")
    with open_store(workspace) as store:
        store.record_fronts([(front, ())])
    line = MultiLineString([[(-2_100_000, 1_000_000), (-2_000_000, 1_050_000)]])
    file = write_line(tmp_path / "b.geojson", to_lonlat(line))
    done(workspace, "replace", front.id, str(file))
    assert applied(workspace, front).area_km2 is None


@pytest.mark.parametrize("name", ["Amery", "Amery_hourly_20260912_simulated", "../etc/passwd"])
def test_what_is_no_id_of_a_front_says_how_ids_look(workspace: Path, name: str) -> None:
    error = refusal(workspace, "show", name)
    assert isinstance(error, InvalidName)
    assert "icelines review list" in error.remedy


def test_a_front_that_is_not_on_record_says_so(workspace: Path) -> None:
    error = refusal(workspace, "accept", "Amery_daily_20200101_simulated")
    assert isinstance(error, NotRecorded)


def test_the_choices_are_reasons_and_leave_none_out() -> None:
    offered = {"accept": ACCEPTANCES, "reject": REJECTIONS, "undo": UNDOINGS}
    for action, reasons in offered.items():
        assert reasons == tuple(map(str, REASONS_FOR[Action(action)]))
    assert REASONS_FOR[Action.REPLACE] == REASONS_FOR[Action.REJECT]
    assert {*REJECTIONS, *ACCEPTANCES, *UNDOINGS} == set(map(str, DecisionReason))
    assert set(map(str, Action)) <= set(program_commands())


def test_the_commands_of_other_rooms_are_among_those_of_the_desk() -> None:
    assert {"list", "show", "add-user"} <= set(program_commands())


def program_commands() -> list[str]:
    help_text = CliRunner().invoke(program, ["review", "--help"]).stdout
    rows = help_text.split("Commands:")[1].splitlines()
    return [row.split()[0] for row in rows if row.strip()]
