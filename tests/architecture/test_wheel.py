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
    """The interpreter of an environment that holds our wheel and, by path, what it depends on.

    Dependencies are lent from this environment by a .pth file: they are pinned and were checked
    by the set-up, and fetching them twice would need a network. Our own code is not lent.
    """
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    home = folder / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    _lend_dependencies(home)
    return python


def _lend_dependencies(home: Path) -> None:
    ours = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    lent = home / "lent"
    lent.mkdir()
    for entry in ours.iterdir():
        if "icelines" not in entry.name and entry.suffix != ".pth":
            (lent / entry.name).symlink_to(entry)
    (site_packages,) = home.glob("lib/python3*/site-packages")
    (site_packages / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")


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
