"""The evidence for the check, sampled: the whole table is that of docs/checking.md."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.checking.__main__ import table_of
from benchmarks.checking.corruption import CORRUPTED_SHARE, Kind, corrupted_dates
from benchmarks.checking.scoring import Case, Score, judged_series, score_of
from benchmarks.checking.truth import true_series
from catalog.front import Status
from catalog.shelf import find_part
from pipeline.checking.rules import CheckRules
from pipeline.checking.verdict import Verdict

SAMPLE = (("Bach", 2001), ("Holmes", 2001), ("Totten", 2002), ("Quarisen", 2002))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [
        case for name, seed in SAMPLE for case in judged_series(find_part(name), seed, CheckRules())
    ]


def test_nearly_all_false_fronts_are_found_and_hardly_a_good_one_is_doubted(
    cases: list[Case],
) -> None:
    score = score_of(cases)
    assert score.off.total() >= 30
    assert score.found.total() + score.waiting.total() >= 0.9 * score.off.total()
    assert score.good_doubted <= 0.05 * score.good


def test_no_true_calving_is_rejected(cases: list[Case]) -> None:
    assert score_of(cases).calvings >= 5
    assert all(case.verdict.status is not Status.REJECTED for case in cases)


def test_without_rules_nothing_is_found() -> None:
    blind = CheckRules(
        fastest_advance_m_per_day=1e6, tolerance_m=1e9, local_tolerance_m=1e9,
        least_coverage=0.0, length_ratio=1e9, winding_ratio=1e9,
    )  # fmt: skip
    score = score_of(judged_series(find_part("Bach"), 2001, blind))
    assert score.off.total() > 0
    assert score.found.total() == 0


def test_a_share_of_the_dates_is_corrupted() -> None:
    chosen = corrupted_dates(200, np.random.default_rng(1))
    assert len(chosen) == round(CORRUPTED_SHARE * 200)
    assert {kind for kind, _ in chosen.values()} == set(Kind)


def test_true_fronts_only_advance_between_calvings() -> None:
    truth = true_series(find_part("Bach"), 2001)
    for before, after in itertools.pairwise(truth):
        moved = after.distance_m - before.distance_m
        days = (after.moment - before.moment).days + 1
        assert moved.max() < 15.0 * days
        if before.calvings == after.calvings:
            assert moved.min() >= -1.0


def test_the_table_counts_what_was_missed() -> None:
    verdicts = [Verdict("a", status, (), None) for status in (Status.ACCEPTED, Status.IN_REVIEW)]
    cases = [Case("Bach", 1, 0, Kind.MELT, 0.5, 900.0, verdict, False) for verdict in verdicts]
    table = table_of(score_of(cases))
    assert "| melt | 2 | 1 | 0 | 1 | 50.0 % |" in table
    assert table_of(Score()).count("none") == 7
