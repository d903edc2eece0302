"""SNAP's graph processing tool as a program: found, asked for its version, run, stopped in time."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from catalog.errors import SettingsError
from pipeline.errors import SceneError
from pipeline.snap.settings import SnapSettings

INSTALL = (
    "Install ESA SNAP with its Sentinel-1 toolbox and name its gpt in ICELINES_SNAP_GPT, "
    "or leave --backend away: IceLines does not need SNAP."
)
VERSION = re.compile(r"SNAP\s+(?:Release\s+)?version\s+(\S+)", re.IGNORECASE)
ANSWER_LIMIT_S = 120.0  # a Java machine that starts for the first time is slow
TAIL_CHARACTERS = 1_500


@dataclass(frozen=True, slots=True)
class Gpt:
    """A `gpt` that answered, and the version of SNAP that it belongs to."""

    path: Path
    version: str


def find_gpt(settings: SnapSettings) -> Gpt:
    """The `gpt` of the settings, or of PATH; raises SettingsError."""
    found = settings.gpt or shutil.which("gpt")
    if found is None:
        raise SettingsError("SNAP was asked for, but there is no gpt on PATH.", remedy=INSTALL)
    path = Path(found).absolute()
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise SettingsError("is no program.", where=path, remedy=INSTALL)
    return Gpt(path, _version(path))


def _version(path: Path) -> str:
    try:
        answer = subprocess.run(
            [path, "--diag"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=ANSWER_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(f"does not run ({error}).", where=path, remedy=INSTALL) from error
    found = VERSION.search(answer.stdout.decode(errors="replace"))
    if found is None:  # other programs are called gpt too
        raise SettingsError("does not answer like SNAP's gpt.", where=path, remedy=INSTALL)
    return found[1]


def run_gpt(gpt: Gpt, graph: Path, settings: SnapSettings) -> str:
    """Execute `graph` and return what `gpt` said; raises SceneError.

    Everything that it writes on the side goes beside the graph. A `gpt` that fails, takes longer
    than the limit, or is interrupted is stopped with all processes that it started.
    """
    log = graph.with_suffix(".log")
    with log.open("wb") as output:
        code = _wait(_start(gpt, graph, settings, output), settings.time_limit_s, log)
    if code != 0:
        raise _failure(f"gpt ended with {code}", log)
    return log.read_text(errors="replace")


def gpt_arguments(gpt: Gpt, graph: Path, settings: SnapSettings) -> list[str]:
    """The command line: `-e` gives full error messages, `-x` frees tiles that are written."""
    return [
        str(gpt.path),
        str(graph),
        "-e",
        "-x",
        "-q",
        str(settings.threads),
        "-c",
        f"{settings.cache_gb}G",
        f"-J-Xmx{settings.memory_gb}G",
        f"-J-Djava.io.tmpdir={graph.parent}",
    ]


def _start(
    gpt: Gpt, graph: Path, settings: SnapSettings, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            gpt_arguments(gpt, graph, settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=graph.parent,
            start_new_session=True,  # gpt is a script: the Java machine below it must end too
        )
    except OSError as error:
        raise SceneError(f"gpt does not start ({error}).", remedy=INSTALL) from error


def _wait(process: subprocess.Popen[bytes], limit_s: float, log: Path) -> int:
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        _stop(process)
        raise _failure(
            f"gpt was stopped after {limit_s:.0f} s",
            log,
            "Raise ICELINES_SNAP_TIME_LIMIT_S; near the pole SNAP's correction may never end.",
        ) from None
    except BaseException:
        _stop(process)
        raise


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failure(fault: str, log: Path, remedy: str = "") -> SceneError:
    said = log.read_text(errors="replace").strip()[-TAIL_CHARACTERS:]
    return SceneError(f"{fault}; its last words: {said or '(none)'}", remedy=remedy)
