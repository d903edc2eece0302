"""The wheel holds everything: built, installed into a clean environment, and used there."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ROOMS = ("catalog", "pipeline", "publish", "web")


@pytest.fixture(scope="module")
def clean_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with our wheel and only what the wheel asks for.

    Versions come from the lock; the machine's PIP_* variables are kept, so that torch is the
    build that the machine is set up for.
    """
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    lock = REPOSITORY / "requirements.lock"
    install = [str(python), "-m", "pip", "install", "-q", "-c", str(lock), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return python


def test_the_installed_program_answers(clean_python: Path, tmp_path: Path) -> None:
    program = clean_python.with_name("icelines")
    result = subprocess.run(
        [program, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "simulate" in result.stdout
    assert "release" in result.stdout


def test_every_command_loads_from_the_wheel(clean_python: Path, tmp_path: Path) -> None:
    code = (
        "from importlib.metadata import entry_points as e\n"
        "import catalog\n"
        "assert 'env' in catalog.__file__, catalog.__file__\n"
        "print(len([p.load() for g in ('icelines.commands', 'icelines.month_steps') "
        "for p in e(group=g)]))"
    )
    result = subprocess.run(
        [clean_python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) >= len(ROOMS)


def test_rooms_in_the_clean_environment_are_ours_alone(clean_python: Path, tmp_path: Path) -> None:
    code = (
        "from importlib.metadata import packages_distributions as owners\n"
        f"print(sorted({{name for room in {ROOMS!r} for name in owners()[room]}}))"
    )
    result = subprocess.run(
        [clean_python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "['icelines']"


def test_the_data_that_rooms_need_is_in_the_wheel(clean_python: Path, tmp_path: Path) -> None:
    code = (
        "from catalog.publisher import template_text\n"
        "from catalog.validate import own_schema_bytes\n"
        "from catalog.shelf import all_parts\n"
        "print(len(template_text()) > 0, len(own_schema_bytes()) > 0, len(all_parts()))"
    )
    result = subprocess.run(
        [clean_python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["True", "True", "51"]
