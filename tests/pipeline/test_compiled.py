from __future__ import annotations

from pipeline.compiled import compiled


def test_what_cannot_be_kept_between_runs_is_compiled_all_the_same() -> None:
    made: dict[str, object] = {}
    exec("def doubled(x):\n    return 2 * x", made)  # noqa: S102 (a function without a file)
    doubled = made["doubled"]
    assert callable(doubled)
    assert compiled(doubled)(21) == 42


def test_what_cannot_be_kept_between_runs_is_compiled_all_the_same() -> None:
    made: dict[str, object] = {}
    exec("def doubled(x):\n    return 2 * x", made)  # noqa: S102 (a function without a file)
    doubled = made["doubled"]
    assert callable(doubled)
    assert compiled(doubled)(21) == 42
