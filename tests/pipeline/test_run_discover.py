"""A month is searched in our own API and in bad ones: candidates, gaps, and nothing made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.observation import Observation, ObservationKind
from catalog.release import Month
from catalog.settings import Workspace
from catalog.shelf import Part, all_parts, find_part
from catalog.store import CatalogStore
from pipeline.discover import Wanted
from pipeline.discovery.archives import ARCHIVES, Archive, ArchiveSettings
from pipeline.discovery.candidate_ledger import candidates_on_record
from pipeline.discovery.session import ArchiveSession, Question
from pipeline.errors import ArchiveError
from pipeline.run_discover import DiscoverReport, record_month, search_month
from tests.catalog.records import open_store
from tests.pipeline.discovery.items import (
    EW_ITEM,
    NAME,
    Item,
    files_of,
    make_item,
    moved_over,
    place_over,
    real_item,
)
from tests.web.api.serving import live_server

SEPTEMBER = Month(2026, 9)
WANTED = Wanted(SEPTEMBER, ("EW", "IW"), ("GRDM", "GRDH"))
LATER = datetime(2026, 10, 3, tzinfo=UTC)
AMERY, GETZ = find_part("Amery"), find_part("Getz1")
OVER_AMERY = place_over(AMERY)
ENDPOINT = ARCHIVES["copernicus"].address


class FakeArchive:
    """An archive that answers every question with the same items, or fails."""

    def __init__(self, items: Sequence[Any], failing: Sequence[str] = ()) -> None:
        self._items = list(items)
        self._failing = failing
        self.archive = ARCHIVES["copernicus"]
        self.questions: list[Question] = []

    def items(self, question: Question) -> list[Any]:
        self.questions.append(question)
        if any(_box_of(name) == question.box for name in self._failing):
            raise ArchiveError("the archive answers 503.")
        return self._items


def _box_of(name: str) -> Any:
    from pipeline.discovery.regions import query_boxes

    return query_boxes(find_part(name).region)[0]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path / "work") as opened:
        yield opened


def search(items: Sequence[Any], *parts: Part, wanted: Wanted = WANTED) -> DiscoverReport:
    return search_month(FakeArchive(items), parts or (AMERY,), wanted)


def record(
    store: CatalogStore, items: Sequence[Any], *parts: Part, now: datetime = LATER, **how: Any
) -> DiscoverReport:
    how = {"is_narrowed": False, **how}
    return record_month(store, search(items, *parts), WANTED, now, **how)


def names(report: DiscoverReport) -> list[str]:
    return [one.candidate.product.text for one in report.found]


def named(**parts: str) -> str:
    """The usual name with some of its parts changed."""
    fields = {"S1A": "S1A", "EW": "EW", "GRDM": "GRDM", "SDH": "SDH", "BB15": "BB15", **parts}
    name = NAME
    for old, new in fields.items():
        name = name.replace(old, new)
    return name


# --- what is found ---------------------------------------------------------------------------


def test_a_scene_over_a_part_is_found_for_that_part_and_no_other() -> None:
    report = search([make_item(NAME, OVER_AMERY)], AMERY, GETZ)
    assert [(one.candidate.item_id, one.parts) for one in report.found] == [(NAME, ("Amery",))]
    assert [finding.part for finding in report.empty] == ["Getz1"]


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_every_part_is_found_under_a_scene_over_its_middle(part: Part) -> None:
    assert part.name in search([make_item(NAME, place_over(part))], part).found[0].parts


@pytest.mark.parametrize(
    ("name", "is_wanted"),
    [
        (named(S1A="S1D"), True),
        (named(EW="IW", GRDM="GRDH"), True),
        (named(SDH="SSH"), True),
        (named(EW="S3", GRDM="GRDH"), False),
        (named(GRDM="GRDF"), False),
        (NAME.replace("20260912", "20260831"), False),
        (NAME.replace("20260912", "20261001"), False),
        (NAME.replace("20260912T081233_20260912", "20260930T235933_20261001"), True),
    ],
)
def test_mode_type_and_month_are_those_of_the_name(name: str, is_wanted: bool) -> None:
    assert names(search([make_item(name, OVER_AMERY)])) == ([name] if is_wanted else [])


def test_a_platform_may_be_asked_for() -> None:
    items = [make_item(NAME, OVER_AMERY), make_item(named(S1A="S1C"), OVER_AMERY)]
    wanted = replace(WANTED, platforms=("sentinel-1c",))
    assert names(search(items, wanted=wanted)) == [named(S1A="S1C")]


def test_of_one_acquisition_offered_in_many_ways_one_product_is_taken() -> None:
    hasty = {"product:timeliness_category": "NRT-3h"}
    offers = [
        make_item(f"{NAME}_COG", OVER_AMERY, assets=files_of(NAME)),
        make_item(NAME, OVER_AMERY),
        make_item(named(BB15="0001"), OVER_AMERY, properties=hasty),
        make_item(named(SDH="SSH", BB15="0002"), OVER_AMERY),
    ]
    report = search(offers)
    assert [one.candidate.item_id for one in report.found] == [NAME]
    assert report.offers == 4


def test_slices_of_a_datatake_are_all_taken() -> None:
    following = NAME.replace("081337", "081441").replace("081233", "081337")
    items = [make_item(following, OVER_AMERY), make_item(NAME, OVER_AMERY)]
    assert names(search(items)) == [NAME, following]


def test_one_bad_item_does_not_stop_the_others() -> None:
    bad: list[Any] = [
        None,
        3,
        {"id": "x"},
        {**make_item(NAME, OVER_AMERY), "id": "nonsense", "assets": {}},
    ]
    report = search([*bad, make_item(NAME, OVER_AMERY)])
    assert names(report) == [NAME]
    assert {refused.item_id for refused in report.refused} == {
        "an item without id",
        "x",
        "nonsense",
    }


# --- what is recorded ------------------------------------------------------------------------


def test_candidates_are_on_record_and_a_second_run_changes_nothing(store: CatalogStore) -> None:
    items = [make_item(NAME, OVER_AMERY)]
    assert record(store, items).outcome.new == 1
    assert record(store, items).outcome.unchanged == 1
    (found,) = candidates_on_record(store, SEPTEMBER)
    assert (found.candidate.product.text, found.parts) == (NAME, ("Amery",))


def test_a_part_without_a_scene_is_a_gap_with_the_reason(store: CatalogStore) -> None:
    report = record(store, [make_item(NAME, OVER_AMERY)], AMERY, GETZ)
    assert report.gaps == ("Getz1",)
    reason = f"no EW or IW GRDM or GRDH scene in {ENDPOINT}"
    assert store.observations() == (
        Observation("Getz1", datetime(2026, 9, 1, tzinfo=UTC), ObservationKind.GAP, reason),
    )


def test_a_gap_says_how_many_items_could_not_be_used(store: CatalogStore) -> None:
    record(store, [{"id": "x"}])
    assert store.observations()[0].reason.endswith("; items that could not be used: 1")


def test_a_scene_found_later_takes_the_gap_away(store: CatalogStore) -> None:
    record(store, [])
    record(store, [make_item(NAME, OVER_AMERY)])
    assert store.observations() == ()


def test_an_acquisition_seen_from_elsewhere_takes_the_gap_away(store: CatalogStore) -> None:
    record(store, [])
    moment = datetime(2026, 9, 12, 8, tzinfo=UTC)
    seen = Observation("Amery", moment, ObservationKind.OBSERVED, "front traced", "scene", "front")
    store.record_observations([seen])
    assert store.observations() == (seen,)
    assert record(store, []).gaps == ()
    assert store.observations() == (seen,)


def test_the_gaps_of_other_months_and_parts_stay(store: CatalogStore) -> None:
    record(store, [], AMERY, GETZ)
    store.withdraw_empty_month("Amery", datetime(2026, 8, 31, tzinfo=UTC))
    record(store, [make_item(NAME, OVER_AMERY)], AMERY)
    assert [seen.unit for seen in store.observations()] == ["Getz1"]


@pytest.mark.parametrize(
    "how", [{"is_narrowed": True}, {"now": datetime(2026, 9, 30, 23, tzinfo=UTC)}]
)
def test_a_narrow_search_or_a_month_that_is_not_over_makes_no_gap(
    store: CatalogStore, how: dict[str, Any]
) -> None:
    report = record(store, [], **how)
    assert (report.gaps, store.observations()) == ((), ())
    assert [finding.part for finding in report.empty] == ["Amery"]


def test_a_part_that_could_not_be_searched_is_no_gap(store: CatalogStore) -> None:
    asked = FakeArchive([], failing=["Amery"])
    report = search_month(asked, (AMERY, GETZ), WANTED)
    record_month(store, report, WANTED, LATER, is_narrowed=False)
    assert [seen.unit for seen in store.observations()] == ["Getz1"]
    assert [failure.part for failure in report.failures] == ["Amery"]


def test_an_archive_that_fails_again_and_again_is_left_alone() -> None:
    parts = all_parts()[:8]
    asked = FakeArchive([], failing=[part.name for part in parts])
    report = search_month(asked, parts, WANTED)
    assert len(report.failures) == 8
    assert len(asked.questions) == 3


# --- our own API -----------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path, shared_data: Path) -> Iterator[Archive]:
    """Our API with a real item over every part, and bad ones, as the archive of another."""
    root = tmp_path / "archive"
    with open_store(root) as kept:
        kept.record_items(_archive_items(real_item(shared_data, EW_ITEM)))
        with live_server(kept, Workspace(root)) as address:
            yield Archive("ours", "Ours", f"{address}/stac", "scenes")


def _archive_items(real: Item) -> list[Item]:
    moved = [{**moved_over(real, part), "id": f"{real['id']}_{part.name}"} for part in all_parts()]
    later = {**moved[0], "id": "unnamed", "assets": {}}
    later["properties"] = {**real["properties"], "s1:product_identifier": "S1A_nonsense"}
    return [{**item, "collection": "scenes"} for item in (*moved, later)]


def test_our_own_api_is_searched_over_a_socket(archive: Archive, store: CatalogStore) -> None:
    wanted = replace(WANTED, month=Month(2022, 11))
    parts = [find_part(name) for name in ("Amery", "Getz1", "Ross2", "Ronne1")]
    with ArchiveSession(archive, ArchiveSettings(page_size=2)) as asked:
        report = search_month(asked, parts, wanted)
    record_month(store, report, wanted, LATER, is_narrowed=False)
    assert report.failures == ()
    assert report.empty == ()
    assert report.offers >= len(parts)
    # All of them are one and the same acquisition, moved about.
    (found,) = candidates_on_record(store)
    assert found.candidate.product.text.endswith("_BB15")
    assert set(found.parts) == {part.name for part in parts}
    assert found.candidate.files[-1].name == "measurement/ew-hv.tiff"
    assert found.candidate.timeliness == "Fast-24h"


def test_our_own_api_has_nothing_in_another_month(archive: Archive, store: CatalogStore) -> None:
    with ArchiveSession(archive, ArchiveSettings()) as asked:
        report = search_month(asked, [AMERY], WANTED)
    record_month(store, report, WANTED, LATER, is_narrowed=False)
    assert [seen.kind for seen in store.observations()] == [ObservationKind.GAP]
