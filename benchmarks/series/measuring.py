"""The CPU time and the peak memory of one stage, in a process of its own."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

KIB_PER_GB = 1e9 / 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stage took over `fronts` fronts; `found` is how many results it had.

    `peak_gb` is the largest resident memory of the process, and `at_rest_gb` what of it the
    fronts, and Python with its libraries, take up before the stage begins.
    """

    stage: str
    fronts: int
    found: int
    cpu_s: float
    at_rest_gb: float
    peak_gb: float


def measure(stage: str, count: int) -> Cost:
    """Run the stage over about `count` fronts in a new process."""
    command = (sys.executable, "-m", __name__, stage, str(count))
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return Cost(**json.loads(said.stdout))


def run_stage(stage: str, count: int) -> Cost:
    """Run the stage here; memory is that of this process."""
    from benchmarks.series.generated import generated_series
    from benchmarks.series.stages import STAGES

    series = generated_series(count)
    at_rest = _peak_gb()
    begin = time.process_time()
    found = sum(map(STAGES[stage], series))
    return Cost(
        stage,
        sum(map(len, series)),
        found,
        time.process_time() - begin,
        at_rest,
        _peak_gb(),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stage")
    parser.add_argument("count", type=int)
    chosen = parser.parse_args(arguments)
    print(json.dumps(asdict(run_stage(chosen.stage, chosen.count))))


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_GB


if __name__ == "__main__":
    main()
