"""Of several products of one acquisition the best is taken; slices stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.scene import parse_product_name
from pipeline.discovery.candidate import Candidate
from pipeline.discovery.preference import best_of_each_acquisition, is_same_acquisition
from tests.pipeline.candidates import make_candidate

START, STOP = "20260912T081233", "20260912T081337"
TAIL = "060001_0770AB"


def name(
    start: str = START, stop: str = STOP, tail: str = f"{TAIL}_BB15", kind: str = "EW_GRDM_1SDH"
) -> str:
    return "_".join(["S1A", kind, start, stop, *([tail] if tail else [])])


def best(*candidates: Candidate) -> list[str]:
    return [c.product.text for c in best_of_each_acquisition(candidates)]


def test_the_later_and_better_product_is_taken_whatever_comes_first() -> None:
    hasty = make_candidate(name(tail=f"{TAIL}_0001"), timeliness="NRT-3h")
    careful = make_candidate(name(tail=f"{TAIL}_0002"), timeliness="Fast-24h")
    silent = make_candidate(name(tail=f"{TAIL}_0003"), timeliness=None)
    assert best(hasty, careful, silent) == best(silent, careful, hasty) == [careful.product.text]


def test_of_two_as_timely_the_newest_processing_is_taken() -> None:
    old = make_candidate(name(tail=f"{TAIL}_0001"), processed=datetime(2026, 9, 13, tzinfo=UTC))
    new = make_candidate(name(tail=f"{TAIL}_0002"), processed=datetime(2026, 10, 1, tzinfo=UTC))
    assert best(new, old) == best(old, new) == [new.product.text]


def test_the_product_as_it_came_goes_before_its_cloud_optimised_copy() -> None:
    copy = make_candidate(name(), item_id=f"{name()}_COG")
    assert best_of_each_acquisition([copy, make_candidate(name())])[0].item_id == name()


def test_two_polarisations_go_before_one_although_the_seconds_differ() -> None:
    single = make_candidate(name(start="20260912T081234", kind="EW_GRDM_1SSH"))
    assert best(single, make_candidate(name())) == [name()]


def test_slices_of_one_datatake_are_all_kept() -> None:
    first, second = name(), name("20260912T081337", "20260912T081441")
    assert best(make_candidate(second), make_candidate(first)) == [first, second]


@pytest.mark.parametrize(
    "cut", [name(tail=TAIL), name(tail=""), name()[: len("S1A_EW_GRDM_1SDH_") + 15]]
)
def test_a_name_that_an_archive_has_cut_is_the_same_acquisition(cut: str) -> None:
    assert is_same_acquisition(parse_product_name(cut), parse_product_name(name()))


@pytest.mark.parametrize(
    "other",
    [
        name().replace("S1A", "S1C"),
        name(kind="IW_GRDH_1SDH"),
        name(tail="060001_0770AC_BB15"),
        name(stop="20260912T081303"),
        name(start="20260912T081240"),
    ],
)
def test_another_satellite_mode_datatake_or_time_is_another_acquisition(other: str) -> None:
    assert not is_same_acquisition(parse_product_name(other), parse_product_name(name()))


@given(st.permutations(range(6)))
def test_the_choice_does_not_depend_on_the_order(order: Sequence[int]) -> None:
    offers = [
        make_candidate(name(tail=f"{TAIL}_000{n}"), timeliness=timeliness)
        for n, timeliness in enumerate(["NRT-3h", "Fast-24h", None, "Off-line"])
    ]
    offers += [make_candidate(name(f"20260912T0913{n}7", f"20260912T0914{n}7")) for n in (1, 3)]
    assert best(*(offers[i] for i in order)) == best(*offers)
