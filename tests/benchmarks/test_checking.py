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
from catalog.shelf import all_parts, find_part
from pipeline.checking.rules import CheckRules
from pipeline.checking.verdict import Verdict

SAMPLE = ("Bach", "Cook", "David", "Dotson", "Holmes", "Lazarev", "Mertz", "Totten", "Venable")
SEED = 2001
LONG_SEEDS = (2002, 2003, 2004)
LEAST_FOUND, MOST_DOUBTED = 0.95, 0.05  # as the issue asks
# False fronts come in episodes of some four dates, and stand or fall together: of a sample of
# some hundred, 97 % found has a standard error of about 3 %.
ROOM = 0.05


@pytest.fixture(scope="module")
def sampled() -> Score:
    return score_of(
        case for name in SAMPLE for case in judged_series(find_part(name), SEED, CheckRules())
    )


def test_nearly_all_false_fronts_of_a_sample_are_found(sampled: Score) -> None:
    assert sampled.off.total() >= 80
    assert sampled.found.total() >= (LEAST_FOUND - ROOM) * sampled.off.total()


def test_hardly_a_good_front_of_a_sample_is_doubted(sampled: Score) -> None:
    assert sampled.good >= 500
    assert sampled.good_doubted <= MOST_DOUBTED * sampled.good


def test_no_true_calving_of_a_sample_is_rejected(sampled: Score) -> None:
    assert sampled.calvings >= 10
    assert sampled.calvings_rejected == 0


@pytest.mark.long
def test_false_fronts_of_all_parts_are_found_and_good_ones_left_alone() -> None:
    score = score_of(
        case
        for part in all_parts()
        for seed in LONG_SEEDS
        for case in judged_series(part, seed, CheckRules())
    )
    assert score.found.total() >= LEAST_FOUND * score.off.total()
    assert score.good_doubted <= MOST_DOUBTED * score.good
    assert score.calvings >= 300
    assert score.calvings_rejected == 0


def test_without_rules_nothing_is_found() -> None:
    blind = CheckRules(
        fastest_advance_m_per_day=1e6, tolerance_m=1e9, local_tolerance_m=1e9,
        least_coverage=0.0, length_ratio=1e9, winding_ratio=1e9, brief_fronts=0,
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
    assert table_of(Score()).count("none") == 8


def test_the_score_tells_calvings_that_are_rejected_from_those_in_review() -> None:
    calved = [
        Case("Bach", 1, 0, None, 0.0, 9.0, Verdict("a", status, (), None), True)
        for status in (Status.ACCEPTED, Status.IN_REVIEW, Status.REJECTED, Status.PROVISIONAL)
    ]
    table = table_of(score_of(calved))
    assert "True calvings: 4, of which 1 rejected, 1 sent to review." in table
    assert "Good fronts that wait: 1 (25.0 %)." in table
