"""`make bench-check`: the table of docs/checking.md, over seeds that no rule was tuned on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from benchmarks.checking.corruption import Kind
from benchmarks.checking.scoring import Case, Score, judged_series, score_of
from catalog.shelf import all_parts
from pipeline.checking.rules import CheckRules

HELD_OUT_SEEDS = (3001, 3002, 3003, 3004, 3005)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checking", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=HELD_OUT_SEEDS)
    parser.add_argument("--parts", nargs="*", help="names of parts (default: all 51)")
    parser.add_argument("--list", action="store_true", help="name every front that was missed")
    chosen = parser.parse_args(arguments)
    cases = list(_cases(chosen.seeds, set(chosen.parts or ())))
    if chosen.list:
        print(*_mistakes(cases), sep="\n")
    print(table_of(score_of(cases)))


def table_of(score: Score) -> str:
    """The score as a table in Markdown."""
    lines = [
        "| what befell the front | off | found | waiting | missed | share found |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    total = [0, 0, 0]
    for kind in Kind:
        counts = [score.off[kind], score.found[kind], score.waiting[kind]]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        lines.append(_row(str(kind), *counts))
    lines.append(_row("all", *total))
    slight, slight_found = score.slight.total(), score.slight_found.total()
    return "\n".join(
        [
            *lines,
            "",
            f"Good fronts sent to review: {score.good_doubted} of {score.good} "
            f"({_share(score.good_doubted, score.good)}).",
            f"Good fronts that wait: {score.good_waiting} "
            f"({_share(score.good_waiting, score.good)}).",
            f"True calvings: {score.calvings}, of which {score.calvings_rejected} rejected, "
            f"{score.calvings_doubted} sent to review.",
            f"Corrupted but hardly off: {slight_found} of {slight} sent to review.",
        ]
    )


def _row(name: str, off: int, found: int, waiting: int) -> str:
    missed = off - found - waiting
    return f"| {name} | {off} | {found} | {waiting} | {missed} | {_share(found, off)} |"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _cases(seeds: Sequence[int], names: set[str]) -> Iterator[Case]:
    for part in all_parts():
        if not names or part.name in names:
            for seed in seeds:
                yield from judged_series(part, seed, CheckRules())


def _mistakes(cases: Sequence[Case]) -> Iterator[str]:
    for case in cases:
        is_wrong = case.is_found if case.kind is None else case.is_off and not case.is_found
        if is_wrong:
            reasons = ", ".join(case.verdict.reasons)
            yield (
                f"{case.unit} seed {case.seed} #{case.position} {case.kind or 'good'}"
                f"{' after a calving' if case.after_calving else ''}: {case.off_share:.0%} off, "
                f"mean {case.mean_off_m:.0f} m: {case.verdict.status} ({reasons})"
            )


if __name__ == "__main__":
    main()
