"""The house stands as the design says: a star of rooms, light where it must be light."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ROOMS = ("catalog", "pipeline", "publish", "web")
HELP_SECONDS = 0.5
TRIES = 5


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_the_import_contracts_hold() -> None:
    result = subprocess.run(
        [_script("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_belongs_to_our_distribution_alone(room: str) -> None:
    # An editable installation lists no packages, so here nobody else may claim the name; the
    # wheel's own list is checked in test_wheel.
    assert set(packages_distributions().get(room, ["icelines"])) == {"icelines"}
    found = importlib.util.find_spec(room)
    assert found is not None
    assert found.origin == str(REPOSITORY / room / "__init__.py")


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_says_what_it_owns(room: str) -> None:
    text = (REPOSITORY / room / "__init__.py").read_text(encoding="utf-8")
    assert text.startswith('"""')


def test_help_answers_in_half_a_second() -> None:
    # The fastest of a few tries: what the program needs, not what else the machine does.
    fastest = min(_seconds_of_help() for _ in range(TRIES))
    assert fastest < HELP_SECONDS


def _seconds_of_help() -> float:
    begun = time.perf_counter()
    subprocess.run([_script("icelines"), "--help"], capture_output=True, check=True)
    return time.perf_counter() - begun
