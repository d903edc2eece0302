from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from catalog.atomic import PARTIAL_PREFIX
from catalog.settings import load_settings
from catalog.shelf import find_part
from catalog.store import CatalogStore
from tests.pipeline.cli.conftest import COARSE, Program
from tests.pipeline.networks import store_threshold_model
from tests.pipeline.painted_scenes import MOMENT, PART, paint_shelf, record_scene, write_scene

BACH = find_part("Bach")
FRONT_M = 30_000.0
PATIENCE_S = 60.0


def put_scenes(folder: Path, count: int, broken: int = 0) -> Path:
    """A workspace with `count` scenes of Bach, every 12 days; the first `broken` are no rasters."""
    workspace = folder / "workspace"
    with CatalogStore.open(load_settings(workspace)) as store:
        for number in range(count):
            record_scene(
                store, folder, FRONT_M + 50.0 * number, MOMENT + timedelta(days=12 * number),
                part=BACH, pixel_m=200.0, content=b"no raster" if number < broken else None,
            )  # fmt: skip
    return workspace


def fronts_in(workspace: Path) -> int:
    with CatalogStore.open(load_settings(workspace)) as store:
        return len(store.fronts())


def test_scenes_on_record_become_fronts_and_a_second_run_does_nothing(
    tmp_path: Path, program: Program
) -> None:
    put_scenes(tmp_path, 2)
    weights = str(store_threshold_model(tmp_path))
    code, printed, _ = program("process", "--weights", weights)
    assert code == 0
    assert "2 scenes, 0 done before: 2 new fronts" in printed
    assert "Next: `icelines check`" in printed
    code, printed, _ = program("process", "--weights", weights, "--json")
    assert code == 0
    document = orjson.loads(printed)
    assert (document["scenes"], document["done_before"]) == (2, 2)
    assert document["fronts"] == {"new": 0, "revised": 0, "unchanged": 0}


def test_a_month_takes_what_came_until_its_end(tmp_path: Path, program: Program) -> None:
    workspace = put_scenes(tmp_path, 4)  # 5, 17 and 29 March, 10 April
    weights = str(store_threshold_model(tmp_path))
    assert program("process", "--month", "2026-03", "--weights", weights)[0] == 0
    assert fronts_in(workspace) == 3


def test_one_bad_scene_makes_the_exit_code_and_nothing_else(
    tmp_path: Path, program: Program
) -> None:
    workspace = put_scenes(tmp_path, 3, broken=1)
    weights = str(store_threshold_model(tmp_path))
    code, printed, warned = program("process", "--weights", weights)
    assert code == 1
    assert "1 scenes failed" in printed
    assert "SIM_EW_GRDM_1SSH_20260305T073000_Bach" in warned
    assert "cannot be read as GeoTIFF" in warned
    assert fronts_in(workspace) == 2


def test_an_empty_catalogue_says_what_to_do_next(program: Program) -> None:
    code, printed, _ = program("process")
    assert code == 0
    assert "icelines simulate" in printed


def test_check_follows_process(tmp_path: Path, program: Program) -> None:
    put_scenes(tmp_path, 3)
    program("process", "--weights", str(store_threshold_model(tmp_path)))
    code, printed, _ = program("check", "--json")
    assert code == 0
    assert orjson.loads(printed)["by_status"] == {"accepted": 3}
    _, printed, _ = program("check")
    assert "3 fronts in 1 series, 0 verdicts changed" in printed


def test_the_steps_of_the_month_do_the_same(tmp_path: Path, program: Program) -> None:
    from catalog.cli.context import CommandContext
    from catalog.cli.month import MonthJob
    from catalog.release import Month
    from pipeline.month import CHECK, PROCESS

    put_scenes(tmp_path, 2, broken=2)
    job = MonthJob(
        CommandContext(tmp_path / "workspace"), Month(2026, 4), None, (), doi_dry_run=True
    )
    report = PROCESS.run(job)
    assert "2 scenes" in report.summary
    assert len(report.failures) == 2
    assert CHECK.run(job).summary == "0 fronts in 0 series, 0 verdicts changed: none"


def test_a_file_with_a_folder_becomes_a_line(tmp_path: Path, program: Program) -> None:
    sigma0, ground, _ = paint_shelf(PART, 8_000.0, pixel_m=200.0)
    scene = write_scene(tmp_path / "scene.tif", sigma0, ground)
    options = ("--polarisation", "hh", "--weights", str(store_threshold_model(tmp_path)))
    out = tmp_path / "out"
    code, printed, _ = program("process", str(scene), "--out", str(out), *options)
    assert code == 0
    assert "It is not an ice-shelf front" in printed
    assert str(out / "quicklook.png") in printed
    assert not (tmp_path / "workspace").exists()
    code, printed, _ = program("process", str(scene), "--out", str(out), *options)
    assert code == 0
    assert "nothing to do" in printed


def test_a_bad_file_is_named_with_fault_and_remedy(tmp_path: Path, program: Program) -> None:
    scene = tmp_path / "scene.tif"
    scene.touch()
    code, _, warned = program("process", str(scene), "--out", str(tmp_path / "out"))
    assert code == 1
    assert "scene.tif: the file is empty (0 bytes). Fetch the file again" in warned
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("scene.tif",),
        ("--crs", "EPSG:3413"),
        ("--polarisation", "HH"),
        ("--out", "out"),
        ("a.tif", "b.tif", "--out", "out"),
        ("a.tif", "--out", "out", "--month", "2026-03"),
        ("--nonsense",),
    ],
)
def test_wrong_use_ends_with_two(program: Program, arguments: tuple[str, ...]) -> None:
    assert program("process", *arguments)[0] == 2


@pytest.mark.parametrize("arguments", [("--month", "2026-13"), ("S1A_UNKNOWN",)])
def test_what_cannot_be_understood_ends_with_one(
    program: Program, arguments: tuple[str, ...]
) -> None:
    code, _, warned = program("process", *arguments)
    assert code == 1
    assert warned.startswith("Error: ")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, mounted where the workspace of `program` lies."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("cannot mount a disk here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def remount(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(disk)], check=True)


@pytest.mark.parametrize("room_kb", [8, 120, 700])
def test_a_full_disk_is_said_so_and_with_room_the_run_is_completed(
    tmp_path: Path, disk: Path, program: Program, room_kb: int
) -> None:
    put_scenes(tmp_path, 2)
    weights = str(store_threshold_model(tmp_path))
    used_kb = shutil.disk_usage(disk).used // 1024
    remount(disk, f"size={used_kb + room_kb}k")
    code, _, warned = program("process", "--weights", weights)
    assert code == 1
    assert "disk" in warned
    assert "Traceback" not in warned
    assert list((disk / "store").rglob(f"{PARTIAL_PREFIX}*")) == []
    remount(disk, "size=64m")
    assert program("process", "--weights", weights)[0] == 0
    assert fronts_in(disk) == 2


def test_a_read_only_workspace_is_said_so(tmp_path: Path, disk: Path, program: Program) -> None:
    put_scenes(tmp_path, 1)
    weights = str(store_threshold_model(tmp_path))
    remount(disk, "ro")
    code, _, warned = program("process", "--weights", weights)
    assert code == 1
    assert "ICELINES_WORKSPACE" in warned
    assert "Traceback" not in warned


def start(workspace: Path, weights: Path) -> subprocess.Popen[str]:
    command = (
        sys.executable, "-c", "from catalog.cli import main; main()",
        "--workspace", str(workspace), "process", "--weights", str(weights),
    )  # fmt: skip
    return subprocess.Popen(
        command, env={**os.environ, **COARSE}, stderr=subprocess.PIPE, text=True
    )


def stop_after_first_front(process: subprocess.Popen[str], workspace: Path, how: int) -> str:
    until = time.monotonic() + PATIENCE_S
    while fronts_in(workspace) == 0:
        assert process.poll() is None, "ended before it could be stopped"
        assert time.monotonic() < until, "no front in time"
        time.sleep(0.01)
    process.send_signal(how)
    return process.communicate(timeout=PATIENCE_S)[1]


def test_a_killed_run_is_completed_by_the_next(tmp_path: Path, program: Program) -> None:
    workspace = put_scenes(tmp_path, 8)
    weights = store_threshold_model(tmp_path)
    process = start(workspace, weights)
    stop_after_first_front(process, workspace, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    done = fronts_in(workspace)
    assert 0 < done < 8
    code, printed, _ = program("process", "--weights", str(weights), "--json")
    assert code == 0
    document = orjson.loads(printed)
    assert document["fronts"]["new"] == 8 - done
    assert fronts_in(workspace) == 8


def test_ctrl_c_ends_with_a_clear_message_and_nothing_half_written(tmp_path: Path) -> None:
    workspace = put_scenes(tmp_path, 8)
    process = start(workspace, store_threshold_model(tmp_path))
    said = stop_after_first_front(process, workspace, signal.SIGINT)
    assert process.returncode == 1
    assert "Interrupted. What was finished is kept" in said
    assert "Traceback" not in said
    assert list((workspace / "store").rglob(f"{PARTIAL_PREFIX}*")) == []
