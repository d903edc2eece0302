"""A small year, once: what the monthly job is tried on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ICELINES = str(Path(sys.executable).with_name("icelines"))
MONTH = "2026-10"
RELEASE = "2026.11"
SHELF = "Bach"  # the smallest region, so the quickest

Run = Callable[..., subprocess.CompletedProcess[str]]


def icelines(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end on `workspace`."""
    return subprocess.run(
        [ICELINES, "--workspace", str(workspace), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )


def start(workspace: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the program with its standard error as a pipe."""
    return subprocess.Popen(
        [ICELINES, "--workspace", str(workspace), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def environment() -> dict[str, str]:
    """This machine's environment without anything that would configure the program."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ICELINES_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="session")
def simulated_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months of scenes of one shelf on record, nothing processed yet. Copy before use."""
    workspace = tmp_path_factory.mktemp("simulated") / "workspace"
    command = ("simulate", "--month", MONTH, "--months", "3", "--shelf", SHELF)
    result = icelines(workspace, *command)
    assert result.returncode == 0, result.stderr
    return workspace


@pytest.fixture(scope="session")
def finished_workspace(simulated_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after the monthly job. Copy before changing."""
    workspace = tmp_path_factory.mktemp("finished") / "workspace"
    shutil.copytree(simulated_workspace, workspace)
    result = icelines(workspace, *MONTHLY_JOB)
    assert result.returncode == 0, result.stdout + result.stderr
    return workspace


MONTHLY_JOB = ("month", MONTH, "--include", "simulated", "--doi-dry-run")
