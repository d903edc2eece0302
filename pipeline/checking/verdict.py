"""What is said of a front, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalog.front import Reason, Status
from pipeline.checking.envelope import Envelope
from pipeline.checking.profile import Curve

FAR_M = 10_000.0
WHOLE_SHARE = 0.9  # of the paths on which a shifted line lies aside
EVEN_SHARE = 0.35  # of its shift by which a shifted line may be uneven
LARGE_RETREAT_SHARE = 0.5  # of the paths
RETREATS_IN_A_ROW = 3  # so large that they are a disintegration
COLLAPSE_SHARE = 0.3  # of the shelf along the paths, lost from front to front, as `calve` has it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says of one front; `area_change_km2` against the last trusted front."""

    front_id: str
    status: Status
    reasons: tuple[Reason, ...]
    area_change_km2: float | None


def place_reasons(envelope: Envelope, at: int, same_moment: bool) -> tuple[Reason, ...]:
    """Why a front cannot be where it is; empty where it can."""
    found, aside_m = [], np.empty(0)
    if envelope.is_ahead[at]:
        found, aside_m = [Reason.ADVANCE_TOO_FAST], envelope.ahead_m[at]
    if envelope.is_behind[at]:
        found, aside_m = [*found, Reason.AREA_LOST_AND_REGAINED], -envelope.behind_m[at]
    if not found:
        return ()
    if same_moment:
        found = [Reason.NEIGHBOURS_DISAGREE]
    return (*found, *_manner(aside_m[~np.isnan(aside_m)]))


def retreat_outcome(is_confirmed: bool, in_melt_season: bool) -> tuple[Status, tuple[Reason, ...]]:
    """Status and reasons of a front that lies behind the one before, and may."""
    if is_confirmed:
        return Status.ACCEPTED, (Reason.RETREAT_CONFIRMED,)
    also = (Reason.MELT_SEASON,) if in_melt_season else ()
    return Status.PROVISIONAL, (Reason.RETREAT_UNCONFIRMED, *also)


def in_disintegration(envelope: Envelope, retreats: list[int]) -> frozenset[int]:
    """Of the confirmed `retreats`, those of which several large ones follow each other.

    And those that take so much of the shelf at once that they are no calving of a front.
    """
    large = [at for at in retreats if envelope.retreat_share[at] >= LARGE_RETREAT_SHARE]
    runs: list[list[int]] = []
    for at in large:
        if runs and envelope.previous[at] == runs[-1][-1]:
            runs[-1].append(at)
        else:
            runs.append([at])
    collapses = [at for at in large if envelope.lost_share[at] >= COLLAPSE_SHARE]
    return frozenset(
        [*collapses, *(at for run in runs if len(run) >= RETREATS_IN_A_ROW for at in run)]
    )


def _manner(aside_m: Curve) -> tuple[Reason, ...]:
    """How a line lies aside: all of it by the same, or far away."""
    if len(aside_m) < 2:
        return ()
    middle = float(np.median(aside_m))
    found = []
    unevenness = float(np.median(np.abs(aside_m - middle)))
    one_side = float(np.mean(np.sign(aside_m) == np.sign(middle)))
    if one_side >= WHOLE_SHARE and unevenness < EVEN_SHARE * abs(middle):
        found.append(Reason.SHIFTED)
    if float(np.mean(np.abs(aside_m))) > FAR_M:
        found.append(Reason.FAR_OFF)
    return tuple(found)
