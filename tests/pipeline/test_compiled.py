from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.compiled import compiled


@compiled
def running_sum(values: npt.NDArray[np.float32]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def test_a_compiled_function_adds_in_the_order_as_written() -> None:
    values = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    assert running_sum(values) == np.cumsum(values.astype(np.float64))[-1]


def test_what_cannot_be_kept_between_runs_is_compiled_all_the_same() -> None:
    made: dict[str, object] = {}
    exec("def doubled(x):\n    return 2 * x", made)  # noqa: S102 (a function without a file)
    doubled = made["doubled"]
    assert callable(doubled)
    assert compiled(doubled)(21) == 42
