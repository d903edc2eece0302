"""The monthly job: everything in order, the same again, and through kills at every step."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import orjson
import pytest

from catalog.atomic import PARTIAL_PREFIX
from catalog.front import Interval
from catalog.query import Search
from catalog.release import Version
from catalog.settings import load_settings
from catalog.store import CatalogStore
from catalog.validate import ItemValidator
from tests.end_to_end.conftest import MONTHLY_JOB, RELEASE, SHELF, icelines, start

LONGEST_WAIT_S = 120.0


def digests(workspace: Path) -> dict[str, str]:
    """Every item's revision digest, and the manifest of the release."""
    with CatalogStore.open(load_settings(workspace)) as store:
        found = {f"{s.collection}/{s.item_id}": s.digest for s in store.all_items(Search())}
        release = store.release(Version.parse(RELEASE))
    return {**found, "manifest": release.manifest_sha256, "state": release.state}


def test_the_month_ends_with_a_published_release_and_a_site(finished_workspace: Path) -> None:
    found = digests(finished_workspace)
    assert found["state"] == "published"
    assert sum(name.startswith("fronts-daily/") for name in found) == 3
    averages = ("fronts-monthly/", "fronts-quarterly/", "fronts-annual/")
    assert [sum(name.startswith(kind) for name in found) for kind in averages] == [3, 1, 0]
    assert (finished_workspace / "site" / "index.html").is_file()
    assert (finished_workspace / "site" / "releases" / RELEASE / "index.html").is_file()
    assert (finished_workspace / "archive" / "0=ocfl_1.1").is_file()


def test_every_item_that_comes_of_it_is_valid(
    finished_workspace: Path, shared_schemas: Path
) -> None:
    validator = ItemValidator(shared_schemas)
    with CatalogStore.open(load_settings(finished_workspace)) as store:
        items = [stored.item for stored in store.all_items(Search())]
    assert {item["collection"] for item in items} >= {"fronts-daily", "scenes", "models"}
    assert [fault for item in items for fault in validator.faults(item)] == []


def test_what_is_simulated_says_so_in_every_item_and_page(finished_workspace: Path) -> None:
    with CatalogStore.open(load_settings(finished_workspace)) as store:
        items = [stored.item["properties"] for stored in store.all_items(Search())]
    fronts = [properties for properties in items if "icelines:unit" in properties]
    scenes = [properties for properties in items if "icelines:simulated" in properties]
    assert {properties["icelines:origin"] for properties in fronts} == {"simulated"}
    assert all(properties["icelines:simulated"] for properties in scenes)
    pages = [p for p in (finished_workspace / "site").rglob("*.html") if p.name != "404.html"]
    silent = [p for p in pages if "simulated" not in p.read_text(encoding="utf-8").lower()]
    assert silent == []


def test_a_front_knows_its_scene_and_its_model(finished_workspace: Path) -> None:
    with CatalogStore.open(load_settings(finished_workspace)) as store:
        for front in store.fronts():
            kinds = {made_of.kind: made_of for made_of in front.lineage.inputs}
            if front.interval is not Interval.DAILY:
                assert set(kinds) == {"front"}
                continue
            scene = store.get("scenes", kinds["scene"].name).item  # type: ignore[index]
            model = store.get("models", kinds["model"].name).item  # type: ignore[index]
            assert scene["assets"]["product"]["file:checksum"] == f"1220{kinds['scene'].sha256}"  # type: ignore[index]
            assert model["assets"]["weights"]["file:checksum"] == f"1220{kinds['model'].sha256}"  # type: ignore[index]


def test_a_second_run_changes_nothing(finished_workspace: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(finished_workspace, workspace)
    before = digests(workspace)
    result = icelines(workspace, *MONTHLY_JOB)
    assert result.returncode == 0, result.stdout + result.stderr
    assert digests(workspace) == before
    with CatalogStore.open(load_settings(workspace)) as store:
        revisions = [stored.revision for stored in store.all_items(Search())]
        expected = [
            len(store.revisions(s.collection, s.item_id)) for s in store.all_items(Search())
        ]
    assert revisions == expected


def test_the_report_for_machines_is_one_document(finished_workspace: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(finished_workspace, workspace)
    document = orjson.loads(icelines(workspace, *MONTHLY_JOB, "--json").stdout)
    assert [step["name"] for step in document["steps"]] == [
        "discover",
        "fetch",
        "process",
        "check",
        "calve",
        "average",
        "release",
        "site",
    ]
    assert all(step["failures"] == [] for step in document["steps"])


def end_during(job: subprocess.Popen[str], step: str, after_s: float, how: signal.Signals) -> int:
    """Send `how` to the job `after_s` seconds into `step`; returns its exit code."""
    assert job.stderr is not None
    with job, job.stderr as lines:
        begun = any(line.startswith("→") and step in line.lower() for line in lines)
        time.sleep(after_s)
        job.send_signal(how)
        lines.read()
        code = job.wait(timeout=LONGEST_WAIT_S)
    assert begun, f"{step} did not begin"
    return code


# The words stand in the titles of the steps; several moments within the long ones.
MOMENTS = (
    ("scenes", 1.5), ("scenes", 4.0), ("scenes", 7.0), ("series", 0.02), ("averages", 0.05),
    ("release", 0.3), ("release", 1.0), ("release", 2.0), ("release", 3.0),
    ("site", 0.1), ("site", 0.6),
)  # fmt: skip


def test_killed_at_every_step_the_month_still_ends_the_same(
    simulated_workspace: Path, finished_workspace: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(simulated_workspace, workspace)
    for step, after_s in MOMENTS:
        end_during(start(workspace, *MONTHLY_JOB), step, after_s, signal.SIGKILL)
        visible = [p for p in (workspace / "releases").glob("*") if p.name != RELEASE]
        assert all(p.name.startswith(PARTIAL_PREFIX) for p in visible)
    result = icelines(workspace, *MONTHLY_JOB)
    assert result.returncode == 0, result.stdout + result.stderr
    assert digests(workspace) == digests(finished_workspace)


def test_ctrl_c_is_answered_with_what_to_do_next(simulated_workspace: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(simulated_workspace, workspace)
    assert end_during(start(workspace, *MONTHLY_JOB), "scenes", 2.0, signal.SIGINT) == 1


@pytest.mark.parametrize("disk_option", ["ro"])
def test_a_read_only_workspace_is_said_so(
    simulated_workspace: Path, tmp_path: Path, disk_option: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("cannot mount a disk here")
    try:
        shutil.copytree(simulated_workspace, disk / "workspace")
        subprocess.run(["mount", "-o", f"remount,{disk_option}", str(disk)], check=True)
        result = icelines(disk / "workspace", *MONTHLY_JOB)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "ICELINES_WORKSPACE" in result.stdout + result.stderr


def test_a_full_disk_is_said_so_and_the_rest_is_done_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("cannot mount a disk here")
    command = ("simulate", "--month", "2026-10", "--months", "2", "--shelf", SHELF)
    try:
        full = icelines(disk / "workspace", *command)
        halves = [p for p in (disk / "workspace" / "store").rglob("*.zip") if p.stat().st_size == 0]
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        roomy = icelines(disk / "workspace", *command)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "disk" in full.stderr.lower()
    assert halves == []
    assert roomy.returncode == 0, roomy.stderr
