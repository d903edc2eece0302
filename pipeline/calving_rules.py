"""The numbers that calving events depend on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalvingRules:
    """What counts as a calving.

    `least_area_km2` and `least_width_m` bound an event from below; `bridged_m` of front within it
    may be spared. A loss is believed beyond `noise_factor` standard errors of the two fronts;
    a front that states no error gets `uncertainty_m`. Ice that comes back within `regain_days`
    was never gone. A loss slower than `slow_m_per_day`, shared with the interval before or after,
    is retreat and no calving. A window beyond `wide_window_days` is called wide. An event that
    takes `disintegration_share` of all ice before the reference line is a disintegration.
    """

    least_area_km2: float = 1.0
    least_width_m: float = 1_500.0
    bridged_m: float = 750.0
    noise_factor: float = 3.0
    uncertainty_m: float = 250.0
    regain_days: float = 92.0
    slow_m_per_day: float = 5.0
    wide_window_days: float = 92.0
    disintegration_share: float = 0.3


DEFAULT_RULES = CalvingRules()
