"""The same records give the same bytes: on another day, in another zone, in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.canonical import sha256_of_file
from tests.publish.records import House, fill, simulated_front

FAKETIME = "*/faketime/libfaketime.so.1"
PROGRAM = (sys.executable, "-c", "from catalog.cli import main; main()")
INCLUDE = ("--include", "imported:greene2022", "--include", "simulated")


def faketime_library() -> Path:
    found = next(Path("/usr/lib").glob(FAKETIME), None)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("libfaketime is not installed")
    pytest.skip("libfaketime is not installed (apt-get install faketime)")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two workspaces that were filled alike."""
    for name in ("one", "other"):
        house = House(tmp_path / name)
        fill(house.store)
        house.store.record_fronts([(simulated_front(), ())])
        house.store.close()
    return tmp_path / "one", tmp_path / "other"


def build(workspace: Path, **environment: str) -> dict[str, str]:
    """Run the program; the digest of each file of the release."""
    subprocess.run(
        [*PROGRAM, "--workspace", str(workspace), "release", "build", "2026.11", *INCLUDE],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        timeout=120,
    )
    folder = workspace / "releases/2026.11"
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): sha256_of_file(p) for p in files}


def test_a_build_on_another_day_in_another_zone_gives_the_same_bytes(
    folders: tuple[Path, Path],
) -> None:
    here, there = folders
    today = build(here, TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    another_day = build(
        there,
        TZ="Pacific/Kiritimati",
        PYTHONHASHSEED="4711",
        LC_ALL="C.UTF-8",
        LD_PRELOAD=str(faketime_library()),
        FAKETIME="@2031-02-03 23:30:00",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    assert today == another_day
    assert {
        "manifest.json",
        "icelines-fronts.gpkg",
        "icelines-fronts-shapefile.zip",
    } <= today.keys()


def test_the_faked_day_is_really_another(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import datetime; print(datetime.date.today().year)"],
        env={
            **os.environ,
            "LD_PRELOAD": str(faketime_library()),
            "FAKETIME": "@2031-02-03 23:30:00",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "2031\n"
