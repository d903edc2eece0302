from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from catalog.front import Front, Status
from catalog.items.calving import calving_to_item
from catalog.publisher import Publisher, load_publisher
from catalog.query import Search
from catalog.release import Pin, ReleaseState, Version
from catalog.settings import Settings, load_settings
from catalog.store import CatalogStore
from tests.factories import make_front
from tests.web.site.samples import (
    CREATOR,
    annual,
    calving,
    citation,
    in_review,
    monthly,
    release_record,
)
from web.site.gather import Gathered, gather_content, own_years, shelf_title

PUBLISHED = release_record()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "workspace")


@pytest.fixture
def store(settings: Settings) -> Iterator[CatalogStore]:
    with CatalogStore.open(settings) as opened:
        yield opened


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    template = load_publisher(tmp_path / "absent.toml")
    return replace(
        template,
        public_url="https://icelines.example.org",
        contact="data@example.org",
        placeholders=(),
    )


def write_papers(settings: Settings, **changes: Any) -> None:
    """`manifest.json` and `citation.json` of release 2026.11, as the publish room writes them."""
    cited = citation()
    manifest = {
        "fronts": 2,
        "shelves": ["Amery", "Ross"],
        "first_day": "2020-03-15",
        "last_day": "2026-01-28",
        "changes": {"new": 2, "revised": 0, "unchanged": 0, "withdrawn": 0},
        **changes,
    }
    document = {
        "title": cited.title,
        "publisher": cited.publisher,
        "licence": cited.licence,
        "creators": [{"name": CREATOR.name, **asdict(CREATOR)}],
        "text": cited.text,
        "bibtex": cited.bibtex,
        "ris": cited.ris,
        "csl": {"id": "icelines-2026.11"},
    }
    folder = settings.workspace.releases / "2026.11"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "citation.json").write_text(json.dumps(document))


def freeze(store: CatalogStore, settings: Settings, *fronts: Front) -> None:
    """Record and pin fronts in the published release 2026.11."""
    store.record_fronts((front, []) for front in fronts)
    pins = [stored.pin for stored in store.stored_fronts()]
    store.save_release(PUBLISHED, pins)
    write_papers(settings)


def shelf(gathered: Gathered, name: str) -> tuple[list[str], list[str]]:
    found = next(s for s in gathered.content.shelves if s.shelf.name == name)
    return [f.id for f in found.released], [f.id for f in found.working]


def test_pages_show_what_the_release_pins_and_not_what_came_later(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0), annual(2020))
    store.record_fronts([(monthly(2, 11.0), [])])
    gathered = gather_content(store, settings, publisher)
    assert shelf(gathered, "Amery") == (["Amery_monthly_20260101_sentinel1"], [])


def test_a_front_that_was_revised_after_the_release_is_shown_as_released(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0))
    store.revise_front(replace(monthly(1, 10.0), area_km2=99.0))
    content = gather_content(store, settings, publisher).content
    amery = next(s for s in content.shelves if s.shelf.name == "Amery")
    assert [f.area_km2 for f in amery.released] == [10.0]


def test_fronts_under_review_are_counted_from_the_working_state(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0))
    store.record_fronts([(in_review(monthly(2, 11.0)), [])])
    content = gather_content(store, settings, publisher).content
    amery = next(s for s in content.shelves if s.shelf.name == "Amery")
    assert amery.under_review == 1


def test_simulated_fronts_under_review_stay_out_of_a_release_without_any(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0))
    store.record_fronts([(in_review(make_front()), [])])
    assert shelf(gather_content(store, settings, publisher), "Amery")[1] == []


def test_without_a_release_the_working_state_is_shown(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    rejected = monthly(3, 9.0).with_verdict(Status.REJECTED, ())
    fronts = [monthly(1, 10.0), in_review(monthly(2, 11.0)), rejected]
    store.record_fronts((front, []) for front in fronts)
    gathered = gather_content(store, settings, publisher)
    released, working = shelf(gathered, "Amery")
    assert gathered.content.shown is None
    assert len(released) == 1
    assert len(working) == 2


def events_on_page(gathered: Gathered, name: str) -> list[str]:
    found = next(s for s in gathered.content.shelves if s.shelf.name == name)
    return [event.id for event in found.events]


def test_pages_show_the_events_that_the_release_pins(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    store.record_fronts((front, []) for front in (monthly(5, 10.0), monthly(6, 9.0)))
    store.record_items([calving_to_item(calving())])
    store.save_release(PUBLISHED, [stored.pin for stored in store.all_items(Search())])
    write_papers(settings, calving_events=1)
    store.record_items([calving_to_item(calving("2026-06-01", "2026-07-01"))])
    store.record_items([calving_to_item(calving().withdraw("seen again"))])
    gathered = gather_content(store, settings, publisher)
    assert events_on_page(gathered, "Amery") == [calving().id]
    assert events_on_page(gathered, "Ross") == []
    assert [release.calving_events for release in gathered.content.releases] == [1]


def test_without_a_release_the_events_that_stand_are_shown_oldest_first(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    later, gone = calving("2026-06-01", "2026-07-01"), calving("2026-01-01", "2026-02-01")
    events = (later, calving(), gone.withdraw("seen again"))
    store.record_items(map(calving_to_item, events))
    gathered = gather_content(store, settings, publisher)
    assert events_on_page(gathered, "Amery") == [calving().id, later.id]


def test_a_release_from_before_there_were_events_has_its_page(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0))
    gathered = gather_content(store, settings, publisher)
    assert [release.calving_events for release in gathered.content.releases] == [0]
    assert gathered.failures == ()


def test_all_36_shelves_are_known_and_others_get_a_title(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    store.record_fronts([(annual(2020, unit="LarsenB", shelf="LarsenB"), [])])
    content = gather_content(store, settings, publisher).content
    titles = {s.shelf.name: s.shelf.title for s in content.shelves}
    assert len(titles) == 37
    assert titles["LarsenB"] == "Larsen B"
    assert titles["Amery"] == "Amery Ice Shelf"


@pytest.mark.parametrize(
    ("name", "title"), [("ConglerGlenzer", "Congler Glenzer"), ("Land", "Land")]
)
def test_a_title_is_made_from_a_name_of_several_words(name: str, title: str) -> None:
    assert shelf_title(name) == title


def test_the_facts_of_a_release_come_from_its_record_and_its_papers(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0), annual(2020))
    (release,) = gather_content(store, settings, publisher).content.releases
    assert (release.fronts, release.shelves) == (2, 2)
    assert release.citation.creators == (CREATOR,)
    assert release.attribution == "Contains modified Copernicus Sentinel data 2026"
    assert [source.name for source in release.sources] == ["greene2022"]


def test_a_release_still_being_built_has_no_page(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    store.save_release(replace(PUBLISHED, state=ReleaseState.BUILDING))
    assert gather_content(store, settings, publisher).content.releases == ()


def test_a_damaged_release_folder_is_named_and_the_rest_is_gathered(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    freeze(store, settings, monthly(1, 10.0))
    store.save_release(replace(PUBLISHED, version=Version(2026, 10)))
    gathered = gather_content(store, settings, publisher)
    assert [r.version for r in gathered.content.releases] == ["2026.11"]
    assert len(gathered.failures) == 1
    assert "2026.10" in gathered.failures[0]
    assert "archive" in gathered.failures[0]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"fronts": 1, "shelves": 2}'])
def test_papers_that_make_no_sense_are_a_failure_and_not_a_crash(
    store: CatalogStore, settings: Settings, publisher: Publisher, text: str
) -> None:
    freeze(store, settings, monthly(1, 10.0))
    (settings.workspace.releases / "2026.11" / "manifest.json").write_text(text)
    gathered = gather_content(store, settings, publisher)
    assert gathered.content.releases == ()
    assert len(gathered.failures) == 1


def test_placeholders_of_the_publisher_never_reach_the_pages(
    store: CatalogStore, settings: Settings, tmp_path: Path
) -> None:
    content = gather_content(store, settings, load_publisher(tmp_path / "absent.toml")).content
    assert content.public_url is None
    assert content.contact is None


def test_the_environment_may_name_the_public_address(
    store: CatalogStore, settings: Settings, publisher: Publisher
) -> None:
    moved = settings.model_copy(update={"public_url": "https://mirror.example.org"})
    assert (
        gather_content(store, moved, publisher).content.public_url == "https://mirror.example.org"
    )


def test_years_of_our_own_fronts_are_told_by_their_ids() -> None:
    ids = [
        ("fronts-daily", "Amery_daily_20160102T030405_sentinel1"),
        ("fronts-monthly", "Amery_monthly_20240101_sentinel1"),
        ("fronts-annual", "Ross_annual_19970101_greene2022"),
        ("scenes", "S1A_EW_GRDM_1SDH_20140101T000000"),
    ]
    pins = [Pin(collection, item_id, 1, "ab") for collection, item_id in ids]
    assert own_years(pins, {"greene2022"}) == "2016–2024"
    assert own_years(pins[2:], {"greene2022"}) == ""
