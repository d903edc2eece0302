"""Where a simulated front lies at a moment: it advances, calves, and its ends stay where they are.

Every point of a front moves on its own path, from the reference line of the part straight to the
seaward side of its region. A front is thus a distance along each path, and truth is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon, affinity

from catalog.corridor import MIDWAY_SHARE, Corridor, Points, corridor_of
from catalog.shelf import Part
from pipeline.simulate.noise import Curve, rng_of, rough_curve
from pipeline.simulate.scenario import Scenario, calving_time, last_calving

VERTEX_SPACING_M = 80.0
ANCHOR_SHARE = 0.15  # of the width on either side where the ends of the front are held back
RELIEF_SHARE = 0.05  # of the depth by which the front bends
LARGEST_ADVANCE_SHARE = 0.3  # of the depth between two calvings
CLEARANCE_SHARE = 0.04  # of the depth that a front keeps from the region's ends
BERG_PIECES = 3
BERG_GAP = 2  # vertices that are lost between two pieces
BERG_DRIFT_M_PER_DAY = 380.0
BERG_DAYS = 150.0  # after that it has left every scene
FAR_M = 500_000.0  # beyond every scene


@dataclass(frozen=True, slots=True)
class FrontPosition:
    """A front: a distance from the reference line along each path of its corridor, in metres."""

    corridor: Corridor
    distance_m: Curve

    @property
    def points(self) -> Points:
        return self.corridor.points_at(self.distance_m)


def paths_of(part: Part) -> Corridor:
    """The paths across a part's region, about VERTEX_SPACING_M apart."""
    return corridor_of(part.region, part.reference, VERTEX_SPACING_M)


def resting_front(corridor: Corridor) -> Points:
    """About where a front lies after any calving, whatever the scenario: shape (n, 2)."""
    return corridor.points_at(MIDWAY_SHARE * corridor.depth_m)


def front_at(part: Part, moment: datetime, scenario: Scenario, seed: int) -> FrontPosition:
    """The front of a part at a moment."""
    number, calved = last_calving(moment, scenario)
    return _front_after(part, scenario, seed, number, _days(moment - calved))


def front_line(part: Part, front: FrontPosition) -> MultiLineString:
    """The front in EPSG:3031, within the part's region."""
    inside = shapely.intersection(LineString(front.points), part.region)
    lines = [piece for piece in shapely.get_parts(inside) if isinstance(piece, LineString)]
    merged = shapely.line_merge(MultiLineString(lines))
    return MultiLineString(list(shapely.get_parts(merged)))


def shelf_polygon(front: FrontPosition) -> Polygon:
    """All ice behind a front; beyond the region's sides the front goes straight on."""
    points, chord = front.points, front.corridor.landward[-1] - front.corridor.landward[0]
    aside = FAR_M * chord / np.hypot(*chord)
    back = -FAR_M * front.corridor.seaward_direction
    first, last = points[0] - aside, points[-1] + aside
    return Polygon(np.vstack([first, points, last, last + back, first + back]))


def calved_bergs(part: Part, moment: datetime, scenario: Scenario, seed: int) -> Iterator[Polygon]:
    """The pieces of the last calving that may still be in sight, where they float now."""
    number, calved = last_calving(moment, scenario)
    days = _days(moment - calved)
    if days > BERG_DAYS:
        return
    waited = _days(calved - calving_time(number - 1, scenario))
    before = _front_after(part, scenario, seed, number - 1, waited).points
    after = _front_after(part, scenario, seed, number, 0.0).points
    rng = rng_of(seed, "bergs", part.name, number)
    edges = np.linspace(ANCHOR_SHARE / 2, 1 - ANCHOR_SHARE / 2, BERG_PIECES + 1) * len(before)
    for first, last in zip(edges[:-1].astype(int), edges[1:].astype(int), strict=True):
        own = slice(first + BERG_GAP, last - BERG_GAP)
        piece = Polygon(np.vstack([before[own], after[own][::-1]])).buffer(0)
        yield _drifted(piece, paths_of(part).seaward_direction, days, rng)


def _drifted(berg: Polygon, seaward: Points, days: float, rng: np.random.Generator) -> Polygon:
    speed, sideways = rng.uniform(0.85, 1.25), rng.uniform(-0.15, 0.15)
    across = np.array([-seaward[1], seaward[0]])
    dx, dy = BERG_DRIFT_M_PER_DAY * days * (speed * seaward + sideways * across)
    turned = affinity.rotate(berg, rng.uniform(-0.5, 0.5) * days, origin="centroid")
    return affinity.translate(turned, dx, dy)


def _front_after(
    part: Part, scenario: Scenario, seed: int, number: int, days: float
) -> FrontPosition:
    """The front `days` after calving `number`."""
    corridor = paths_of(part)
    typical_m = float(np.median(corridor.depth_m))
    cycle_m = min(
        scenario.advance_m_per_day * scenario.days_between_calvings,
        LARGEST_ADVANCE_SHARE * typical_m,
    )
    advanced = cycle_m * days / scenario.days_between_calvings
    relief = _relief_of_calving(part, seed, number, corridor.along_m, cycle_m)
    rest = MIDWAY_SHARE * corridor.depth_m + RELIEF_SHARE * typical_m * _own_shape(
        part, seed, corridor.along_m
    )
    distance = rest + _held_at_ends(corridor.along_m) * (advanced + relief)
    clearance = CLEARANCE_SHARE * corridor.depth_m
    return FrontPosition(corridor, np.clip(distance, clearance, corridor.depth_m - clearance))


def _own_shape(part: Part, seed: int, along_m: Curve) -> Curve:
    longest_m = float(along_m[-1]) / 3
    return rough_curve(along_m, longest_m, 4 * VERTEX_SPACING_M, rng_of(seed, "shape", part.name))


def _relief_of_calving(part: Part, seed: int, number: int, along_m: Curve, cycle_m: float) -> Curve:
    # Between 0 and half the advance of a cycle, so that no calving moves a front seaward.
    rng = rng_of(seed, "calving", part.name, number)
    relief = rough_curve(along_m, float(along_m[-1]) / 5, 4 * VERTEX_SPACING_M, rng)
    return 0.25 * cycle_m * (1.0 + np.tanh(relief))


def _held_at_ends(along_m: Curve) -> Curve:
    """0 at both ends, 1 between, smooth: the front is anchored at the region's sides."""
    from_end = np.minimum(along_m, along_m[-1] - along_m) / (ANCHOR_SHARE * along_m[-1])
    share = np.clip(from_end, 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def _days(duration: timedelta) -> float:
    return duration / timedelta(days=1)
