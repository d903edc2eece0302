"""Which fronts a release holds, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InvalidName
from catalog.front import Origin, Reason, Status
from catalog.items.front import item_to_front
from catalog.lineage import Input, InputKind, Lineage
from catalog.observation import Observation, ObservationKind
from catalog.release import Release, ReleaseState, Version
from catalog.review import Action, following
from catalog.review_verdict import decided_front
from publish.content import FrozenContent, Inclusion, ReleasedObservation
from publish.errors import (
    BadVersionOrder,
    DanglingLineage,
    DecisionsNotApplied,
    EmptyRelease,
    NothingNew,
)
from publish.freeze import default_cut_off, freeze, predecessor_of
from tests.factories import SHA, make_imported_front
from tests.publish.records import (
    DECEMBER,
    NOVEMBER,
    SIMULATED_SCENE_ID,
    House,
    fill,
    lineage,
    own_front,
    simulated_front,
)


def frozen(house: House, version: Version = NOVEMBER, *include: str) -> FrozenContent:
    return freeze(
        house.store,
        version,
        Inclusion.parse(include),
        default_cut_off(version),
        house.store.releases(),
    )


def ids(content: FrozenContent) -> set[str]:
    return {released.front.id for released in content.fronts}


def release_of(text: str, *, dry_run: bool = False, has_simulated: bool = False) -> Release:
    from catalog.release import Doi

    version = Version.parse(text)
    return Release(
        version=version,
        state=ReleaseState.PUBLISHED,
        cut_off=default_cut_off(version),
        doi=Doi.of_version("10.5072", version),
        concept_doi=Doi.of_concept("10.5072"),
        manifest_sha256=SHA,
        predecessor=None,
        files=(),
        included_sources=(),
        has_simulated=has_simulated,
        dry_run=dry_run,
    )


def test_our_own_fronts_are_in_and_those_of_others_only_by_name(house: House) -> None:
    own = {"Amery_daily_20260912T081233_icelines", "Getz1_monthly_20260901_icelines"}
    assert ids(frozen(house)) == own
    with_imported = frozen(house, NOVEMBER, "imported:greene2022")
    assert ids(with_imported) == own | {"Ross_annual_20200301_greene2022"}


def test_simulated_fronts_are_in_only_when_asked_for(empty_house: House) -> None:
    fill(empty_house.store, [own_front(), simulated_front()])
    assert not frozen(empty_house).has_simulated
    everything = frozen(empty_house, NOVEMBER, "simulated")
    assert everything.has_simulated
    assert {f.front.origin for f in everything.fronts} == {Origin.SENTINEL1, Origin.SIMULATED}


def test_what_people_decided_is_applied_before_a_release(house: House) -> None:
    stored = next(s for s in house.store.stored_fronts() if s.collection == "fronts-daily")
    front = item_to_front(stored.item)
    decision = following(
        (),
        collection=front.collection,
        front_id=front.id,
        revision_digest=stored.digest,
        action=Action.REJECT,
        reviewer="ada",
        decided_at=datetime(2026, 10, 2, tzinfo=UTC),
    )
    house.store.review.add_decision(decision)
    with pytest.raises(DecisionsNotApplied, match=front.id) as refusal:
        frozen(house)
    assert refusal.value.remedy.startswith("Run `icelines check`")
    house.store.revise_front(decided_front(front, [decision]))
    assert front.id not in ids(frozen(house))


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.ACCEPTED])
def test_only_accepted_fronts_are_released(empty_house: House, status: Status) -> None:
    doubtful = own_front(status=status, reasons=(Reason.LOW_CONFIDENCE,))
    fill(empty_house.store, [doubtful])
    with pytest.raises(EmptyRelease):
        frozen(empty_house)


def test_data_after_the_cut_off_wait_for_the_next_release(empty_house: House) -> None:
    late = datetime(2026, 11, 1, tzinfo=UTC)
    fill(empty_house.store, [own_front(), own_front(start=late)])
    assert len(frozen(empty_house, NOVEMBER).fronts) == 1
    assert len(frozen(empty_house, DECEMBER).fronts) == 2


def test_scenes_and_models_behind_the_fronts_are_pinned_with_them(house: House) -> None:
    pins = {(pin.collection, pin.revision) for pin in frozen(house).pins}
    assert pins == {("fronts-daily", 1), ("fronts-monthly", 1), ("scenes", 1), ("models", 1)}


def test_a_release_pins_the_revision_that_is_current_now(house: House) -> None:
    house.store.revise_front(own_front(confidence=0.99))
    pin = next(p for p in frozen(house).pins if p.collection == "fronts-daily")
    assert pin.revision == 2
    assert pin.digest == house.store.get("fronts-daily", pin.item_id).digest


def test_an_empty_release_is_refused_with_what_could_be_included(empty_house: House) -> None:
    fill(empty_house.store, [simulated_front(), make_imported_front()])
    with pytest.raises(EmptyRelease, match="--include imported:greene2022, --include simulated"):
        frozen(empty_house)


def test_a_source_without_fronts_is_refused_by_name(house: House) -> None:
    with pytest.raises(EmptyRelease, match=r"'grene2022'.*On record: greene2022"):
        frozen(house, NOVEMBER, "imported:grene2022")


@pytest.mark.parametrize("option", ["greene2022", "imported", "all", ""])
def test_an_option_that_is_none_is_refused(option: str) -> None:
    with pytest.raises(InvalidName, match="imported:NAME or simulated"):
        Inclusion.parse([option])


def test_a_front_whose_scene_is_not_on_record_is_refused(empty_house: House) -> None:
    lost = Lineage(inputs=(Input(InputKind.SCENE, "S1A_lost", SHA),))
    fill(empty_house.store, [own_front(lineage=lost)])
    with pytest.raises(DanglingLineage, match="scenes/S1A_lost, which is not in the catalogue"):
        frozen(empty_house)


def test_a_front_that_hides_its_simulated_scene_is_refused(empty_house: House) -> None:
    fill(empty_house.store, [own_front(lineage=lineage(SIMULATED_SCENE_ID))])
    with pytest.raises(DanglingLineage, match="is simulated"):
        frozen(empty_house)


def test_observations_of_simulated_scenes_stay_out_of_real_releases(house: House) -> None:
    rejected = Observation(
        "Amery",
        datetime(2026, 9, 12, 8, 12, 33, tzinfo=UTC),
        ObservationKind.REJECTED,
        "low_confidence",
        SIMULATED_SCENE_ID,
    )
    house.store.record_observations([rejected])
    (gap,) = frozen(house).observations
    assert (gap.seen.reason, gap.origin) == ("no_acquisition", Origin.SENTINEL1)
    assert (
        ReleasedObservation(rejected, Origin.SIMULATED)
        in frozen(house, NOVEMBER, "simulated").observations
    )


def test_the_same_records_are_not_released_twice(house: House) -> None:
    built = house.build()
    house.store.save_release(_published(built.release))
    with pytest.raises(NothingNew, match=r"the same as 2026\.11"):
        frozen(house, DECEMBER)


def test_a_revised_record_is_enough_for_a_new_release(house: House) -> None:
    built = house.build()
    house.store.save_release(_published(built.release))
    house.store.revise_front(own_front(confidence=0.99))
    house.store.record_fronts([(own_front(start=datetime(2026, 10, 2, 8, tzinfo=UTC)), ())])
    changes = frozen(house, DECEMBER).changes
    assert (changes.new, changes.revised, changes.unchanged, changes.withdrawn) == (1, 1, 1, 0)


def test_a_front_that_is_no_longer_accepted_counts_as_withdrawn(house: House) -> None:
    built = house.build()
    house.store.save_release(_published(built.release))
    rejected = own_front().with_verdict(Status.REJECTED, (Reason.LOW_CONFIDENCE,))
    house.store.revise_front(rejected)
    assert frozen(house, DECEMBER).changes.withdrawn == 1


def test_the_predecessor_is_the_newest_published_version_before() -> None:
    releases = (release_of("2026.09"), release_of("2026.10"))
    found = predecessor_of(NOVEMBER, releases, has_simulated=False)
    assert found is not None
    assert str(found.version) == "2026.10"


def test_a_live_release_goes_before_a_later_rehearsal() -> None:
    releases = (release_of("2026.09"), release_of("2026.10", dry_run=True))
    found = predecessor_of(NOVEMBER, releases, has_simulated=False)
    assert found is not None
    assert str(found.version) == "2026.09"


def test_real_fronts_never_follow_simulated_ones() -> None:
    releases = (release_of("2026.10", dry_run=True, has_simulated=True),)
    assert predecessor_of(NOVEMBER, releases, has_simulated=False) is None
    assert predecessor_of(NOVEMBER, releases, has_simulated=True) is not None


def test_a_version_before_a_published_one_is_refused() -> None:
    with pytest.raises(BadVersionOrder, match=r"comes before 2026\.12"):
        predecessor_of(NOVEMBER, (release_of("2026.12"),), has_simulated=False)


def test_a_rehearsal_of_a_later_version_is_no_obstacle() -> None:
    rehearsed = release_of("2026.12", dry_run=True)
    assert predecessor_of(NOVEMBER, (rehearsed,), has_simulated=False) is None


@pytest.mark.parametrize("text", ["2026.11.1", "2026.10.2"])
def test_a_correction_needs_the_version_that_it_corrects(text: str) -> None:
    with pytest.raises(BadVersionOrder, match="which is not published"):
        predecessor_of(Version.parse(text), (release_of("2026.10"),), has_simulated=False)


@given(st.integers(2014, 2100), st.integers(1, 12))
def test_the_usual_cut_off_is_the_day_before_that_month(year: int, month: int) -> None:
    cut_off = default_cut_off(Version(year, month))
    assert cut_off + timedelta(days=1) == date(year, month, 1)


def _published(release: Release) -> Release:
    from dataclasses import replace

    return replace(release, state=ReleaseState.PUBLISHED, published_on=date(2026, 11, 3))
