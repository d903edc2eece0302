"""Where the trusted fronts around it allow a front to be.

Not beyond where the ice of the fronts before has flowed to since; not behind where the ice of the
fronts after has come from. Between the two it may lie anywhere: that is calving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.checking.physics import SAME_MOMENT_DAYS, is_beyond
from pipeline.checking.profile import Curve, Flags, SeriesProfile, Table
from pipeline.checking.rules import CheckRules
from pipeline.checking.speeds import Speeds

Indices = npt.NDArray[np.int64]

AVERAGED = 3  # trusted fronts on either side whose mean counts: their errors partly cancel


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Each front beside the trusted ones, shape (n, paths) or (n,).

    `ahead_m` of where the fronts before would be by then; `behind_m` where those after have come
    from (NaN where not known). Flags say which is too much, which front retreats, and whether
    there are trusted fronts before and after at all; `previous` is the last one before, or -1.
    `retreat_share` is that of the paths on which a front lies behind the last, `lost_share` that
    of the way from the reference to the last which is gone, on the mean of the paths.
    """

    ahead_m: Table
    behind_m: Table
    is_ahead: Flags
    is_behind: Flags
    retreats: Flags
    retreat_share: Curve
    lost_share: Curve
    previous: Indices
    following: Indices

    @property
    def is_outside(self) -> Flags:
        """Which fronts cannot be where they are."""
        return np.asarray(self.is_ahead | self.is_behind)


def envelope_of(
    profile: SeriesProfile, trusted: list[int], speeds: Speeds, rules: CheckRules
) -> Envelope:
    """All fronts of a series beside those that are `trusted` (positions, in order)."""
    before, after = _neighbours(len(profile.days), trusted)
    reference, days = _reference(profile, before, speeds, rules)
    slack = days[:, None] * (speeds.bound - speeds.expected)
    ahead_m = profile.distance_m - reference
    origin, days_after = _reference(profile, after, speeds, rules)
    behind_m = origin - profile.distance_m
    slack_after = -days_after[:, None] * (speeds.bound - speeds.expected)
    last_m = reference - days[:, None] * speeds.expected
    lost_m = last_m - profile.distance_m
    retreats = is_beyond(lost_m, rules)
    same_moment = retreats & (days <= SAME_MOMENT_DAYS)
    known = np.maximum((~np.isnan(lost_m)).sum(axis=1), 1)
    return Envelope(
        ahead_m,
        behind_m,
        is_beyond(ahead_m - slack, rules),
        is_beyond(behind_m - slack_after, rules) | same_moment,
        retreats,
        (lost_m > rules.local_tolerance_m).sum(axis=1) / known,
        np.nansum(lost_m, axis=1) / np.maximum(np.nansum(last_m, axis=1), 1.0),
        before[:, 0],
        after[:, 0],
    )


def _neighbours(count: int, trusted: list[int]) -> tuple[Indices, Indices]:
    """The trusted fronts before and after each front, nearest first, -1 where there are none."""
    pad = [-1] * AVERAGED
    padded = np.array([*pad, *trusted, *pad])
    everyone = np.arange(count)
    earlier = np.searchsorted(trusted, everyone, side="left") + AVERAGED
    later = np.searchsorted(trusted, everyone, side="right") + AVERAGED
    steps = np.arange(AVERAGED)
    return padded[earlier[:, None] - 1 - steps], padded[later[:, None] + steps]


def _reference(
    profile: SeriesProfile, neighbours: Indices, speeds: Speeds, rules: CheckRules
) -> tuple[Table, Curve]:
    """The neighbours' mean position carried to each front's date, and days since the nearest.

    Of the neighbours only those count that agree with the nearest: between others ice was lost.
    Without a history of speeds the nearest alone counts.
    """
    own = profile.days[:, None] - profile.days[neighbours]
    own[neighbours < 0] = np.nan
    carried = (
        _carried(profile, neighbours[:, k], own[:, k], speeds)
        for k in range(AVERAGED if speeds.from_history else 1)
    )
    nearest = next(carried)
    total, count = np.nan_to_num(nearest), (~np.isnan(nearest)).astype(np.float64)
    for other in carried:
        # Where the nearest has a gap the next stands in for it.
        nearest = np.where(np.isnan(nearest), other, nearest)
        agrees = np.abs(other - nearest) < rules.local_tolerance_m
        total += np.where(agrees, other, 0.0)
        count += agrees
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    return mean, np.nan_to_num(own[:, 0])


def _carried(profile: SeriesProfile, neighbour: Indices, days: Curve, speeds: Speeds) -> Table:
    return np.asarray(profile.distance_m[neighbour] + days[:, None] * speeds.expected)
