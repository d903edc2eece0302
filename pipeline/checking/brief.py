"""Places where a front stayed so briefly that the dates around them do not bear them out.

Melt and fast ice that happen to lie beside a calving contradict nobody: the front before allows
the false one, as a retreat, and the front after is allowed by it, as another. What gives them away
is that the same stretch retreats twice within a few weeks, or that the first fronts of a series
are given up at once. True calvings do so now and then, so a person looks at what lies between.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.checking.physics import is_beyond
from pipeline.checking.profile import Curve, Flags, SeriesProfile
from pipeline.checking.rules import CheckRules

SHARED_SHARE = 0.5  # of the smaller of two retreats, that the other must share
OUTVOTED = 2.0  # times `brief_fronts` that must follow before the first fronts are doubted


def brief_fronts(
    profile: SeriesProfile, trusted: Sequence[int], rules: CheckRules
) -> frozenset[int]:
    """Of the fronts `trusted` (positions, in order), those between two retreats of one stretch.

    And those before the first retreat, where the series begins shortly before it and goes on long
    enough to outvote them.
    """
    if not trusted:
        return frozenset()
    days, places_m = profile.days[list(trusted)], profile.distance_m[list(trusted)]
    lost_m = -np.diff(places_m, axis=0, prepend=places_m[:1])
    retreats: list[int] = np.flatnonzero(is_beyond(lost_m, rules)).tolist()
    regions = lost_m > rules.local_tolerance_m
    enough_follow = len(trusted) - OUTVOTED * rules.brief_fronts
    found: set[int] = set()
    for last in retreats:
        begins = [0] if last < enough_follow else []
        begins += [
            first for first in retreats if first < last and _shares(regions[first], regions[last])
        ]
        for first in begins:
            if last - first <= rules.brief_fronts and _is_brief(days, first, last, rules):
                found.update(trusted[first:last])
    return frozenset(found)


def _is_brief(days: Curve, first: int, last: int, rules: CheckRules) -> bool:
    """Whether the fronts from `first` to before `last` are all of a short while.

    And whether they were seen shortly after they came or before they went: what stands alone
    between two holes may have stood there for long.
    """
    came = days[first] - days[first - 1] if first else np.inf
    went = days[last] - days[last - 1]
    return bool(
        days[last - 1] - days[first] <= rules.brief_days and min(came, went) <= rules.brief_days
    )


def _shares(one: Flags, other: Flags) -> bool:
    common = int((one & other).sum())
    return common >= SHARED_SHARE * min(int(one.sum()), int(other.sum()))
