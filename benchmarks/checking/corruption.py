"""What makes a front false, in sizes from some hundred metres to many kilometres."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
import shapely
from shapely import LineString, MultiLineString
from shapely.ops import substring

from benchmarks.checking.truth import TRACE_SCALE_M, Curve, TrueFront, line_at, traced_line
from catalog.corridor import Corridor
from pipeline.simulate.moving_front import CLEARANCE_SHARE
from pipeline.simulate.noise import rough_curve, smooth_curve


class Kind(StrEnum):
    MELT = "melt"
    FAST_ICE = "fast ice"
    WRONG_LINE = "wrong line"
    SHIFTED = "shifted geocoding"
    HALF = "half a front"


CORRUPTED_SHARE = 0.15
LONGEST_EPISODE = 8  # dates in a row that melt or fast ice stay
LASTING = {Kind.MELT, Kind.FAST_ICE}
MELT_M = (400.0, 6_000.0)
FAST_ICE_M = (400.0, 8_000.0)
SHIFT_M = (400.0, 3_000.0)

Random = np.random.Generator
Corrupt = Callable[[TrueFront, float, Random, Random], MultiLineString]


def corrupted_dates(count: int, rng: Random) -> dict[int, tuple[Kind, int]]:
    """Which of `count` dates are corrupted, by what, and by which episode of it (a seed)."""
    chosen: dict[int, tuple[Kind, int]] = {}
    wanted = round(CORRUPTED_SHARE * count)
    while len(chosen) < wanted:
        kind = Kind(rng.choice(list(Kind)))
        length = int(rng.integers(1, LONGEST_EPISODE + 1)) if kind in LASTING else 1
        first, episode = int(rng.integers(count)), int(rng.integers(2**31))
        for at in range(first, min(first + length, count)):
            if at not in chosen and len(chosen) < wanted:
                chosen[at] = (kind, episode)
    return chosen


def corrupted_line(
    front: TrueFront, kind: Kind, episode: int, sigma_m: float, rng: Random
) -> MultiLineString:
    """The line that is traced when this befalls a front; an episode looks alike on its dates."""
    return _CORRUPT[kind](front, sigma_m, np.random.default_rng(episode), rng)


def _melted(front: TrueFront, sigma_m: float, rng: Random, trace: Random) -> MultiLineString:
    loss = np.zeros(len(front.distance_m))
    for _ in range(int(rng.integers(1, 5))):
        loss = np.maximum(loss, _patch(front.corridor, (0.08, 0.3), MELT_M, rng))
    return _displaced(front, -loss, sigma_m, trace)


def _frozen(front: TrueFront, sigma_m: float, rng: Random, trace: Random) -> MultiLineString:
    gain = _patch(front.corridor, (0.15, 1.5), FAST_ICE_M, rng)
    return _displaced(front, gain, sigma_m, trace)


def _wrong(front: TrueFront, _: float, rng: Random, trace: Random) -> MultiLineString:
    # Another edge: of a berg outside, or a crack or the grounding line inside.
    corridor = front.corridor
    factor = float(rng.choice([rng.uniform(0.45, 0.85), rng.uniform(1.12, 1.5)]))
    bends = rough_curve(corridor.along_m, corridor.along_m[-1] / 4, 500.0, trace)
    aim = float(np.median(front.distance_m)) * factor
    return line_at(corridor, _within(corridor, aim + 0.03 * np.median(corridor.depth_m) * bends))


def _shifted(front: TrueFront, sigma_m: float, rng: Random, trace: Random) -> MultiLineString:
    angle, size_m = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(*SHIFT_M)
    step = size_m * np.array([np.cos(angle), np.sin(angle)])
    line: MultiLineString = shapely.transform(
        traced_line(front, sigma_m, trace), lambda xy: xy + step
    )
    return line


def _halved(front: TrueFront, sigma_m: float, rng: Random, trace: Random) -> MultiLineString:
    line = traced_line(front, sigma_m, trace).geoms[0]
    share = rng.uniform(0.35, 0.65)
    begin, end = (0.0, share) if rng.random() < 0.5 else (1.0 - share, 1.0)
    half = substring(line, begin, end, normalized=True)
    return MultiLineString([LineString(half.coords)])


def _displaced(front: TrueFront, aside_m: Curve, sigma_m: float, trace: Random) -> MultiLineString:
    error = sigma_m * smooth_curve(front.corridor.along_m, TRACE_SCALE_M, trace)
    return line_at(front.corridor, _within(front.corridor, front.distance_m + aside_m + error))


def _patch(
    corridor: Corridor,
    half_widths: tuple[float, float],
    sizes_m: tuple[float, float],
    rng: Random,
) -> Curve:
    """A stretch with a rough edge: `half_widths` as shares of the front."""
    share = np.linspace(0.0, 1.0, len(corridor.along_m))
    middle, half = rng.uniform(0.1, 0.9), rng.uniform(*half_widths) / 2
    shape = np.clip(4.0 * (1.0 - np.abs(share - middle) / half), 0.0, 1.0)
    rough = 1.0 + 0.2 * np.tanh(rough_curve(corridor.along_m, 5_000.0, 500.0, rng))
    return np.asarray(np.exp(rng.uniform(*np.log(sizes_m))) * shape * rough)


def _within(corridor: Corridor, distance_m: Curve) -> Curve:
    clearance = CLEARANCE_SHARE * corridor.depth_m / 2
    return np.clip(distance_m, clearance, corridor.depth_m - clearance)


_CORRUPT: dict[Kind, Corrupt] = {
    Kind.MELT: _melted,
    Kind.FAST_ICE: _frozen,
    Kind.WRONG_LINE: _wrong,
    Kind.SHIFTED: _shifted,
    Kind.HALF: _halved,
}
