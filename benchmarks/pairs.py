"""Timing two ways of doing the same thing, in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours and a peer's way to the same result; `agree` compares the two results."""

    title: str
    peer: str
    run_ours: Callable[[], Any]
    run_peer: Callable[[], Any]
    agree: Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Median seconds of both, and the median of peer / ours over the rounds (above 1: faster)."""

    pair: Pair
    ours_s: float
    peer_s: float
    ratio: float


def measure(pair: Pair, rounds: int = ROUNDS) -> Outcome:
    """Time both in turns after one warm-up; raises AssertionError where the results differ."""
    ours, theirs = pair.run_ours(), pair.run_peer()
    if not pair.agree(ours, theirs):
        raise AssertionError(f"{pair.title}: ours and {pair.peer} disagree")
    times = [(_seconds(pair.run_ours), _seconds(pair.run_peer)) for _ in range(rounds)]
    return Outcome(
        pair,
        statistics.median(ours_s for ours_s, _ in times),
        statistics.median(peer_s for _, peer_s in times),
        statistics.median(peer_s / ours_s for ours_s, peer_s in times),
    )


def _seconds(run: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun
