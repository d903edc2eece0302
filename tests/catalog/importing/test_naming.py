from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import UnknownUnit
from catalog.front import UNIT_PATTERN
from catalog.importing.naming import name_unit


@pytest.mark.parametrize(
    ("text", "unit", "shelf"),
    [
        ("Pine_Island", "PineIsland", "PineIsland"),
        ("Getz", "Getz", "Getz"),
        ("Getz1", "Getz1", "Getz"),
        ("Western_Ross", "WesternRoss", "Ross"),
    ],
)
def test_a_name_of_the_table_is_that_unit(text: str, unit: str, shelf: str) -> None:
    named = name_unit(text)
    assert named.known is not None
    assert (named.name, named.shelf) == (unit, shelf)


@pytest.mark.parametrize(
    ("text", "unit", "shelf"),
    [
        ("Larsen_B", "LarsenB", "LarsenB"),
        ("Conger_Glenzer", "CongerGlenzer", "CongerGlenzer"),
        ("Getz-2", "Getz-2", "Getz"),
        ("Ekström-1", "Ekstrom-1", "Ekstromisen"),
        ("Land", "Land", "Land"),
    ],
)
def test_a_name_outside_the_table_becomes_a_unit_of_its_own(
    text: str, unit: str, shelf: str
) -> None:
    named = name_unit(text)
    assert named.known is None
    assert (named.name, named.shelf) == (unit, shelf)


def test_the_name_of_a_neighbour_is_offered() -> None:
    assert name_unit("Larsen_B").near == ("LarsenC",)
    assert name_unit("Wordie").near == ()


@pytest.mark.parametrize("text", ["", "  ", "42", "--"])
def test_a_text_without_letters_is_no_name(text: str) -> None:
    with pytest.raises(UnknownUnit, match="no name of a shelf"):
        name_unit(text)


@given(st.text(min_size=1, max_size=40))
def test_every_name_gives_a_unit_that_can_stand_in_an_id(text: str) -> None:
    try:
        named = name_unit(text)
    except UnknownUnit:
        return
    assert UNIT_PATTERN.fullmatch(named.name)
    assert UNIT_PATTERN.fullmatch(named.shelf)
