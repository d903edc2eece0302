"""The numbers that averages and joined fronts depend on."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.calving_rules import DEFAULT_RULES as CALVING_RULES
from pipeline.calving_rules import CalvingRules


@dataclass(frozen=True, slots=True)
class AverageRules:
    """How fronts are averaged.

    A front shares its weight with those less than half of `shared_days` away, so that ten scenes
    of one week count as one; but none weighs more than `largest_share` of all the others together,
    so that a single one never decides against several. A path is known where `least_share` of the
    weight crosses it. The error of an average is never below `position_sigma_m`: geocoding errs
    alike in scenes of one orbit.
    """

    shared_days: float = 7.0
    largest_share: float = 0.5
    least_share: float = 0.5
    position_sigma_m: float = 25.0


@dataclass(frozen=True, slots=True)
class AveragingRules:
    """All of an average. Pieces of line below `shortest_piece_m` are dropped."""

    shortest_piece_m: float
    average: AverageRules = AverageRules()
    calving: CalvingRules = CALVING_RULES


@dataclass(frozen=True, slots=True)
class JoinRules:
    """Daily fronts are joined where no part lies more than `longest_gap_days` from the first.

    Six days is the repeat of two Sentinel-1 satellites.
    """

    longest_gap_days: float = 6.0
