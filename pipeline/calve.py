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

from pipeline.calving_rules import DEFAULT_RULES, CalvingRules
from pipeline.loss_evidence import HALF, Evidence, came_from_nowhere, later_votes
from pipeline.tracked_fronts import Curve, TrackedFronts

Mask = npt.NDArray[np.bool_]

M2_PER_KM2 = 1e6
BULK = 0.9  # of a loss, that is counted from the front named as the one before


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
    evidence = Evidence.of(fronts, rules)
    found: list[Loss] = []
    for row in np.flatnonzero((evidence.lost_m > evidence.noise_m).any(axis=1)):
        for first, last in _stretches(evidence, int(row), rules):
            loss = _loss(evidence, int(row), first, last, rules)
            if loss is not None:
                found.append(loss)
    return tuple(found)


def _loss(evidence: Evidence, row: int, first: int, last: int, rules: CalvingRules) -> Loss | None:
    paths = slice(first, last + 1)
    is_lost = evidence.lost_m[row, paths] > evidence.noise_m[row, paths]
    lost = np.where(is_lost, evidence.lost_m[row, paths], 0.0)
    outflow = np.where(is_lost, evidence.speed[paths] * evidence.days_between(row, paths), 0.0)
    width = evidence.fronts.width_m[paths]
    area_km2 = float(((lost + outflow) * width).sum()) / M2_PER_KM2
    if area_km2 < rules.least_area_km2 or came_from_nowhere(evidence, row, paths, lost, rules):
        return None
    for_it, against = later_votes(evidence, row, paths, lost, rules)
    if len(against) > len(for_it) or (against and len(against) == len(for_it)):
        return None
    before = _bulk_from(evidence.earlier[row, paths], lost * width)
    loss = Loss(first, last, before, row, lost, outflow, LossKind.CALVING, tuple(for_it))
    return replace(loss, kind=_kind(evidence, loss, is_lost, rules))


def _bulk_from(earlier: npt.NDArray[np.int64], lost_m2: Curve) -> int:
    """The row from which nearly all of a loss is counted: a few paths it lacks do not matter."""
    order = np.argsort(earlier, kind="stable")
    share = np.cumsum(lost_m2[order]) / lost_m2.sum()
    return int(earlier[order][np.searchsorted(share, 1 - BULK)])


def _kind(evidence: Evidence, loss: Loss, is_lost: Mask, rules: CalvingRules) -> LossKind:
    paths, width = loss.paths, evidence.fronts.width_m
    if _is_slow(evidence, loss, is_lost, rules):
        return LossKind.RETREAT
    before = evidence.lost_m[loss.after] + evidence.fronts.distance_m[loss.after]
    ice = float(np.nansum(before * width))
    if float((loss.lost_m * width[paths]).sum()) > rules.disintegration_share * ice:
        return LossKind.DISINTEGRATION
    return LossKind.CALVING


def _is_slow(evidence: Evidence, loss: Loss, is_lost: Mask, rules: CalvingRules) -> bool:
    """Slow where it is lost, and the interval before or after loses there as well."""
    days = evidence.days_between(loss.after, loss.paths)[is_lost]
    if np.median(loss.lost_m[is_lost] / days) >= rules.slow_m_per_day:
        return False
    for row in (loss.after - 1, loss.after + 1):
        if 0 < row < len(evidence.lost_m):
            also = (evidence.lost_m > evidence.noise_m)[row, loss.paths][is_lost]
            if also.mean() >= HALF:
                return True
    return False


def _stretches(evidence: Evidence, row: int, rules: CalvingRules) -> Iterator[tuple[int, int]]:
    """First and last path of each stretch that is lost, small gaps bridged, wide enough."""
    is_lost = evidence.lost_m[row] > evidence.noise_m[row]
    width = evidence.fronts.width_m
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
