from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely import MultiLineString

from catalog.front import Front, Interval, Reason, Status
from catalog.observation import Observation, ObservationKind
from catalog.query import FrontFilter
from catalog.recorded_verdict import with_recorded_verdict
from catalog.review import Action, following
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.cli.check import summary_of
from pipeline.errors import VelocityError
from pipeline.run_check import check_catalogue, velocity_around
from pipeline.settings import ProcessingSettings
from tests.factories import make_front, make_imported_front

RULES = ProcessingSettings().check_rules
START = datetime(2026, 3, 3, 6, tzinfo=UTC)
LINE = MultiLineString([[(2_000_000.0, 700_000.0), (2_040_000.0, 700_000.0)]])
OTHER_LINE = MultiLineString([[(2_000_000.0, 700_500.0), (2_040_000.0, 700_500.0)]])
AREAS_KM2 = (2_000.0, 2_002.0, 1_700.0, 2_006.0, 2_008.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(tmp_path)) as opened:
        opened.record_fronts((front, ()) for front in series())
        yield opened


def series(unit: str = "Voyeykov") -> list[Front]:
    return [
        make_front(
            unit=unit,
            start=START + timedelta(days=12 * i),
            line=LINE,
            area_km2=area,
            status=Status.PROVISIONAL,
        )
        for i, area in enumerate(AREAS_KM2)
    ]


def test_verdicts_are_written_down(store: CatalogStore) -> None:
    report = check_catalogue(store, RULES)
    assert (report.series, report.fronts, report.changed) == (1, 5, 5)
    assert report.by_status == {"accepted": 4, "in_review": 1}
    doubtful = store.fronts()[2]
    assert doubtful.status is Status.IN_REVIEW
    assert doubtful.reasons == (Reason.AREA_LOST_AND_REGAINED,)
    assert store.fronts()[3].area_change_km2 == pytest.approx(4.0)
    assert report.in_review == ((doubtful.id, "area_lost_and_regained"),)


def test_checking_again_writes_no_revision(store: CatalogStore) -> None:
    check_catalogue(store, RULES)
    again = check_catalogue(store, RULES)
    assert again.changed == 0
    assert {len(store.revisions(f.collection, f.id)) for f in store.fronts()} == {2}


def test_a_line_that_was_recorded_while_the_check_ran_is_left_to_the_next_one(
    store: CatalogStore,
) -> None:
    newer = replace(
        store.fronts()[1], line=MultiLineString([[(2_000_000, 700_500), (2_040_000, 700_500)]])
    )

    def meanwhile(_unit: str) -> None:
        store.record_fronts([(newer, ())])

    report = check_catalogue(store, RULES, velocity_of=meanwhile)
    assert (report.left, report.changed, report.fronts) == ((newer.id,), 4, 4)
    assert "left to the next check: Voyeykov_daily_20260315T060000" in summary_of(report)
    assert store.fronts()[1] == newer
    again = check_catalogue(store, RULES)
    assert (again.left, again.changed) == ((), 1)
    assert (store.fronts()[1].line, store.fronts()[1].status) == (newer.line, Status.ACCEPTED)


def test_only_what_new_fronts_change_becomes_a_revision(store: CatalogStore) -> None:
    check_catalogue(store, RULES)
    calved = make_front(
        unit="Voyeykov",
        start=START + timedelta(days=72),
        line=LINE,
        area_km2=1_500.0,
        status=Status.PROVISIONAL,
    )
    store.record_fronts([(calved, ())])
    assert check_catalogue(store, RULES).changed == 1
    assert store.fronts()[-1].reasons == (Reason.RETREAT_UNCONFIRMED,)


def test_each_series_is_judged_by_itself(store: CatalogStore) -> None:
    store.record_fronts((front, ()) for front in series("Ninnis"))
    report = check_catalogue(store, RULES)
    assert report.series == 2
    assert report.by_status == {"accepted": 8, "in_review": 2}


def test_imported_fronts_keep_the_verdict_of_their_source(store: CatalogStore) -> None:
    theirs = make_imported_front(status=Status.REJECTED, reasons=(Reason.ELIMINATED_BY_SOURCE,))
    store.record_fronts([(theirs, ())])
    report = check_catalogue(store, RULES)
    assert report.fronts == 5
    assert theirs in store.fronts()


def test_an_empty_catalogue_has_nothing_to_check(tmp_path: Path) -> None:
    with CatalogStore.open(load_settings(tmp_path / "empty")) as empty:
        report = check_catalogue(empty, RULES)
    assert (report.series, report.fronts, report.changed) == (0, 0, 0)


def decide(store: CatalogStore, front: Front, action: Action, line: object = None) -> None:
    stored = store.get(front.collection, front.id)
    earlier = store.review.decisions(front.collection, front.id)
    store.review.add_decision(
        following(
            earlier,
            collection=front.collection,
            front_id=front.id,
            revision_digest=stored.digest,
            action=action,
            reviewer="ada",
            decided_at=START + timedelta(days=100 + len(earlier)),
            line_after=line if isinstance(line, MultiLineString) else None,
        )
    )


def test_what_a_person_accepts_stays_accepted_and_others_are_measured_by_it(
    store: CatalogStore,
) -> None:
    check_catalogue(store, RULES)
    decide(store, store.fronts()[2], Action.ACCEPT)
    report = check_catalogue(store, RULES)
    assert report.decided == 1
    assert store.fronts()[2].reasons == (Reason.ACCEPTED_BY_REVIEWER,)
    assert [f.status for f in store.fronts()[3:]] == [Status.IN_REVIEW] * 2
    assert check_catalogue(store, RULES).changed == 0


def test_what_a_person_rejects_is_left_out(store: CatalogStore) -> None:
    decide(store, store.fronts()[4], Action.REJECT)
    report = check_catalogue(store, RULES)
    assert store.fronts()[4].status is Status.REJECTED
    assert sum(report.by_status.values()) == 4


def test_an_undone_rejection_gives_the_front_back_to_the_machine(store: CatalogStore) -> None:
    check_catalogue(store, RULES)
    decide(store, store.fronts()[4], Action.REJECT)
    check_catalogue(store, RULES)
    decide(store, store.fronts()[4], Action.UNDO)
    check_catalogue(store, RULES)
    assert store.fronts()[4].status is Status.ACCEPTED
    assert store.fronts()[4].reasons == ()


def test_a_line_that_a_person_drew_takes_the_place_of_the_traced_one(store: CatalogStore) -> None:
    drawn = MultiLineString([[(2_000_000.0, 701_000.0), (2_040_000.0, 701_000.0)]])
    decide(store, store.fronts()[2], Action.REPLACE, drawn)
    check_catalogue(store, RULES)
    front = store.fronts()[2]
    assert (front.line, front.status) == (drawn, Status.ACCEPTED)
    decide(store, front, Action.UNDO)
    check_catalogue(store, RULES)
    assert store.fronts()[2].line == LINE


def test_people_decide_about_imported_fronts_too(store: CatalogStore) -> None:
    theirs = make_imported_front()
    store.record_fronts([(theirs, ())])
    decide(store, theirs, Action.REJECT)
    assert check_catalogue(store, RULES).series == 1
    (front,) = store.fronts(FrontFilter(sources=(theirs.source,)))
    assert front.status is Status.REJECTED


def test_imported_series_are_judged_where_that_is_asked_for(store: CatalogStore) -> None:
    theirs = [
        make_imported_front(
            unit="Ninnis",
            shelf="Ninnis",
            start=START.replace(year=2000 + year),
            line=LINE,
            area_km2=area,
        )
        for year, area in enumerate(AREAS_KM2)
    ]
    store.record_fronts((front, ()) for front in theirs)
    assert check_catalogue(store, RULES).series == 1
    report = check_catalogue(store, RULES, imported=["greene2022"])
    assert report.series == 2
    doubtful = store.fronts(FrontFilter(units=("Ninnis",)))[2]
    assert doubtful.reasons == (Reason.AREA_LOST_AND_REGAINED,)


def test_averages_of_ours_are_not_judged(store: CatalogStore) -> None:
    monthly = make_front(unit="Voyeykov", interval=Interval.MONTHLY, start=START, line=LINE)
    store.record_fronts([(monthly, ())])
    assert check_catalogue(store, RULES).fronts == 5


def test_observations_say_what_became_of_the_fronts(store: CatalogStore) -> None:
    fronts = store.fronts()
    store.record_observations(
        Observation(f.unit, f.start, ObservationKind.OBSERVED, "front traced", f"S{at}", f.id)
        for at, f in enumerate(fronts)
    )
    check_catalogue(store, RULES)
    decide(store, store.fronts()[4], Action.REJECT)
    check_catalogue(store, RULES)
    seen = store.observations("Voyeykov")
    assert [each.kind for each in seen] == [*["observed"] * 4, "rejected"]
    assert seen[1].reason == "front traced"
    assert seen[2].reason == "front traced, in review: area lost and regained"
    assert seen[4].reason == "front rejected: rejected by reviewer"


def test_a_velocity_map_that_knows_nothing_of_a_unit_is_passed_over(tmp_path: Path) -> None:
    assert velocity_around(None)("Amery") is None
    assert velocity_around(tmp_path / "none.tif")("Voyeykov") is None
    with pytest.raises(VelocityError, match=r"cannot be read|is no file"):
        velocity_around(tmp_path / "none.tif")("Amery")


def test_a_new_scene_changes_an_earlier_verdict_only_by_a_recorded_revision(
    store: CatalogStore,
) -> None:
    calved = [
        make_front(
            unit="Voyeykov",
            start=START + timedelta(days=72 + 12 * i),
            line=LINE,
            area_km2=1_500.0,
            status=Status.PROVISIONAL,
        )
        for i in range(2)
    ]
    store.record_fronts([(calved[0], ())])
    check_catalogue(store, RULES)
    waiting = store.revisions(calved[0].collection, calved[0].id)
    assert store.fronts()[-1].status is Status.PROVISIONAL

    store.record_fronts([(calved[1], ())])
    assert check_catalogue(store, RULES).changed == 2  # the new one, and the one that it confirms
    confirmed = store.revisions(calved[0].collection, calved[0].id)
    assert confirmed[: len(waiting)] == waiting
    assert len(confirmed) == len(waiting) + 1
    assert confirmed[-1].item["properties"]["icelines:status"] == "accepted"
    assert confirmed[-2].item["properties"]["icelines:status"] == "provisional"
    others = [f for f in store.fronts() if f.id not in {front.id for front in calved}]
    assert {len(store.revisions(f.collection, f.id)) for f in others} == {2}


def made_again(store: CatalogStore, at: int, **changes: object) -> None:
    """What `process` writes: the front as the machine makes it now."""
    front = replace(series()[at], **changes)  # type: ignore[arg-type]
    store.record_fronts([(with_recorded_verdict(front, store), ())])


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT])
def test_after_another_model_a_decision_can_still_be_taken_back(
    store: CatalogStore, action: Action
) -> None:
    check_catalogue(store, RULES)
    decide(store, store.fronts()[3], action)
    check_catalogue(store, RULES)
    made_again(store, 3, line=OTHER_LINE, baseline="another")
    check_catalogue(store, RULES)
    decide(store, store.fronts()[3], Action.UNDO)
    check_catalogue(store, RULES)
    front = store.fronts()[3]
    assert (front.line, front.baseline) == (OTHER_LINE, "another")
    assert (front.status, front.reasons) == (Status.ACCEPTED, ())
    assert len(front.lineage.judgements) == 2
