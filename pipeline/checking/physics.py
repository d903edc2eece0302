"""How far fronts lie beyond what others allow: along the paths, and on the whole."""

from __future__ import annotations

import numpy as np

from pipeline.checking.profile import Curve, Flags, Table
from pipeline.checking.rules import CheckRules

LEAST_COMMON_SHARE = 0.25  # of the paths that two fronts must both cross to be compared
SAME_MOMENT_DAYS = 0.25  # within which nothing calves: two passes of one day


def is_beyond(excess_m: Table, rules: CheckRules) -> Flags:
    """Whether each row of excesses (metres; NaN where not known) is too much, shape (rows,).

    Too much is a stretch of the front beyond the local tolerance, or the whole beyond the mean
    tolerance. With a single path only the mean counts. Rows known on too few paths are not.
    """
    known = ~np.isnan(excess_m)
    count = known.sum(axis=1)
    enough = count >= max(1.0, LEAST_COMMON_SHARE * excess_m.shape[1])
    divisor = np.maximum(count, 1)
    mean_m = np.where(known, excess_m, 0.0).sum(axis=1) / divisor
    too_much = mean_m > rules.tolerance_m
    if excess_m.shape[1] > 1:
        local = (excess_m > rules.local_tolerance_m).sum(axis=1) / divisor
        too_much |= local >= rules.local_share
    return np.asarray(enough & too_much)


def may_follow(
    before_m: Table, after_m: Table, days: Curve, bound_m_per_day: Curve, rules: CheckRules
) -> tuple[Flags, Flags]:
    """For each row of `before_m`: may that of `after_m` follow `days` later, has it retreated?

    A front may advance at most with the ice. It may retreat, but not at the same moment.
    """
    moved_m = after_m - before_m
    too_fast = is_beyond(moved_m - days[:, None] * bound_m_per_day, rules)
    retreats = is_beyond(-moved_m, rules)
    return ~too_fast & ~(retreats & (days <= SAME_MOMENT_DAYS)), retreats
