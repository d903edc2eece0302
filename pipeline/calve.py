"""Which stretches of a front were lost between two observations, and whether for good.

Fronts are distances along the paths of a corridor (catalog.corridor). Ice is lost on a path where
the later front lies landward of the earlier one by more than the stated position errors explain.
A stretch of such paths is a loss when it is wide enough and its area large enough (1 km2, as in
the list of Qi et al. 2021, doi:10.5194/essd-13-4583-2021), and when it is credible: the ice was
there before the earlier front, and does not come back faster than it flows.

What flowed out between the two dates calved too: the old front, advected until the later date,
less the later front is the ice that left, whenever in between it did (Qi et al. 2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from pipeline.tracked_fronts import Curve, Table, TrackedFronts, advance_rate

Mask = npt.NDArray[np.bool_]

M2_PER_KM2 = 1e6
FASTER_THAN_USUAL = 2.0  # by how much a shelf may outrun its own median
VOTES = 3  # of the fronts before and after, on what one front says
HALF = 0.5
BULK = 0.9


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


class LossKind(StrEnum):
    CALVING = "calving"
    DISINTEGRATION = "disintegration"
    RETREAT = "retreat"  # slow, and spread over several intervals: melt or small bergs


@dataclass(frozen=True, slots=True)
class Loss:
    """Ice lost on the paths `first` to `last` (inclusive) between two fronts.

    `before` and `after` are rows of the series: of the front that the loss is counted from (an
    older one on at most a tenth of it), and of the one that shows it. `lost_m` (net) and
    `outflow_m`, what flowed out in between, have one number per path, 0 where nothing was lost.
    `confirmed_by` are later rows that say the same; none where no later front has looked there.
    """

    first: int
    last: int
    before: int
    after: int
    lost_m: Curve
    outflow_m: Curve
    kind: LossKind
    confirmed_by: tuple[int, ...]

    @property
    def paths(self) -> slice:
        return slice(self.first, self.last + 1)


def find_losses(fronts: TrackedFronts, rules: CalvingRules = DEFAULT_RULES) -> tuple[Loss, ...]:
    """All losses of a series, oldest first and along the front; slow retreat is among them.

    Fewer than two fronts have none. Verdicts follow from the whole series: the order in which
    its fronts came to be known does not matter.
    """
    if len(fronts.days) < 2:
        return ()
    known = _Known.of(fronts, rules)
    found: list[Loss] = []
    for row in np.flatnonzero((known.lost_m > known.noise_m).any(axis=1)):
        for first, last in _stretches(known, int(row), rules):
            loss = _loss(known, int(row), first, last, rules)
            if loss is not None:
                found.append(loss)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Known:
    """For each front, what the last front before it on each path says of a loss.

    `earlier` are the rows of those fronts (-1: none), `lost_m` the net loss (NaN: unknown).
    """

    fronts: TrackedFronts
    speed: Curve
    earlier: npt.NDArray[np.int64]
    lost_m: Table
    noise_m: Table

    @classmethod
    def of(cls, fronts: TrackedFronts, rules: CalvingRules) -> _Known:
        distance, sigma = fronts.distance_m, fronts.errors_m(rules.uncertainty_m)
        speed = advance_rate(fronts, rules.noise_factor, rules.uncertainty_m)
        rows = np.where(np.isnan(distance), -1, np.arange(len(distance))[:, None])
        latest = np.maximum.accumulate(rows, axis=0)
        earlier = np.vstack([np.full((1, distance.shape[1]), -1), latest[:-1]])
        before = np.where(
            earlier < 0, np.nan, np.take_along_axis(distance, np.maximum(earlier, 0), axis=0)
        )
        noise = rules.noise_factor * np.hypot(sigma[np.maximum(earlier, 0)], sigma[:, None])
        return cls(fronts, speed, earlier, before - distance, noise)

    def days_between(self, row: int, paths: slice) -> Curve:
        return np.asarray(
            self.fronts.days[row] - self.fronts.days[np.maximum(self.earlier[row, paths], 0)]
        )

    def flow_m(self, days: Curve | float, paths: slice) -> Curve:
        """How far ice may have come in so many days."""
        return np.asarray(FASTER_THAN_USUAL * self.speed[paths] * days)


def _loss(known: _Known, row: int, first: int, last: int, rules: CalvingRules) -> Loss | None:
    paths = slice(first, last + 1)
    is_lost = known.lost_m[row, paths] > known.noise_m[row, paths]
    lost = np.where(is_lost, known.lost_m[row, paths], 0.0)
    outflow = np.where(is_lost, known.speed[paths] * known.days_between(row, paths), 0.0)
    width = known.fronts.width_m[paths]
    area_km2 = float(((lost + outflow) * width).sum()) / M2_PER_KM2
    if area_km2 < rules.least_area_km2 or _came_from_nowhere(known, row, paths, lost, rules):
        return None
    for_it, against = _later_votes(known, row, paths, lost, rules)
    if len(against) > len(for_it) or (against and len(against) == len(for_it)):
        return None
    before = _bulk_from(known.earlier[row, paths], lost * width)
    loss = Loss(first, last, before, row, lost, outflow, LossKind.CALVING, tuple(for_it))
    return replace(loss, kind=_kind(known, loss, is_lost, rules))


def _bulk_from(earlier: npt.NDArray[np.int64], lost_m2: Curve) -> int:
    """The row from which nearly all of a loss is counted: a few paths it lacks do not matter."""
    order = np.argsort(earlier, kind="stable")
    share = np.cumsum(lost_m2[order]) / lost_m2.sum()
    return int(earlier[order][np.searchsorted(share, 1 - BULK)])


def _kind(known: _Known, loss: Loss, is_lost: Mask, rules: CalvingRules) -> LossKind:
    paths, width = loss.paths, known.fronts.width_m
    if _is_slow(known, loss, is_lost, rules):
        return LossKind.RETREAT
    before = known.lost_m[loss.after] + known.fronts.distance_m[loss.after]
    ice = float(np.nansum(before * width))
    if float((loss.lost_m * width[paths]).sum()) > rules.disintegration_share * ice:
        return LossKind.DISINTEGRATION
    return LossKind.CALVING


def _is_slow(known: _Known, loss: Loss, is_lost: Mask, rules: CalvingRules) -> bool:
    """Slow where it is lost, and the interval before or after loses there as well."""
    days = known.days_between(loss.after, loss.paths)[is_lost]
    if np.median(loss.lost_m[is_lost] / days) >= rules.slow_m_per_day:
        return False
    for row in (loss.after - 1, loss.after + 1):
        if 0 < row < len(known.lost_m):
            also = (known.lost_m > known.noise_m)[row, loss.paths][is_lost]
            if also.mean() >= HALF:
                return True
    return False


def _came_from_nowhere(
    known: _Known, row: int, paths: slice, lost: Curve, rules: CalvingRules
) -> bool:
    """Whether the ice that went missing had not been there before the earlier front either."""
    distance, days = known.fronts.distance_m, known.fronts.days
    earlier = int(known.earlier[row, paths].max())
    verdicts: list[bool] = []
    for one in range(earlier - 1, max(earlier - VOTES, 0) - 1, -1):
        elapsed = float(days[earlier] - days[one])
        if verdicts and elapsed > rules.regain_days:
            break
        came = distance[earlier, paths] - distance[one, paths] - known.flow_m(elapsed, paths)
        verdicts.append(_speaks_of_ice(came, lost))
    return sum(verdicts) * 2 > len(verdicts)


def _later_votes(
    known: _Known, row: int, paths: slice, lost: Curve, rules: CalvingRules
) -> tuple[list[int], list[int]]:
    """Rows that see the loss, and rows that see the ice again: the next, and all in time."""
    distance, days = known.fronts.distance_m, known.fronts.days
    for_it: list[int] = []
    against: list[int] = []
    for later in range(row + 1, len(days)):
        elapsed = days[later] - days[row]
        if for_it or against:
            voted = len(for_it) + len(against)
            if elapsed > rules.regain_days or voted >= VOTES:
                break
        seen = np.isfinite(distance[later, paths])[lost > 0]
        if seen.mean() < HALF:
            continue
        back = distance[later, paths] - distance[row, paths] - known.flow_m(elapsed, paths)
        (against if _speaks_of_ice(back, lost) else for_it).append(later)
    return for_it, against


def _speaks_of_ice(moved_m: Curve, lost: Curve) -> bool:
    """Whether a front moved by more than half of a loss, beyond what flow explains."""
    counted = (lost > 0) & np.isfinite(moved_m)
    if not counted.any():
        return False
    return bool(np.median(moved_m[counted] / lost[counted]) > HALF)


def _stretches(known: _Known, row: int, rules: CalvingRules) -> Iterator[tuple[int, int]]:
    """First and last path of each stretch that is lost, small gaps bridged, wide enough."""
    is_lost = known.lost_m[row] > known.noise_m[row]
    width = known.fronts.width_m
    ends = np.cumsum(width)
    runs: list[tuple[int, int]] = []
    for first, last in runs_where(is_lost):
        if runs and ends[first] - width[first] - ends[runs[-1][1]] <= rules.bridged_m:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
    for first, last in runs:
        inside = slice(first, last + 1)
        if width[inside][is_lost[inside]].sum() >= rules.least_width_m:
            yield first, last


def runs_where(mask: Mask) -> list[tuple[int, int]]:
    """First and last index of each run that holds."""
    steps = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    begins, pasts = np.flatnonzero(steps > 0).tolist(), np.flatnonzero(steps < 0).tolist()
    return [(begin, past - 1) for begin, past in zip(begins, pasts, strict=True)]
