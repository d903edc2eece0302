from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from shapely import LineString, MultiPolygon, box

from catalog.area import true_area_km2
from catalog.errors import InputError, StorageError
from catalog.front import Front, Origin, Reason, Status
from catalog.items.scene import scene_to_item
from catalog.lineage import Input, InputKind
from catalog.observation import ObservationKind
from catalog.query import Search
from catalog.release import Month
from catalog.review import Action, following
from catalog.series import Licence, series_rows
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.run import (
    MOST_ATTEMPTS,
    Bench,
    ProcessReport,
    process_scenes,
    scenes_on_record,
)
from pipeline.run_check import check_catalogue
from pipeline.settings import ProcessingSettings
from tests.pipeline.networks import store_threshold_model
from tests.pipeline.painted_scenes import MOMENT, PART, SOUTH, WEST, WIDTH_M, record_scene

SETTINGS = ProcessingSettings(pixel_size_m=80.0, threads=1)
OTHER_SETTINGS = SETTINGS.model_copy(update={"shortest_piece_m": 3_000.0})
FRONT_M = 8_000.0
NO_RASTER = b"no raster at all"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def store(workspace: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(workspace)) as opened:
        yield opened


@pytest.fixture
def bench(store: CatalogStore, tmp_path: Path) -> Bench:
    return Bench(store, (PART,), SETTINGS, store_threshold_model(tmp_path))


def process_all(bench: Bench) -> ProcessReport:
    return process_scenes(bench, scenes_on_record(bench.store))


def only_front(store: CatalogStore) -> Front:
    (front,) = store.fronts()
    return front


def forget_work(workspace: Path) -> None:
    with closing(sqlite3.connect(workspace / "catalog.sqlite")) as connection:
        connection.execute("delete from work")
        connection.commit()


def test_a_scene_becomes_a_front_where_the_ice_ends(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    report = process_all(bench)
    assert (report.scenes, report.fronts.new, report.failures) == (1, 1, ())
    front = only_front(bench.store)
    west, south, east, north = front.line.bounds
    assert (west, east) == pytest.approx((WEST, WEST + WIDTH_M), abs=10)
    assert (south, north) == pytest.approx((SOUTH + FRONT_M, SOUTH + FRONT_M), abs=60)
    expected = true_area_km2(box(WEST, SOUTH, WEST + WIDTH_M, SOUTH + FRONT_M))
    assert front.area_km2 == pytest.approx(expected, rel=5e-3)


def test_a_front_says_what_made_it(bench: Bench, tmp_path: Path) -> None:
    scene = record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    front = only_front(bench.store)
    assert front.id == "Testshelf_daily_20260305T073000_simulated"
    assert (front.origin, front.status) == (Origin.SIMULATED, Status.PROVISIONAL)
    assert front.grid_m == 10.0
    assert front.confidence is not None
    assert front.confidence > 0.9
    assert front.baseline == "threshold-hh"
    (made_from,) = front.lineage.inputs_of(InputKind.SCENE)
    assert (made_from.name, made_from.sha256) == (scene.id, scene.sha256)
    assert front.lineage.parameters["pixel_size_m"] == 80.0
    assert front.lineage.parameters["model_choice"] == "named by the user"
    assert front.lineage.code_version.startswith("0.")
    assert len(front.vertex_uncertainty_m) == sum(len(p.coords) for p in front.line.geoms)


def test_a_front_has_its_files_and_its_model_on_record(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    item = bench.store.get("fronts-daily", only_front(bench.store).id).item
    assert set(item["assets"]) == {"line", "probability", "quicklook"}
    for asset in item["assets"].values():
        assert bench.store.objects.existing_path(asset["href"]).stat().st_size == asset["file:size"]
    model = bench.store.get("models", "threshold-hh").item
    assert bench.store.objects.existing_path(model["assets"]["weights"]["href"])
    (seen,) = bench.store.observations()
    assert (seen.kind, seen.front_id) == (ObservationKind.OBSERVED, item["id"])


def test_a_front_over_the_antimeridian_is_one_line_of_two_halves(
    bench: Bench, tmp_path: Path
) -> None:
    region = box(-12_000.0, -1_300_000.0, 12_000.0, -1_280_000.0)  # the sea is in the south
    reference = LineString([(12_000.0, -1_280_000.0), (-12_000.0, -1_280_000.0)])
    ross = replace(PART, name="Ross-middle", region=region, reference=reference)
    record_scene(bench.store, tmp_path, FRONT_M, part=ross)
    assert process_all(replace(bench, parts=(ross,))).fronts.new == 1
    front = only_front(bench.store)
    assert front.line.bounds == pytest.approx((-12_000, -1_288_000, 12_000, -1_288_000), abs=60)
    item = bench.store.get("fronts-daily", front.id).item
    west, _, east, _ = item["bbox"]
    assert west > 179 > -179 > east
    assert len(item["geometry"]["coordinates"]) == 2


def test_a_second_run_does_nothing(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    before = {path: path.stat().st_mtime_ns for path in bench.store.objects.root.rglob("*")}
    again = process_all(bench)
    assert (again.done_before, again.fronts.new, again.fronts.unchanged) == (1, 0, 0)
    after = {path: path.stat().st_mtime_ns for path in bench.store.objects.root.rglob("*")}
    assert after == before


def test_processing_again_gives_the_same_record(
    bench: Bench, tmp_path: Path, workspace: Path
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    forget_work(workspace)
    assert process_all(bench).fronts.unchanged == 1
    assert len(bench.store.revisions("fronts-daily", only_front(bench.store).id)) == 1


def test_another_workspace_gives_the_same_digest(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    with CatalogStore.open(load_settings(tmp_path / "other")) as other:
        record_scene(other, tmp_path, FRONT_M)
        process_all(replace(bench, store=other))
        digests = {s.stored_fronts()[0].digest for s in (bench.store, other)}
    assert len(digests) == 1


def test_processing_again_keeps_the_verdict(bench: Bench, tmp_path: Path, workspace: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    confirmed = (Reason.RETREAT_CONFIRMED,)
    judged = only_front(bench.store).with_verdict(Status.ACCEPTED, confirmed, -3.0)
    bench.store.revise_front(judged)
    forget_work(workspace)
    assert process_all(bench).fronts.unchanged == 1
    assert only_front(bench.store) == judged


def test_other_settings_make_other_work(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    report = process_all(replace(bench, settings=OTHER_SETTINGS))
    assert (report.done_before, report.fronts.revised) == (0, 1)


def test_tracing_again_does_not_ask_the_network(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    monkeypatch.setattr("pipeline.run.segment_scene", None)
    report = process_all(replace(bench, settings=OTHER_SETTINGS))
    assert (report.fronts.revised, report.failures) == (1, ())


def test_probabilities_that_were_damaged_are_made_again(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    item = bench.store.get("fronts-daily", only_front(bench.store).id).item
    path = bench.store.objects.path(item["assets"]["probability"]["href"])
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert process_all(replace(bench, settings=OTHER_SETTINGS)).failures == ()
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b"II*\x00\x08\x00\x00\x00", b"", NO_RASTER])
def test_a_bad_scene_is_reported_and_the_rest_goes_on(
    bench: Bench, tmp_path: Path, content: bytes
) -> None:
    bad = record_scene(bench.store, tmp_path, FRONT_M, content=content)
    record_scene(bench.store, tmp_path, FRONT_M, MOMENT + timedelta(days=6))
    report = process_all(bench)
    assert report.fronts.new == 1
    (failure,) = report.failures
    assert failure.scene_id == bad.id
    assert bad.id in failure.fault
    rejected = [o for o in bench.store.observations() if o.kind is ObservationKind.REJECTED]
    assert [o.scene_id for o in rejected] == [bad.id]


def test_a_bad_scene_is_left_in_quarantine_after_some_attempts(
    bench: Bench, tmp_path: Path
) -> None:
    bad = record_scene(bench.store, tmp_path, FRONT_M, content=NO_RASTER)
    for _ in range(MOST_ATTEMPTS):
        assert len(process_all(bench).failures) == 1
    report = process_all(bench)
    assert report.failures == ()
    assert [f.scene_id for f in report.quarantined] == [bad.id]
    assert "cannot be read as GeoTIFF" in report.quarantined[0].fault
    named = process_scenes(bench, scenes_on_record(bench.store, ids=[bad.id]), by_name=True)
    assert len(named.failures) == 1


def test_a_file_that_is_not_the_one_on_record_is_refused(bench: Bench, tmp_path: Path) -> None:
    scene = record_scene(bench.store, tmp_path, FRONT_M)
    path = bench.store.objects.path(scene.href)
    path.write_bytes(path.read_bytes()[:-1])
    (failure,) = process_all(bench).failures
    assert "SHA-256 differs" in failure.fault


def test_a_file_that_is_missing_is_a_failure_of_its_scene_only(
    bench: Bench, tmp_path: Path
) -> None:
    scene = record_scene(bench.store, tmp_path, FRONT_M)
    bench.store.objects.path(scene.href).unlink()
    (failure,) = process_all(bench).failures
    assert "is not in the store" in failure.fault


def test_a_scene_without_a_model_is_reported(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    (failure,) = process_all(replace(bench, weights=tmp_path / "gone.safetensors")).failures
    assert "cannot be read" in failure.fault


def test_a_model_for_other_polarisations_is_a_failure_of_its_scene(
    bench: Bench, tmp_path: Path
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    dual = store_threshold_model(tmp_path, ("HH", "HV"))
    (failure,) = process_all(replace(bench, weights=dual)).failures
    assert "the model needs HH+HV" in failure.fault


def test_a_named_model_that_cannot_see_a_scene_leaves_what_is_known_of_it(
    bench: Bench, tmp_path: Path
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    before = bench.store.observations()
    series = store_threshold_model(tmp_path, ("HH", "PERSISTENCE"))
    for _ in range(4):  # no quarantine either
        (failure,) = process_all(replace(bench, weights=series)).failures
        assert "the model needs HH+PERSISTENCE" in failure.fault
    assert bench.store.observations() == before


def test_without_a_named_model_the_choice_says_why(bench: Bench) -> None:
    choice = replace(bench, weights=None).choice_for(("HH",))
    assert (choice.why, choice.card.input_channels) == ("uses all of HH", ("HH",))


def test_a_part_that_is_shown_without_its_front_has_no_front(bench: Bench, tmp_path: Path) -> None:
    record_scene(bench.store, tmp_path, 50_000.0)  # ice as far as the scene goes
    report = process_all(bench)
    assert (report.fronts.new, report.without_front, report.failures) == (0, 1, ())
    (seen,) = bench.store.observations()
    assert (seen.kind, seen.reason) == (ObservationKind.REJECTED, "no_open_sea")


@pytest.fixture
def blind(bench: Bench, tmp_path: Path) -> Bench:
    """Another model, to which all is ice: it finds no front."""
    (tmp_path / "blind").mkdir()
    return replace(bench, weights=store_threshold_model(tmp_path / "blind", threshold_db=-40.0))


def test_a_front_that_another_model_does_not_find_is_withdrawn(
    bench: Bench, blind: Bench, tmp_path: Path
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    bench.store.revise_front(only_front(bench.store).with_verdict(Status.ACCEPTED, ()))
    report = process_all(blind)
    assert (report.fronts.revised, report.without_front) == (1, 1)
    front = only_front(bench.store)
    assert (front.status, front.reasons) == (Status.REJECTED, (Reason.INPUTS_WITHDRAWN,))
    assert len(bench.store.revisions(front.collection, front.id)) == 3
    check_catalogue(bench.store, SETTINGS.check_rules)
    (seen,) = bench.store.observations()
    assert (seen.kind, seen.reason) == (ObservationKind.REJECTED, "no_open_sea")
    licence = Licence("CC BY 4.0", "nobody")
    rows = series_rows(bench.store.stored_fronts(), bench.store.observations(), licence)
    assert [row["state"] for row in rows] == ["rejected"]
    process_all(replace(blind, settings=OTHER_SETTINGS))
    assert len(bench.store.revisions(front.collection, front.id)) == 3
    # A third one that finds it again does not stay withdrawn.
    process_all(replace(bench, settings=OTHER_SETTINGS))
    assert only_front(bench.store).status is Status.PROVISIONAL


def test_a_front_that_a_person_accepted_is_not_withdrawn_until_that_is_undone(
    bench: Bench, blind: Bench, tmp_path: Path
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    decide(bench.store, Action.ACCEPT)
    check_catalogue(bench.store, SETTINGS.check_rules)
    accepted, seen = only_front(bench.store), bench.store.observations()
    report = process_all(blind)
    assert report.without_front == 0
    assert (only_front(bench.store), bench.store.observations()) == (accepted, seen)
    decide(bench.store, Action.UNDO)
    check_catalogue(bench.store, SETTINGS.check_rules)
    assert only_front(bench.store).reasons == (Reason.INPUTS_WITHDRAWN,)
    assert bench.store.observations()[0].kind is ObservationKind.REJECTED


def decide(store: CatalogStore, action: Action) -> None:
    (stored,) = store.stored_fronts()
    name = stored.collection, stored.item_id
    earlier = store.review.decisions(*name)
    store.review.add_decision(
        following(
            earlier,
            collection=stored.collection,
            front_id=stored.item_id,
            revision_digest=stored.digest,
            action=action,
            reviewer="ada",
            decided_at=MOMENT + timedelta(days=len(earlier)),
        )
    )


def test_a_front_of_another_product_of_the_moment_is_not_withdrawn(
    bench: Bench, blind: Bench, tmp_path: Path
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)
    process_all(bench)
    front = only_front(bench.store)
    entries = (Input(InputKind.SCENE, "S1A_OTHER", "0" * 64),)
    other = replace(front, lineage=replace(front.lineage, inputs=entries))
    bench.store.revise_front(other)
    assert process_all(blind).without_front == 1
    assert only_front(bench.store) == other


def test_a_scene_that_shows_no_part_is_done_with_nothing(bench: Bench, tmp_path: Path) -> None:
    scene = record_scene(bench.store, tmp_path, FRONT_M)
    far = MultiPolygon([box(100, -66, 101, -65)])
    elsewhere = replace(scene, id=f"SIM_EW_{PART.name}", footprint=far)
    bench.store.record_items([scene_to_item(elsewhere)])
    assert process_scenes(bench, [elsewhere]) == ProcessReport(scenes=1)
    assert process_scenes(bench, [elsewhere]).done_before == 1


def test_scenes_come_by_time_up_to_a_month(store: CatalogStore, tmp_path: Path) -> None:
    later, first, april = (
        record_scene(store, tmp_path, FRONT_M, MOMENT + timedelta(days=d)) for d in (40, 0, 27)
    )
    assert scenes_on_record(store) == [first, april, later]
    assert scenes_on_record(store, until=Month(2026, 3)) == [first]
    assert scenes_on_record(store, ids=[april.id]) == [april]


def test_a_scene_that_is_not_on_record_is_named(store: CatalogStore) -> None:
    with pytest.raises(InputError, match="no such scene is on record: S1A_EW_GONE"):
        scenes_on_record(store, ids=["S1A_EW_GONE"])


def test_a_full_disk_stops_the_run_and_leaves_nothing(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_scene(bench.store, tmp_path, FRONT_M)

    def full(_store: object, _content: bytes, _suffix: str) -> None:
        raise StorageError("cannot be written (No space left on device).", where="disk")

    with monkeypatch.context() as disk:
        disk.setattr("catalog.objects.ObjectStore.put_bytes", full)
        with pytest.raises(StorageError, match="No space left"):
            process_all(bench)
    assert bench.store.fronts() == []
    assert process_all(bench).fronts.new == 1


def test_the_model_is_recorded_once(bench: Bench, tmp_path: Path) -> None:
    for days in (0, 6):
        record_scene(bench.store, tmp_path, FRONT_M, MOMENT + timedelta(days=days))
    process_all(bench)
    assert bench.store.count(Search(collections=("models",))) == 1
    assert len(bench.store.revisions("models", "threshold-hh")) == 1
