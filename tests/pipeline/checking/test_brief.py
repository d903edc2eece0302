"""Melt and fast ice beside a calving, that no front contradicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from catalog.front import Interval, Reason, Status
from pipeline.checking.brief import brief_fronts
from pipeline.checking.profile import Curve, SeriesProfile, profile_of
from tests.pipeline.checking.series import (
    EVERY_DAYS,
    PATHS,
    RULES,
    advance,
    between,
    front_on,
    judged,
    steady,
    with_aside,
    words,
)

DOUBTED = "in_review+neighbours_disagree"
WHOLE = np.ones(PATHS)


def asides(first: int, *stays: tuple[int, Curve]) -> dict[int, Curve]:
    """From position `first` on, so many fronts aside by each of the curves in turn."""
    curves = [curve for count, curve in stays for _ in range(count)]
    return {first + at: curve for at, curve in enumerate(curves)}


def test_melt_just_before_a_calving_of_the_same_stretch_is_doubted() -> None:
    melt, calved = -between(0.3, 0.6, 1_000.0), -2_500.0 * WHOLE
    found = words(judged(with_aside(steady(30, seed=21), asides(12, (3, melt), (15, calved)))))
    assert found[12:15] == [DOUBTED] * 3
    assert found[15] == "accepted+retreat_confirmed"
    assert not any("review" in each for each in (*found[:12], *found[15:]))


def test_two_calvings_of_different_stretches_in_short_order_are_believed() -> None:
    left = -between(0.1, 0.4, 2_000.0)
    both = left - between(0.5, 0.9, 2_000.0)
    found = words(judged(with_aside(steady(30, seed=22), asides(12, (3, left), (15, both)))))
    assert not any("review" in each for each in found)


def test_two_calvings_of_one_stretch_that_are_months_apart_are_believed() -> None:
    once, twice = -2_000.0 * WHOLE, -5_000.0 * WHOLE
    found = words(judged(with_aside(steady(30, seed=23), asides(8, (9, once), (13, twice)))))
    assert not any("review" in each for each in found)


def test_first_fronts_of_fast_ice_are_given_up_when_many_later_ones_deny_them() -> None:
    frozen = {at: between(0.2, 0.8, 2_000.0) for at in range(3)}
    found = words(judged(with_aside(steady(20, seed=24), frozen)))
    assert found[:3] == [DOUBTED] * 3
    assert not any("review" in each for each in found[3:])


def test_first_fronts_are_believed_where_few_follow() -> None:
    frozen = {at: between(0.2, 0.8, 2_000.0) for at in range(3)}
    found = words(judged(with_aside(steady(10, seed=24), frozen)))
    assert not any("review" in each for each in found)


def test_a_shelf_that_falls_apart_within_weeks_is_believed() -> None:
    losses = {at: -1_500.0 * (at - 11) * WHOLE for at in range(12, 24)}
    found = judged(with_aside(steady(24, seed=25), losses))
    assert all(v.status is not Status.IN_REVIEW for v in found)
    assert Reason.DISINTEGRATION in found[14].reasons


def test_years_apart_nothing_is_brief() -> None:
    places = [0.0, 0.0, 0.0, -2_000.0, -5_000.0, -5_000.0, -5_000.0]
    fronts = [
        replace(
            front_on(365.0 * year, advance(36.5 * year) + place * WHOLE), interval=Interval.ANNUAL
        )
        for year, place in enumerate(places)
    ]
    assert not any("neighbours_disagree" in each for each in words(judged(fronts)))


def test_what_a_person_accepted_is_not_doubted_again() -> None:
    melt, calved = -between(0.3, 0.6, 1_000.0), -2_500.0 * WHOLE
    fronts = with_aside(steady(30, seed=21), asides(12, (3, melt), (15, calved)))
    fronts[13] = replace(fronts[13], status=Status.ACCEPTED, reasons=(Reason.ACCEPTED_BY_REVIEWER,))
    found = words(judged(fronts))
    assert found[13] == "accepted+accepted_by_reviewer"
    assert found[12] == found[14] == DOUBTED


@pytest.mark.parametrize("trusted", [[], [0]])
def test_nothing_is_brief_where_there_is_nothing_to_compare(trusted: list[int]) -> None:
    profile: SeriesProfile = profile_of(steady(1))
    assert brief_fronts(profile, trusted, RULES) == frozenset()


def test_the_fronts_are_spaced_as_these_tests_assume() -> None:
    assert RULES.brief_fronts * EVERY_DAYS < RULES.brief_days
