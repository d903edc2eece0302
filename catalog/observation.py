"""What became of each acquisition of a part: observed, a gap, or rejected, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class ObservationKind(StrEnum):
    OBSERVED = "observed"
    GAP = "gap"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Observation:
    """One row per (unit, acquisition); `scene_id` is empty where there was no acquisition.

    `moment` is the acquisition's start, or the first instant of a month without any.
    """

    unit: str
    moment: datetime
    kind: ObservationKind
    reason: str
    scene_id: str = ""
    front_id: str = ""


def month_start(moment: datetime) -> datetime:
    """The first instant (UTC) of the month of `moment`: when a month without any is noted."""
    utc = moment.astimezone(UTC)
    return datetime(utc.year, utc.month, 1, tzinfo=UTC)
