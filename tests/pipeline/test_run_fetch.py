from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from catalog.canonical import canonical_json
from catalog.errors import InputError, StorageError
from catalog.items.scene import item_to_scene
from catalog.query import Search
from catalog.release import Month
from catalog.scene import Scene
from catalog.settings import load_settings
from catalog.shelf import Part, find_part
from catalog.store import CatalogStore
from pipeline.discovery.candidate import RemoteFile
from pipeline.discovery.candidate_ledger import FoundCandidate, record_candidates
from pipeline.fetch import Wanted, wanted_of
from pipeline.fetching.settings import ArchiveAccess, load_fetch_settings
from pipeline.run_fetch import FETCH, FetchBench, FetchReport, fetch_products, wanted_on_record
from pipeline.safe.open import open_product
from pipeline.safe.product import SafeProduct
from pipeline.simulate.safe_xml.manifest import FACILITY
from tests.pipeline.candidates import make_candidate
from tests.pipeline.fetching.carriers import carrier_of
from tests.pipeline.fetching.products import (
    PRODUCT,
    esa_files,
    northern_files,
    southern_files,
    write_safe,
    zip_of,
)
from tests.servers.archive import ArchiveServer, Fault
from tests.servers.s3 import S3Server

ROSS = tuple(find_part(name) for name in ("Ross2", "Ross3"))
MONTH = Month(2022, 11)


@pytest.fixture(scope="module")
def esa(shared_data: Path) -> dict[str, bytes]:
    return esa_files(shared_data)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(tmp_path / "workspace")) as store:
        yield store


def run(
    store: CatalogStore, wanted: list[Wanted], *, parts: tuple[Part, ...] = ROSS,
    parallel: int = 2, archive: ArchiveAccess | None = None, **how: bool,
) -> FetchReport:  # fmt: skip
    report = FetchReport()
    with carrier_of(archive=archive, attempts=2) as carrier:
        bench = FetchBench(store, parts, carrier, parallel)
        for each in fetch_products(bench, wanted, **how):
            report += each
    return report


def scenes_of(store: CatalogStore) -> list[Scene]:
    return [item_to_scene(s.item) for s in store.all_items(Search(collections=("scenes",)))]


def leftovers(store: CatalogStore) -> list[Path]:
    return list(store.objects.root.glob(".partial-*"))


def test_a_zip_file_on_this_machine_becomes_a_scene_as_it_was_delivered(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path
) -> None:
    given = tmp_path / f"{PRODUCT}.SAFE.zip"
    given.write_bytes(zip_of(esa))
    report = run(store, [wanted_of(str(given))])
    assert report.failures == ()
    assert report.scenes.new == 1
    (scene,) = scenes_of(store)
    assert store.objects.existing_path(scene.href).read_bytes() == given.read_bytes()
    assert scene.id == PRODUCT
    assert (scene.platform, scene.mode, scene.product_type) == ("sentinel-1a", "EW", "GRDM")
    assert scene.polarisations == ("HH", "HV")
    assert (scene.absolute_orbit, scene.datatake) == (46117, "058549")
    assert f"{scene.start:%Y%m%dT%H%M%S} {scene.end:%Y%m%dT%H%M%S}" in (
        "20221130T014342 20221130T014446"
    )
    assert not scene.simulated
    assert leftovers(store) == []


def test_its_item_says_zip_and_what_is_in_the_store(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path
) -> None:
    run(store, [wanted_of(str(write_safe(esa, tmp_path)))])
    item = store.get("scenes", PRODUCT).item
    asset = item["assets"]["product"]
    assert asset["type"] == "application/zip"
    assert asset["href"].endswith(".zip")
    assert open_product(store.objects.path(asset["href"])).polarisations == ("HH", "HV")


def test_the_footprint_is_cut_at_the_antimeridian(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path
) -> None:
    run(store, [wanted_of(str(write_safe(esa, tmp_path)))])
    west, east = sorted(scenes_of(store)[0].footprint.geoms, key=lambda part: part.bounds[0])
    assert (west.bounds[0], east.bounds[2]) == (-180.0, 180.0)
    assert (round(west.bounds[2], 1), round(east.bounds[0], 1)) == (-167.2, 165.3)


def test_a_folder_a_zip_of_it_elsewhere_and_files_apart_are_one_digest(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path, archive: ArchiveServer
) -> None:
    run(store, [wanted_of(str(write_safe(esa, tmp_path)))])
    first = scenes_of(store)[0].sha256
    files = tuple(
        RemoteFile(name, archive.put(f"/{PRODUCT}/{name}", content))
        for name, content in esa.items()
    )
    report = run(store, [Wanted(files[::-1], PRODUCT)], again=True)
    assert report.failures == ()
    assert (report.scenes.unchanged, scenes_of(store)[0].sha256) == (1, first)


def test_the_layout_of_the_cloud_is_a_scene_too(
    store: CatalogStore, shared_data: Path, tmp_path: Path
) -> None:
    report = run(store, [wanted_of(str(write_safe(southern_files(shared_data), tmp_path)))])
    assert report.failures == ()
    assert scenes_of(store)[0].id == PRODUCT


def test_an_image_far_from_every_shelf_is_refused_and_the_nearest_is_named(
    store: CatalogStore, shared_data: Path, tmp_path: Path
) -> None:
    report = run(store, [wanted_of(str(write_safe(northern_files(shared_data), tmp_path)))])
    assert "no ice shelf that is mapped; the nearest is Ross" in report.failures[0].fault
    assert scenes_of(store) == []


@pytest.mark.parametrize("name", ["manifest.safe", "annotation/rfi/rfi.xml"])
def test_a_simulation_is_on_record_as_one_whatever_its_name(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    said = f"<!-- {FACILITY} -->".encode()
    files = {**esa, name: esa.get(name, b"<rfi/>") + said}
    report = run(store, [wanted_of(str(write_safe(files, tmp_path)))])
    assert report.failures == ()
    assert scenes_of(store)[0].simulated
    assert "is a simulation, no observation" in report.doubts[0]


def test_a_folder_with_another_name_is_refused_with_what_to_do(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path
) -> None:
    report = run(store, [wanted_of(str(write_safe(esa, tmp_path, "scene")))])
    assert "not named as a Sentinel-1 product" in report.failures[0].fault


def candidates(
    archive: ArchiveServer, esa: dict[str, bytes], count: int, *faults: Fault
) -> list[Wanted]:
    """As many products, each a zip file of its own whose name only differs in its checksum."""
    found = []
    for n in range(count):
        name = f"{PRODUCT[:-4]}{n:04X}"
        url = archive.put(f"/{name}.zip", zip_of(esa, name), *faults)
        found.append(Wanted((RemoteFile(f"{name}.SAFE.zip", url),), name))
    return found


def test_a_bad_product_does_not_stop_the_others(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    wanted = candidates(archive, esa, 3)
    archive.files[f"/{wanted[1].name}.zip"] = b"no zip"
    report = run(store, wanted)
    assert (report.wanted, report.scenes.new) == (3, 2)
    assert "is no zip file" in report.failures[0].fault
    assert wanted[1].title in report.failures[0].fault


def test_what_is_on_record_is_not_fetched_again(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    wanted = candidates(archive, esa, 2)
    run(store, wanted)
    asked = len(archive.asked)
    report = run(store, wanted)
    assert (report.done_before, len(archive.asked)) == (2, asked)


def test_a_scene_whose_file_is_gone_is_fetched_again(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    wanted = candidates(archive, esa, 1)
    run(store, wanted)
    shutil.rmtree(store.objects.root)
    report = run(store, wanted)
    assert (report.done_before, report.scenes.unchanged) == (0, 1)
    assert store.objects.existing_path(scenes_of(store)[0].href).exists()


def test_after_three_attempts_a_product_waits_until_it_is_named(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    wanted = candidates(archive, esa, 1)
    archive.files[f"/{wanted[0].name}.zip"] = b"no zip"
    for _ in range(3):
        assert len(run(store, wanted).failures) == 1
    asked = len(archive.asked)
    report = run(store, wanted)
    assert len(report.quarantined) == 1
    assert len(archive.asked) == asked
    assert len(run(store, wanted, by_name=True).failures) == 1
    assert len(archive.asked) > asked


@pytest.mark.parametrize("status", [401, 403, 503])
def test_an_archive_that_is_down_or_refuses_us_is_held_against_no_product(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer, status: int
) -> None:
    wanted = candidates(archive, esa, 1)
    path = f"/{wanted[0].name}.zip"
    archive.always[path] = Fault(status=status)
    for _ in range(4):
        assert len(run(store, wanted).failures) == 1
    del archive.always[path]
    assert run(store, wanted).scenes.new == 1


def test_another_product_than_asked_for_is_refused(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    (wanted,) = candidates(archive, esa, 1)
    other = Wanted(wanted.files, f"{PRODUCT[:-4]}FFFF")
    report = run(store, [other])
    assert "is another product" in report.failures[0].fault
    assert scenes_of(store) == []


@pytest.mark.parametrize("parallel", [1, 3])
def test_no_more_are_fetched_at_once_than_allowed(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer, parallel: int
) -> None:
    wanted = candidates(archive, esa, 6, Fault(block_s=0.02))
    archive.files = dict.fromkeys(archive.files, b"no zip" * 100_000)
    assert len(run(store, wanted, parallel=parallel).failures) == 6
    assert archive.most_at_once == parallel


def test_a_disk_that_cannot_be_written_ends_the_run(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    store.objects.root.parent.mkdir(parents=True, exist_ok=True)
    store.objects.root.write_bytes(b"no folder")
    with pytest.raises(StorageError):
        run(store, candidates(archive, esa, 3))


def test_a_run_that_is_left_early_goes_on_where_it_was(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer
) -> None:
    wanted = candidates(archive, esa, 3, Fault(block_s=0.01))
    with carrier_of() as carrier:
        reports = fetch_products(FetchBench(store, ROSS, carrier, 1), wanted)
        assert next(reports).scenes.new == 1
        reports.close()
    assert len(scenes_of(store)) <= 2
    report = run(store, wanted)
    assert report.failures == ()
    assert len(scenes_of(store)) == 3


def test_candidates_of_the_ledger_are_wanted_until_their_month(store: CatalogStore) -> None:
    early = make_candidate(PRODUCT)
    late = make_candidate(PRODUCT.replace("20221130", "20230130"))
    record_candidates(store, [FoundCandidate(each, ("Ross2",)) for each in (late, early)])
    assert [wanted.name for wanted in wanted_on_record(store)] == [
        early.product.text, late.product.text
    ]  # fmt: skip
    assert [wanted.name for wanted in wanted_on_record(store, MONTH)] == [early.product.text]
    assert [w.name for w in wanted_on_record(store, names=[late.product.text])] == [
        late.product.text
    ]
    with pytest.raises(InputError, match="no such candidate is on record: S1A_X"):
        wanted_on_record(store, names=["S1A_X"])


def test_secrets_are_nowhere_in_the_workspace(
    store: CatalogStore, esa: dict[str, bytes], archive: ArchiveServer, tmp_path: Path
) -> None:
    secrets = ("t0ken-of-the-test", "s1gnature-of-the-test", "passw0rd-of-the-test")
    access = ArchiveAccess(host=archive.host, token=SecretStr(secrets[0]))
    good, bad = candidates(archive, esa, 2)
    archive.files[f"/{bad.name}.zip"] = b"no zip"
    wanted = [
        wanted_of(w.files[0].href.replace("//", f"//ann:{secrets[2]}@") + f"?sig={secrets[1]}")
        for w in (good, bad)
    ]
    report = run(store, wanted, archive=access)
    assert (report.scenes.new, len(report.failures)) == (1, 1)
    assert archive.asked[0].headers["authorization"].endswith(secrets[0])
    ledger = canonical_json([work.outcome for work in store.all_work(FETCH)])
    said = str(report).encode() + ledger
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert [secret for secret in secrets if secret.encode() in said + kept] == []


def test_a_product_below_a_prefix_of_s3_is_a_scene(
    store: CatalogStore, esa: dict[str, bytes], s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = s3_server.file_system()
    system.mkdir("eodata")
    for name, content in esa.items():
        system.pipe(f"eodata/Sentinel-1/{PRODUCT}.SAFE/{name}", content)
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    found = wanted_of(f"s3://eodata/Sentinel-1/{PRODUCT}.SAFE")
    with carrier_of(s3=load_fetch_settings()[2]) as carrier:
        (report,) = fetch_products(FetchBench(store, ROSS, carrier, 1), [found])
    assert report.failures == ()
    assert scenes_of(store)[0].id == PRODUCT


def test_a_tangled_grid_is_refused_in_words(
    store: CatalogStore, esa: dict[str, bytes], tmp_path: Path
) -> None:
    def tangled(path: Path) -> SafeProduct:
        product = open_product(path)
        channel = product.channels[0]
        grid = channel.annotation.geolocation
        flat = replace(grid, latitudes_deg=grid.latitudes_deg * 0 - 78.0)
        annotation = replace(channel.annotation, geolocation=flat)
        return replace(product, channels=(replace(channel, annotation=annotation),))

    with carrier_of() as carrier:
        bench = FetchBench(store, ROSS, carrier, 1, reader=tangled)
        (report,) = fetch_products(bench, [wanted_of(str(write_safe(esa, tmp_path)))])
    assert "goes round no area" in report.failures[0].fault
