"""How long to wait before asking again: doubled each time, scattered, and never shorter than asked.

Scattered ("full jitter" of half the wait), so that many runs that were cut off together do not
come back together.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LEAST_SHARE = 0.5  # of the wait, before chance adds to it


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance. `wait` sleeps for seconds; `chance` is uniform in 0 to 1."""

    now: Callable[[], datetime]
    wait: Callable[[float], object]
    chance: Callable[[], float]

    @classmethod
    def real(cls, stop: threading.Event) -> Clock:
        """The clock of this machine; a wait ends early where the run is stopped."""
        return cls(_now, stop.wait, random.random)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a source is asked, and how long is waited in between (seconds)."""

    attempts: int
    first_wait_s: float
    longest_wait_s: float

    def wait_s(self, failures: int, asked_s: float | None, chance: float) -> float:
        """Seconds to wait after so many failures in a row; `asked_s` is the source's own wish."""
        doubled = self.first_wait_s * 2.0 ** min(failures - 1, 32)
        share = LEAST_SHARE + (1 - LEAST_SHARE) * chance
        return float(min(max(min(doubled, self.longest_wait_s) * share, asked_s or 0.0),
                         self.longest_wait_s))  # fmt: skip


def retry_after_s(text: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None where it says nothing."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((zoned - now).total_seconds(), 0.0)
