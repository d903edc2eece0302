"""The accepted fronts of one series, oldest first, as distances along a corridor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from catalog.corridor import Corridor, front_distances
from catalog.front import Front, Status
from pipeline.tracked_fronts import TrackedFronts

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A front with the digest of its revision: what an event made of it names, as averages do."""

    front: Front
    digest: str

    @property
    def moment(self) -> datetime:
        """The middle of its interval."""
        return self.front.start + (self.front.end - self.front.start) / 2


def accepted_in_time(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Accepted fronts, oldest first; of several of one moment the surest."""
    accepted = [one for one in sightings if one.front.status is Status.ACCEPTED]
    by_moment: dict[datetime, Sighting] = {}
    for one in sorted(accepted, key=_surest_last):
        by_moment[one.moment] = one
    return tuple(by_moment[moment] for moment in sorted(by_moment))


def tracked(series: Sequence[Sighting], corridor: Corridor) -> TrackedFronts:
    """The fronts of a series as distances along the paths of a corridor."""
    first = series[0].moment if series else None
    days = [(one.moment - first) / DAY for one in series if first is not None]
    errors = [np.nan if (m := one.front.uncertainty_m) is None else m for one in series]
    return TrackedFronts(
        front_distances([one.front.line for one in series], corridor),
        np.array(days, dtype=np.float64),
        np.array(errors, dtype=np.float64),
        corridor.width_m,
    )


def _surest_last(one: Sighting) -> tuple[float, str]:
    error = one.front.uncertainty_m
    return (-np.inf if error is None else -error, one.front.id)
