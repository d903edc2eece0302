from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetching.patience import Patience, retry_after_s

NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
PATIENCE = Patience(attempts=6, first_wait_s=1.0, longest_wait_s=60.0)


def test_waits_double_until_the_longest() -> None:
    assert [PATIENCE.wait_s(n, None, 1.0) for n in (1, 2, 3, 4, 5, 6, 7, 1000)] == [
        1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0
    ]  # fmt: skip


@given(
    failures=st.integers(1, 10_000),
    asked=st.none() | st.floats(0, 1e9),
    chance=st.floats(0, 1),
)
def test_a_wait_is_at_least_what_was_asked_for_and_never_over_the_limit(
    failures: int, asked: float | None, chance: float
) -> None:
    wait = PATIENCE.wait_s(failures, asked, chance)
    assert 0.5 <= wait <= 60.0
    assert wait >= min(asked or 0.0, 60.0)


def test_chance_scatters_a_wait_over_its_upper_half() -> None:
    assert [PATIENCE.wait_s(3, None, chance) for chance in (0.0, 0.5, 1.0)] == [2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30", 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ("-5", None),
        ("nan", None),
        ("Wed, 99 Oct 2026", None),
    ],
)
def test_what_an_archive_asks_for_is_read(text: str | None, seconds: float | None) -> None:
    assert retry_after_s(text, NOW) == seconds
