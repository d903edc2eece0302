"""The program as a person runs it, in this process and on pixels coarse enough to be quick."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.cli import main

COARSE = {"ICELINES_PROCESS_PIXEL_SIZE_M": "200", "ICELINES_PROCESS_THREADS": "1"}

Program = Callable[..., tuple[int, str, str]]


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Program:
    """Runs `icelines` in this process; returns exit code, standard output and error."""
    for name, value in COARSE.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str, str]:
        command = ["icelines", "--workspace", str(tmp_path / "workspace"), *arguments]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        return int(str(ended.value.code)), printed.out, printed.err

    return run
