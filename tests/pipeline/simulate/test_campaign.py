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
from pipeline.simulate.campaign import make, months_until, plan, truth_path
from tests.pipeline.simulate.sample import SEED, make_part

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "workspace")


def run_campaign(settings: Settings, seed: int = SEED, months: int = 2) -> list[bool]:
    planned = plan([make_part()], Month(2026, 10), months, per_month=1, seed=seed)
    with CatalogStore.open(settings, clock=lambda: NOW) as store:
        return [make(scene, store, settings.workspace.truth).is_new for scene in planned]


def test_a_campaign_puts_each_scene_on_record_and_its_truth_aside(settings: Settings) -> None:
    assert run_campaign(settings) == [True, True]
    with CatalogStore.open(settings) as store:
        scenes = [item_to_scene(s.item) for s in store.all_items(Search(collections=("scenes",)))]
        assert len(scenes) == 2
        for scene in scenes:
            assert scene.simulated
            assert scene.platform == "simulated"
            assert store.objects.existing_path(scene.href).stat().st_size == scene.size_bytes
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
    (scene_file,) = settings.workspace.store.rglob("*.tif")
    content = scene_file.read_bytes()
    scene_file.unlink()
    assert run_campaign(settings, months=1) == [False]
    assert scene_file.read_bytes() == content


def test_truth_is_a_line_in_the_plane_of_the_pole(settings: Settings) -> None:
    run_campaign(settings, months=1)
    (truth_file,) = settings.workspace.truth.glob("*.geojson")
    document = json.loads(truth_file.read_text())
    (feature,) = document["features"]
    assert document["crs"]["properties"]["name"].endswith("3031")
    assert feature["properties"]["simulated"] is True
    line = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert make_part().region.buffer(1.0).covers(line)
    assert line.length > 10_000


def test_months_end_with_the_last_one() -> None:
    assert [str(month) for month in months_until(Month(2026, 2), 3)] == [
        "2025-12",
        "2026-01",
        "2026-02",
    ]
