"""One contender in a process of its own: warmed up on a tiny scene, then measured once.

`python -m benchmarks.preparation.child NAME`, with two tasks as lines of JSON on standard input,
the tiny one first. Prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.preparation.contenders import CONTENDERS, quiet
from benchmarks.preparation.stages import split
from benchmarks.preparation.task import Task

SPLIT = "split"


def main() -> None:
    quiet()
    name = sys.argv[1]
    tiny, task = (Task.from_json(line) for line in sys.stdin.read().splitlines())
    try:
        found = _split(tiny, task) if name == SPLIT else _measured(name, tiny, task)
    except Exception as error:  # whatever a peer fails with is a result
        found = {"error": f"{type(error).__name__}: {str(error).splitlines()[0]}"}
    print(json.dumps(found))


def _split(tiny: Task, task: Task) -> dict[str, Any]:
    split(tiny)
    return split(task)


def _measured(name: str, tiny: Task, task: Task) -> dict[str, Any]:
    run = CONTENDERS[name].run
    run(tiny)
    cpu, wall = cpu_seconds(), time.perf_counter()
    image = run(task)
    found = {"cpu_s": cpu_seconds() - cpu, "wall_s": time.perf_counter() - wall}
    found["peak_mb"] = peak_mb()
    if image is not None:
        np.save(task.output.with_suffix(".npy"), image)
    return found


def cpu_seconds() -> float:
    """User and system time of all threads of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Largest resident memory since the program began, in 10^6 bytes.

    `ru_maxrss` would tell that of the parent, where that was larger, on Linux.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
