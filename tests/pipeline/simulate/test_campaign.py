from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely

from catalog.items.scene import item_to_scene
from catalog.query import Search
from catalog.release import Month
from catalog.settings import Settings, load_settings
from catalog.store import CatalogStore
from pipeline.geometry.surface_choice import SHELF_FREEBOARD_M
from pipeline.safe.open import open_product
from pipeline.simulate.acquisition import Imaging, target_of
from pipeline.simulate.campaign import PlannedPass, make, months_until, plan, truth_path
from pipeline.simulate.scenario import slices_taken
from tests.pipeline.simulate.sample import SEED, make_part, make_scenario

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "workspace")


def run_campaign(settings: Settings, seed: int = SEED, months: int = 2) -> list[bool]:
    planned = plan([make_part()], Month(2026, 10), months, per_month=1, seed=seed)
    with CatalogStore.open(settings, clock=lambda: NOW) as store:
        truth = settings.workspace.truth
        return [made.is_new for one in planned for made in make(one, store, truth)]


def test_a_campaign_puts_each_scene_on_record_and_its_truth_aside(settings: Settings) -> None:
    assert run_campaign(settings) == [True, True]
    with CatalogStore.open(settings) as store:
        scenes = [item_to_scene(s.item) for s in store.all_items(Search(collections=("scenes",)))]
        assert len(scenes) == 2
        for scene in scenes:
            assert scene.simulated
            assert scene.platform == "simulated"
            path = store.objects.existing_path(scene.href)
            assert path.stat().st_size == scene.size_bytes
            product = open_product(path)
            assert product.polarisations == scene.polarisations
            assert (product.start, product.stop) == (scene.start, scene.end)
            assert product.channels[0].annotation.absolute_orbit == scene.absolute_orbit
            assert truth_path(settings.workspace.truth, scene.id).is_file()


def test_a_second_run_records_nothing_new(settings: Settings) -> None:
    run_campaign(settings)
    assert run_campaign(settings) == [False, False]
    with CatalogStore.open(settings) as store:
        revisions = [s.revision for s in store.all_items(Search(collections=("scenes",)))]
    assert revisions == [1, 1]


def test_a_longer_campaign_adds_the_months_that_are_missing(settings: Settings) -> None:
    run_campaign(settings, months=1)
    assert run_campaign(settings, months=2) == [True, False]


def test_another_seed_revises_the_scenes(settings: Settings) -> None:
    run_campaign(settings, months=1)
    assert run_campaign(settings, seed=SEED + 1, months=1) == [True]


def test_a_lost_scene_file_is_made_again(settings: Settings) -> None:
    run_campaign(settings, months=1)
    (scene_file,) = settings.workspace.store.rglob("*.zip")
    content = scene_file.read_bytes()
    scene_file.unlink()
    assert run_campaign(settings, months=1) == [False]
    assert scene_file.read_bytes() == content


def test_nothing_unfinished_stays_in_the_store(settings: Settings) -> None:
    run_campaign(settings, months=1)
    assert [path.suffix for path in settings.workspace.store.rglob("*") if path.is_file()] == [
        ".zip"
    ]
    assert not list(settings.workspace.store.glob(".partial-*"))


def test_both_slices_of_a_pass_go_on_record_as_one_datatake(settings: Settings) -> None:
    scenario = make_scenario()
    days = (datetime(2026, 3, 10, 8, n, tzinfo=UTC) for n in range(60))
    moment = next(d for d in days if slices_taken(d, "Testland", scenario, SEED) == (0, 1))
    planned = PlannedPass(make_part(), moment, scenario, SEED, Imaging())
    with CatalogStore.open(settings, clock=lambda: NOW) as store:
        made = make(planned, store, settings.workspace.truth)
        assert [one.is_new for one in made] == [True, True]
        assert [one.is_new for one in make(planned, store, settings.workspace.truth)] == [
            False,
            False,
        ]
        scenes = [item_to_scene(s.item) for s in store.all_items(Search(collections=("scenes",)))]
    assert len({scene.datatake for scene in scenes}) == 1
    assert len({scene.id for scene in scenes}) == 2


def test_how_scenes_are_taken_is_part_of_what_they_are() -> None:
    keys = {
        PlannedPass(make_part(), NOW, make_scenario(), SEED, imaging).work_key
        for imaging in (
            Imaging(),
            Imaging("IW"),
            Imaging(full_swath=True),
            Imaging(polarisations=("HH",)),
            Imaging(freeboard_m=0.0),
        )
    }
    assert len(keys) == 5


def test_truth_is_a_line_in_the_plane_of_the_pole(settings: Settings) -> None:
    run_campaign(settings, months=1)
    (truth_file,) = settings.workspace.truth.glob("*.geojson")
    document = json.loads(truth_file.read_text())
    (feature,) = document["features"]
    assert document["crs"]["properties"]["name"].endswith("3031")
    assert feature["properties"]["simulated"] is True
    assert (
        feature["properties"]["surface_height_m"]
        == target_of(make_part(), SHELF_FREEBOARD_M).height_m
    )
    line = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert make_part().region.buffer(1.0).covers(line)
    assert line.length > 10_000


def test_months_end_with_the_last_one() -> None:
    assert [str(month) for month in months_until(Month(2026, 2), 3)] == [
        "2025-12",
        "2026-01",
        "2026-02",
    ]
