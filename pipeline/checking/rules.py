"""The bounds of a plausible series."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckRules:
    """Numbers that verdicts depend on; all may be set (`ICELINES_PROCESS_<NAME>`).

    `fastest_advance_m_per_day`: of a shelf whose own history is short. Pine Island, the fastest
    large shelf, flows 4 to 4.5 km a year (12 m a day); 15 leaves room.
    `tolerance_m`: mean displacement between two traces of the same front that means nothing.
    `local_tolerance_m`: the same for a single path. `local_share`: of the paths that have to be
    beyond it before it counts.
    `least_confidence`, `least_coverage` (share of the paths that the series usually crosses):
    fronts below are not believed.
    `length_ratio`, `winding_ratio`: how many times longer, or more winding, than usual.
    `brief_fronts`, `brief_days`: a place between two retreats that no more fronts show, within so
    many days, is doubted.
    `melt_months`: in which wet snow looks like water to a radar.
    """

    fastest_advance_m_per_day: float = 15.0
    tolerance_m: float = 120.0
    local_tolerance_m: float = 250.0
    local_share: float = 0.06
    least_confidence: float = 0.4
    least_coverage: float = 0.75
    length_ratio: float = 1.8
    winding_ratio: float = 1.8
    brief_fronts: int = 5
    brief_days: float = 100.0
    melt_months: frozenset[int] = frozenset({12, 1, 2})
