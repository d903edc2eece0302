"""What speaks against a front by itself, or beside the usual front of its series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from catalog.front import Front, Origin, Reason
from pipeline.checking.profile import Curve, Flags, SeriesProfile
from pipeline.checking.rules import CheckRules

FEWEST_FRONTS = 5  # before there is a usual length
NEIGHBOURS = 5  # on either side that a length is compared with


def screen(
    fronts: Sequence[Front], profile: SeriesProfile, rules: CheckRules
) -> list[tuple[Reason, ...]]:
    """The reasons against each front, in order; empty where there are none."""
    doubts = {
        Reason.INCOMPLETE: np.array([_is_incomplete(front) for front in fronts])
        & profile.has_paths,
        Reason.PARTLY_COVERED: profile.has_paths & (profile.coverage < rules.least_coverage),
        Reason.LOW_CONFIDENCE: np.array(
            [f.confidence is not None and f.confidence < rules.least_confidence for f in fronts]
        ),
        Reason.LENGTH_JUMP: _is_unusual(_beside_neighbours(profile.length_m), rules.length_ratio),
        Reason.TOO_WINDING: _is_winding(profile.winding, rules.winding_ratio),
    }
    return [
        tuple(reason for reason, holds in doubts.items() if holds[at]) for at in range(len(fronts))
    ]


def _is_incomplete(front: Front) -> bool:
    # Others may map a shelf between other ends than ours; what they leave out shows as coverage.
    return front.area_km2 is None and front.origin is not Origin.IMPORTED


def _is_unusual(ratio: Curve, limit: float) -> Flags:
    return np.asarray((ratio > limit) | (ratio < 1.0 / limit))


def _beside_neighbours(values: Curve) -> Curve:
    """Each value over the median of those around it; 1 where there are too few."""
    if len(values) < FEWEST_FRONTS:
        return np.ones(len(values))
    padded = np.pad(values, NEIGHBOURS, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1)
    usual = np.nanmedian(around, axis=1)
    return np.where(usual > 0, values / np.where(usual > 0, usual, 1.0), 1.0)


def _is_winding(winding: Curve, limit: float) -> Flags:
    if len(winding) < FEWEST_FRONTS:
        return np.zeros(len(winding), dtype=np.bool_)
    return np.asarray(winding > limit * max(1.0, float(np.median(winding))))
