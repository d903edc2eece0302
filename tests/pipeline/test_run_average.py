from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely import MultiLineString

from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.lineage import InputKind
from catalog.observation import Observation, ObservationKind
from catalog.query import FrontFilter, Search
from catalog.release import Month
from catalog.review import Action, Decision, DecisionReason, following
from catalog.shelf import find_part
from catalog.store import CatalogStore
from catalog.validate import ItemValidator
from pipeline.average_record import NO_ACCEPTED_FRONT
from pipeline.average_rules import JoinRules
from pipeline.average_scope import AverageScope, months_of_year
from pipeline.run_average import AverageJob, AverageReport, average_catalogue
from tests.catalog.records import open_store
from tests.factories import make_front, make_imported_front
from tests.pipeline.averaged_fronts import (
    PART,
    RULES,
    calved,
    daily,
    every,
    on,
    series_at,
    straight,
)

UNTIL = Month(2024, 12)
AVERAGES = tuple(interval for interval in Interval if interval is not Interval.DAILY)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path) as opened:
        yield opened


def record(store: CatalogStore, fronts: Iterable[Front]) -> list[Front]:
    kept = list(fronts)
    store.record_fronts((front, ()) for front in kept)
    return kept


def run(
    store: CatalogStore,
    until: Month = UNTIL,
    parts: tuple[str, ...] = (),
    months: tuple[Month, ...] = (),
) -> AverageReport:
    scope = AverageScope(until, tuple(map(find_part, parts)), months)
    decisions = store.review.all_decisions()
    return average_catalogue(AverageJob(store, scope, RULES, JoinRules(), decisions))


def averages(store: CatalogStore) -> dict[str, Front]:
    return {front.id: front for front in store.fronts(FrontFilter(intervals=AVERAGES))}


def recorded(store: CatalogStore, front_id: str) -> Front:
    return next(front for front in store.fronts() if front.id == front_id)


def revisions(store: CatalogStore) -> dict[str, int]:
    return {stored.item_id: stored.revision for stored in store.all_items(Search())}


def two_months() -> list[Front]:
    """Six fronts in May and June of 2024."""
    return series_at(every(10.0, 6), [30.0 * i for i in range(6)])


def getz(days: float = 0.0) -> list[Front]:
    """All three parts of Getz, on days that follow each other."""
    return [
        daily(
            on("2024-05-02") + timedelta(days=days + i),
            straight(unit=f"Getz{i + 1}"),
            f"Getz{i + 1}",
        )
        for i in range(3)
    ]


def test_months_quarters_and_years_are_averaged(store: CatalogStore) -> None:
    record(store, two_months())
    report = run(store)
    assert report.averages == {"monthly": 2, "quarterly": 1, "annual": 1, "annual noQ1": 1}
    assert sorted(averages(store)) == [
        f"{PART.name}_annual_20240101_simulated",
        f"{PART.name}_annual_20240401_simulated",
        f"{PART.name}_monthly_20240501_simulated",
        f"{PART.name}_monthly_20240601_simulated",
        f"{PART.name}_quarterly_20240401_simulated",
    ]
    assert (report.new, report.revised, report.series) == (5, 0, 1)


def test_each_average_names_the_revisions_that_it_is_made_of(store: CatalogStore) -> None:
    record(store, two_months())
    run(store)
    digests = {s.item_id: s.digest for s in store.all_items(Search(collections=("fronts-daily",)))}
    for front in averages(store).values():
        named = {entry.name: entry.sha256 for entry in front.lineage.inputs_of(InputKind.FRONT)}
        assert named.items() <= digests.items()


def test_the_items_are_valid(store: CatalogStore, shared_schemas: Path) -> None:
    record(store, [*two_months(), *getz()])
    run(store)
    validator = ItemValidator(shared_schemas)
    faults = [f for stored in store.all_items(Search()) for f in validator.faults(stored.item)]
    assert faults == []


def test_a_second_run_writes_nothing(store: CatalogStore) -> None:
    record(store, [*two_months(), *getz(), *getz(40.0)])
    run(store)
    before, told = revisions(store), store.observations()
    again = run(store)
    assert (again.new, again.revised, again.withdrawn) == (0, 0, ())
    assert revisions(store) == before
    assert store.observations() == told


def test_what_has_not_ended_is_not_averaged(store: CatalogStore) -> None:
    record(store, two_months())
    assert run(store, until=Month(2024, 5)).averages == {"monthly": 1}
    assert run(store, until=Month(2024, 6)).averages == {"monthly": 2, "quarterly": 1}


def test_a_run_for_one_month_makes_and_takes_back_what_holds_it(store: CatalogStore) -> None:
    record(store, two_months())
    assert run(store, months=(Month(2024, 6),)).averages == {
        "monthly": 1, "quarterly": 1, "annual": 1, "annual noQ1": 1,
    }  # fmt: skip
    assert run(store, months=months_of_year(2023)).averages == {}
    assert {front.status for front in averages(store).values()} == {Status.ACCEPTED}
    run(store)
    assert run(store, months=(Month(2024, 5),)).revised == 0


def test_only_accepted_daily_fronts_of_ours_are_averaged(store: CatalogStore) -> None:
    provisional, in_review, *accepted = two_months()
    record(
        store,
        [
            replace(provisional, status=Status.PROVISIONAL),
            replace(in_review, status=Status.IN_REVIEW, reasons=(Reason.LOW_CONFIDENCE,)),
            *accepted,
            make_imported_front(interval=Interval.DAILY, unit=PART.name, shelf=PART.shelf),
        ],
    )
    run(store)
    assert averages(store)[f"{PART.name}_monthly_20240501_simulated"].observations == 1


def test_series_are_averaged_apart(store: CatalogStore) -> None:
    simulated = two_months()
    real = [replace(f, origin=Origin.SENTINEL1, source="sentinel1") for f in simulated[:1]]
    record(store, [*simulated, *real])
    assert run(store).series == 2
    found = averages(store)
    assert found[f"{PART.name}_annual_20240101_simulated"].observations == 6
    assert found[f"{PART.name}_annual_20240101_sentinel1"].observations == 1


def test_a_front_that_comes_later_revises_the_averages_it_is_in(store: CatalogStore) -> None:
    *early, late = two_months()
    record(store, early)
    run(store)
    record(store, [late])
    report = run(store)
    assert (report.new, report.revised) == (0, 4)  # not May
    assert revisions(store)[f"{PART.name}_monthly_20240501_simulated"] == 1


def test_an_average_without_fronts_is_rejected_and_kept_and_comes_back(store: CatalogStore) -> None:
    fronts = record(store, series_at(every(10.0, 1), [0.0]))
    run(store)
    rejected = replace(fronts[0], status=Status.REJECTED, reasons=(Reason.FAR_OFF,))
    record(store, [rejected])
    report = run(store)
    assert len(report.withdrawn) == 4
    assert {(f.status, f.reasons) for f in averages(store).values()} == {
        (Status.REJECTED, (Reason.INPUTS_WITHDRAWN,))
    }
    assert run(store).withdrawn == ()
    record(store, fronts)
    run(store)
    assert {(f.status, f.reasons) for f in averages(store).values()} == {(Status.ACCEPTED, ())}
    assert {revisions(store)[front_id] for front_id in averages(store)} == {3}


def test_a_calving_is_reported(store: CatalogStore) -> None:
    first = straight()
    record(
        store, [daily(m, first if i < 2 else calved(first)) for i, m in enumerate(every(6.0, 8))]
    )
    report = run(store)
    assert f"{PART.name}_monthly_20240501_simulated" in report.straddling
    assert f"{PART.name}_monthly_20240601_simulated" not in report.straddling


def test_a_month_without_accepted_fronts_is_a_gap_and_no_front(store: CatalogStore) -> None:
    record(store, series_at([on("2024-05-02"), on("2024-08-02")], [0.0, 0.0]))
    report = run(store, until=Month(2024, 9))
    assert report.gaps == {PART.name: ("2024-06", "2024-07", "2024-09")}
    rows = store.observations(PART.name)
    assert [(row.moment.month, row.kind, row.reason) for row in rows] == [
        (month, ObservationKind.GAP, NO_ACCEPTED_FRONT) for month in (6, 7, 9)
    ]
    assert not any("_20240601_" in front_id for front_id in averages(store))


def test_a_gap_that_already_has_its_reason_keeps_it(store: CatalogStore) -> None:
    june = datetime(2024, 6, 1, tzinfo=UTC)
    store.record_observations([Observation(PART.name, june, ObservationKind.GAP, "no_scene")])
    record(store, series_at([on("2024-05-02")], [0.0]))
    run(store, until=Month(2024, 6))
    assert [row.reason for row in store.observations(PART.name)] == ["no_scene"]


def test_a_month_that_has_a_front_by_now_is_no_gap_any_more(store: CatalogStore) -> None:
    record(store, series_at([on("2024-05-02")], [0.0]))
    run(store, until=Month(2024, 6))
    record(store, series_at([on("2024-06-02")], [0.0]))
    assert run(store, until=Month(2024, 6)).gaps == {}
    assert store.observations(PART.name) == ()


def test_parts_are_joined_by_date_and_by_period(store: CatalogStore) -> None:
    record(store, getz())
    report = run(store)
    found = {front.id: front for front in store.fronts(FrontFilter(units=("Getz",)))}
    assert report.joined == len(found) == 5
    assert set(found) == {
        "Getz_daily_20240502T060000_simulated",
        "Getz_monthly_20240501_simulated",
        "Getz_quarterly_20240401_simulated",
        "Getz_annual_20240101_simulated",
        "Getz_annual_20240401_simulated",
    }
    daily_front = found["Getz_daily_20240502T060000_simulated"]
    assert [part.gap_days for part in daily_front.parts] == [0.0, 1.0, 2.0]
    named = {entry.name for entry in found["Getz_monthly_20240501_simulated"].lineage.inputs}
    assert named == {f"Getz{n}_monthly_20240501_simulated" for n in (1, 2, 3)}


def test_a_joined_front_whose_parts_are_gone_is_withdrawn(store: CatalogStore) -> None:
    fronts = record(store, getz())
    run(store)
    record(
        store, [replace(f, status=Status.REJECTED, reasons=(Reason.SHIFTED,)) for f in fronts[1:]]
    )
    run(store)
    joined = store.fronts(FrontFilter(units=("Getz",)))
    assert {front.reasons for front in joined} == {(Reason.INPUTS_WITHDRAWN,)}


def test_a_front_just_out_of_scope_is_still_the_nearest(store: CatalogStore) -> None:
    one, other, _ = getz()
    april = [replace(one, start=on("2024-04-29"), end=on("2024-04-29")), other]
    record(store, [*april, one])
    run(store)
    before = revisions(store)
    assert run(store, months=(Month(2024, 5),)).revised == 0
    assert revisions(store) == before


def test_what_was_joined_or_averaged_is_not_averaged_again(store: CatalogStore) -> None:
    record(store, getz())
    run(store)
    assert run(store).series == 3


def test_what_a_person_decided_about_an_average_stands(store: CatalogStore) -> None:
    record(store, two_months())
    run(store)
    front_id = f"{PART.name}_monthly_20240501_simulated"
    stored = store.get("fronts-monthly", front_id)
    store.review.add_decision(
        Decision(
            collection="fronts-monthly",
            front_id=front_id,
            number=1,
            revision_digest=stored.digest,
            action=Action.REJECT,
            reason=DecisionReason.MELT,
            reviewer="ada",
            decided_at=datetime(2024, 7, 1, tzinfo=UTC),
            note="",
        )
    )
    june = averages(store)[front_id.replace("0501", "0601")]
    assert june.area_change_km2 is not None
    assert run(store).revised == 2
    assert averages(store)[june.id].area_change_km2 is None  # nothing before it is trusted
    assert averages(store)[front_id].status is Status.REJECTED
    assert averages(store)[front_id].reasons == (Reason.REJECTED_BY_REVIEWER,)
    assert run(store).revised == 0
    record(store, series_at([on("2024-05-30")], [0.0]))
    run(store)
    assert averages(store)[front_id].status is Status.REJECTED


def test_a_joined_front_that_is_accepted_is_no_better_than_the_worst_of_its_parts(
    store: CatalogStore,
) -> None:
    first, doubted, last = getz()
    record(store, [first, replace(doubted, status=Status.PROVISIONAL), last])
    run(store)
    joined_id = "Getz_daily_20240502T060000_simulated"
    store.review.add_decision(
        following(
            (),
            collection="fronts-daily",
            front_id=joined_id,
            revision_digest=store.get("fronts-daily", joined_id).digest,
            action=Action.ACCEPT,
            reviewer="ada",
            decided_at=datetime(2024, 7, 1, tzinfo=UTC),
        )
    )
    run(store)
    joined = recorded(store, joined_id)
    assert (joined.status, len(joined.lineage.judgements)) == (Status.PROVISIONAL, 1)
    assert Reason.ACCEPTED_BY_REVIEWER not in joined.reasons
    assert run(store).revised == 0
    record(store, [doubted])
    run(store)
    joined = recorded(store, joined_id)
    assert (joined.status, joined.reasons) == (Status.ACCEPTED, (Reason.ACCEPTED_BY_REVIEWER,))


def test_fronts_that_cross_no_path_give_no_average(store: CatalogStore) -> None:
    elsewhere = MultiLineString([[(0.0, 0.0), (10.0, 10.0)]])
    record(
        store,
        [make_front(unit=PART.name, shelf=PART.shelf, start=on("2024-05-02"), line=elsewhere)],
    )
    report = run(store)
    assert (report.series, report.averages, report.failures) == (1, {}, ())


def test_an_empty_catalogue_has_nothing_to_average(store: CatalogStore) -> None:
    report = run(store)
    assert (report.series, report.new, report.joined, report.gaps) == (0, 0, 0, {})


def test_a_run_may_be_for_some_parts_only(store: CatalogStore) -> None:
    record(store, [*two_months(), *getz()])
    report = run(store, parts=("Getz2",))
    assert report.series == 1
    assert not any(front_id.startswith(PART.name) for front_id in averages(store))


def test_an_average_states_its_change_of_area_since_the_one_before(store: CatalogStore) -> None:
    record(store, two_months())
    run(store)
    may, june = (averages(store)[f"{PART.name}_monthly_20240{m}01_simulated"] for m in (5, 6))
    assert may.area_change_km2 is None
    assert june.area_change_km2 is not None
    assert june.area_km2 is not None
    assert may.area_km2 is not None
    assert june.area_change_km2 == round(june.area_km2 - may.area_km2, 3) > 0


def test_a_run_for_one_month_tells_the_same_change(store: CatalogStore) -> None:
    record(store, two_months())
    run(store, months=(Month(2024, 6),))
    alone = averages(store)[f"{PART.name}_monthly_20240601_simulated"]
    assert alone.area_change_km2 is not None
    assert run(store).revised == 0
    assert averages(store)[alone.id] == alone


def test_a_joined_shelf_states_its_change_of_area(store: CatalogStore) -> None:
    record(store, [*getz(), *getz(days=12.0)])
    run(store)
    whole = sorted(store.fronts(FrontFilter(units=("Getz",))), key=lambda front: front.start)
    daily_ones = [front for front in whole if front.interval is Interval.DAILY]
    assert [front.area_change_km2 for front in daily_ones] == [None, 0.0]
