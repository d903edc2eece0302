"""Where a simulated front lies at a moment: it advances, calves, and its ends stay where they are.

Along a part runs an axis u, from one end of its reference line to the other; v points seaward.
The front is a curve v(u) across the region, so truth is known exactly at every point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon

from catalog.shelf import Part
from pipeline.simulate.noise import Curve, rng_of, rough_curve
from pipeline.simulate.scenario import Scenario, calving_time, last_calving

VERTEX_SPACING_M = 80.0
ANCHOR_SHARE = 0.15  # of the width on either side where the ends of the front are held back
SEAWARD_SHARE = 0.42  # of the region's depth where a front lies after calving, on average
RELIEF_SHARE = 0.05  # of the depth by which the front bends
LARGEST_ADVANCE_SHARE = 0.3  # of the depth between two calvings
CLEARANCE_SHARE = 0.04  # of the depth that a front keeps from the region's ends
BERG_PIECES = 3
BERG_DRIFT_M_PER_DAY = 380.0
BERG_DAYS = 150.0  # after that it has left every scene


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """Axes of one part in the plane of EPSG:3031: `along` (u) and `seaward` (v), unit vectors."""

    origin: tuple[float, float]
    along: tuple[float, float]
    seaward: tuple[float, float]

    def to_local(self, x: Curve, y: Curve) -> tuple[Curve, Curve]:
        dx, dy = x - self.origin[0], y - self.origin[1]
        u = dx * self.along[0] + dy * self.along[1]
        return u, dx * self.seaward[0] + dy * self.seaward[1]

    def to_polar(self, u: Curve, v: Curve) -> tuple[Curve, Curve]:
        x = self.origin[0] + u * self.along[0] + v * self.seaward[0]
        return x, self.origin[1] + u * self.along[1] + v * self.seaward[1]


@dataclass(frozen=True, slots=True)
class FrontProfile:
    """A front as v(u), both in metres, u ascending by VERTEX_SPACING_M or a little less."""

    u_m: Curve
    v_m: Curve

    def seaward_of(self, u: Curve, v: Curve) -> Curve:
        """How far points lie seaward of the front along v, in metres; negative on the shelf."""
        return v - np.interp(u, self.u_m, self.v_m)


@dataclass(frozen=True, slots=True)
class BergPiece:
    """A piece of what calved last: what lay between two fronts, moved and turned since."""

    before: FrontProfile
    after: FrontProfile
    u_from_m: float
    u_to_m: float
    drift_m: tuple[float, float]  # in u and v
    turn_rad: float

    def covers(self, u: Curve, v: Curve) -> np.typing.NDArray[np.bool_]:
        """True where the piece floats now."""
        centre_u = (self.u_from_m + self.u_to_m) / 2
        centre_v = float(np.interp(centre_u, self.after.u_m, self.after.v_m))
        du, dv = u - centre_u - self.drift_m[0], v - centre_v - self.drift_m[1]
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        old_u, old_v = centre_u + cos * du + sin * dv, centre_v - sin * du + cos * dv
        within = (old_u >= self.u_from_m) & (old_u <= self.u_to_m)
        calved = (self.after.seaward_of(old_u, old_v) > 0) & (
            self.before.seaward_of(old_u, old_v) < 0
        )
        return np.asarray(within & calved)


def frame_of(part: Part) -> LocalFrame:
    """The axes of a part; v points from the reference line to the region's centroid."""
    first, last = part.reference.coords[0], part.reference.coords[-1]
    along = _unit(last[0] - first[0], last[1] - first[1])
    seaward = (-along[1], along[0])
    towards = part.region.centroid.x - first[0], part.region.centroid.y - first[1]
    if towards[0] * seaward[0] + towards[1] * seaward[1] < 0:
        seaward = (along[1], -along[0])
    return LocalFrame((first[0], first[1]), along, seaward)


def profile_at(part: Part, moment: datetime, scenario: Scenario, seed: int) -> FrontProfile:
    """The front of a part at a moment."""
    number, calved = last_calving(moment, scenario)
    days = (moment - calved) / timedelta(days=1)
    return _profile(part, scenario, seed, number, days)


def berg_pieces(part: Part, moment: datetime, scenario: Scenario, seed: int) -> Iterator[BergPiece]:
    """The pieces of the last calving that may still be in sight."""
    number, calved = last_calving(moment, scenario)
    days = (moment - calved) / timedelta(days=1)
    if days > BERG_DAYS:
        return
    waited = (calved - calving_time(number - 1, scenario)) / timedelta(days=1)
    before = _profile(part, scenario, seed, number - 1, waited)
    after = _profile(part, scenario, seed, number, 0.0)
    rng = rng_of(seed, "bergs", part.name, number)
    edges = np.quantile(before.u_m, np.linspace(ANCHOR_SHARE / 2, 1 - ANCHOR_SHARE / 2, 4))
    for piece in range(BERG_PIECES):
        speed = BERG_DRIFT_M_PER_DAY * rng.uniform(0.8, 1.2)
        sideways = speed * rng.uniform(-0.1, 0.1) + (piece - 1) * 60.0
        yield BergPiece(
            before,
            after,
            float(edges[piece]) + 150.0,
            float(edges[piece + 1]) - 150.0,
            drift_m=(sideways * days, speed * days),
            turn_rad=float(np.radians(rng.uniform(-0.6, 0.6) * days)),
        )


def front_line(part: Part, profile: FrontProfile) -> MultiLineString:
    """The front in EPSG:3031, within the part's region."""
    x, y = frame_of(part).to_polar(profile.u_m, profile.v_m)
    inside = shapely.intersection(LineString(np.column_stack([x, y])), part.region)
    lines = [piece for piece in shapely.get_parts(inside) if isinstance(piece, LineString)]
    merged = shapely.line_merge(MultiLineString(lines))
    return MultiLineString(list(shapely.get_parts(merged)))


def _profile(part: Part, scenario: Scenario, seed: int, number: int, days: float) -> FrontProfile:
    u, landward, seaward = _depth_along(part)
    depth = seaward - landward
    typical = float(np.median(depth))
    cycle_m = min(
        scenario.advance_m_per_day * scenario.days_between_calvings, LARGEST_ADVANCE_SHARE * typical
    )
    advanced = cycle_m * days / scenario.days_between_calvings
    moved = _held_at_ends(u) * (advanced + _relief_of_calving(part, seed, number, u, cycle_m))
    rest = landward + SEAWARD_SHARE * depth + RELIEF_SHARE * typical * _own_shape(part, seed, u)
    clearance = CLEARANCE_SHARE * depth
    return FrontProfile(u, np.clip(rest + moved, landward + clearance, seaward - clearance))


def _own_shape(part: Part, seed: int, u: Curve) -> Curve:
    width = float(u[-1] - u[0])
    return rough_curve(u, width / 3, 4 * VERTEX_SPACING_M, rng_of(seed, "shape", part.name))


def _relief_of_calving(part: Part, seed: int, number: int, u: Curve, cycle_m: float) -> Curve:
    # Between 0 and half the advance of a cycle, so that no calving moves a front seaward.
    rng = rng_of(seed, "calving", part.name, number)
    relief = rough_curve(u, float(u[-1] - u[0]) / 5, 4 * VERTEX_SPACING_M, rng)
    return 0.25 * cycle_m * (1.0 + np.tanh(relief))


def _held_at_ends(u: Curve) -> Curve:
    """0 at both ends, 1 between, smooth: the front is anchored at the region's sides."""
    from_end = np.minimum(u - u[0], u[-1] - u) / (ANCHOR_SHARE * (u[-1] - u[0]))
    share = np.clip(from_end, 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def _depth_along(part: Part) -> tuple[Curve, Curve, Curve]:
    """Positions u with the landward and seaward end of the region there, smoothed, in metres."""
    frame = frame_of(part)
    region = shapely.transform(
        part.region, lambda xy: np.column_stack(frame.to_local(xy[:, 0], xy[:, 1]))
    )
    first, last = region.bounds[0], region.bounds[2]
    count = max(64, int((last - first) / VERTEX_SPACING_M))
    u = np.linspace(first, last, count)
    ends = np.array([_ends_at(region, position) for position in np.linspace(first, last, 65)[1:-1]])
    at = np.linspace(first, last, 65)[1:-1]
    return u, np.interp(u, at, ends[:, 0]), np.interp(u, at, ends[:, 1])


def _ends_at(region: Polygon, u: float) -> tuple[float, float]:
    low, high = region.bounds[1] - 1.0, region.bounds[3] + 1.0
    bounds = region.intersection(LineString([(u, low), (u, high)])).bounds
    return bounds[1], bounds[3]


def _unit(x: float, y: float) -> tuple[float, float]:
    length = float(np.hypot(x, y))
    return x / length, y / length
