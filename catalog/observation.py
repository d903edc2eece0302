"""What became of each acquisition of a part: observed, a gap, or rejected, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
