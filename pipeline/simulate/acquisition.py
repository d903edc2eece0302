"""Which image is taken of a part: the pass that sees its front, and what is cut out of its swath.

Passes ascend and descend in turn. An image holds the part's region with a margin around, so far as
the swath and LARGEST_SIDE_PX allow: of a longer front it shows the middle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from catalog.shelf import Part
from pipeline.errors import SceneError
from pipeline.geometry.geoid import geoid_height_m
from pipeline.geometry.range_doppler import RadarGeometry, ecef_of
from pipeline.geometry.surface_choice import SHELF_FREEBOARD_M
from pipeline.simulate.annotation import Acquisition, incidence_after_deg, simulated_annotation
from pipeline.simulate.ground_range_fit import ground_arc_m, near_range_m
from pipeline.simulate.moving_front import paths_of, resting_front
from pipeline.simulate.noise import rng_of
from pipeline.simulate.orbit_pass import ASCENDING, DESCENDING, OrbitPass, Target
from pipeline.simulate.swath import Swath, swath_of

Points = npt.NDArray[np.float64]

DIRECTIONS = (DESCENDING, ASCENDING)  # viewing geometries that alternate from scene to scene
MARGIN_M = 4_000.0
LARGEST_SIDE_PX = 5_000  # EW: 200 km, half a swath
SMALLEST_SIDE_PX = 256
INCIDENCES_TRIED = 5
INCIDENCE_SAMPLES = 500
PROBE_PX = 64
EDGE_STEP_M = 2_000.0
PLATFORM = "S1A"

_TO_LONLAT = Transformer.from_crs(3031, 4326, always_xy=True)


@dataclass(frozen=True, slots=True)
class Imaging:
    """How scenes are taken: mode, cut-out or full swath; polarisations as the season has them.

    Everything in a scene stands `freeboard_m` above the geoid at the middle of the front.
    """

    mode: str = "EW"
    full_swath: bool = False
    polarisations: tuple[str, ...] | None = None
    freeboard_m: float = SHELF_FREEBOARD_M


@dataclass(frozen=True, slots=True)
class Window:
    """Lines and pixels around a target, in the image that has it at (0, 0). Last ones excluded."""

    first_line: int
    last_line: int
    first_pixel: int
    last_pixel: int


def acquisition_of(
    part: Part, start: datetime, pass_number: int, seed: int, imaging: Imaging
) -> Acquisition:
    """The image of `part` whose first line is seen at `start` (UTC).

    `pass_number` chooses the viewing geometry: all even ones are alike, and all odd ones. Raises
    SceneError where no pass sees the front.
    """
    swath = swath_of(imaging.mode)
    target = target_of(part, imaging.freeboard_m)
    for direction, incidence in _viewings(part, swath, pass_number, seed):
        seen = Acquisition(target, start, imaging.mode, direction, PROBE_PX, PROBE_PX, incidence)
        seen = replace(seen, height_m=target.height_m, platform=PLATFORM)
        try:
            return _cut(seen, part, start, imaging)
        except SceneError:
            continue
    raise SceneError(
        f"{part.name} cannot be simulated in {imaging.mode}: no pass of Sentinel-1 sees its front.",
        remedy="Try the other mode: EW looks closer to the track than IW." * (swath.mode == "IW"),
    )


def target_of(part: Part, freeboard_m: float) -> Target:
    """The middle of the front at rest, so far above the geoid; the height is in decimetres.

    It is the height of the whole scene: so truth stays exact.
    """
    points = resting_front(paths_of(part))
    lonlat = _lonlat(points[len(points) // 2][None])
    height_m = round(float(geoid_height_m(lonlat)[0]) + freeboard_m, 1)
    return Target(float(lonlat[0, 0]), float(lonlat[0, 1]), height_m)


def slices_of(acquisition: Acquisition, line: int) -> tuple[Acquisition, Acquisition]:
    """The two slices of one pass that meet before `line` of its image."""
    lines, _ = acquisition.shape
    target_line, _ = acquisition.target_position
    return (
        replace(acquisition, lines=line, target_line=target_line),
        replace(acquisition, lines=lines - line, target_line=target_line - line),
    )


def _viewings(part: Part, swath: Swath, pass_number: int, seed: int) -> Iterator[tuple[str, float]]:
    """Directions and incidences at the target to be tried: the drawn one, then steeper ones."""
    turn = pass_number % len(DIRECTIONS)
    near, far = swath.near_incidence_deg, far_incidence_deg(swath)
    half_deg = (far - near) * min(0.5, _reach_px(part, swath) / swath.full_pixels)
    rng = rng_of(seed, "incidence", part.name, turn)
    drawn = rng.uniform(near + half_deg, far - half_deg)
    steeper = np.linspace(drawn, near + 0.5, INCIDENCES_TRIED)
    for direction in (DIRECTIONS[turn], DIRECTIONS[1 - turn]):
        for incidence in steeper:
            yield direction, round(float(incidence), 2)


def far_incidence_deg(swath: Swath) -> float:
    return incidence_after_deg(swath.near_incidence_deg, swath.full_pixels * swath.spacing_m)


def _reach_px(part: Part, swath: Swath) -> float:
    """Pixels from the middle of an image to its edge, whichever way the region is turned."""
    west, south, east, north = part.region.bounds
    across_px = (math.hypot(east - west, north - south) + 2 * MARGIN_M) / swath.spacing_m
    return min(across_px, LARGEST_SIDE_PX) / 2


def _cut(seen: Acquisition, part: Part, start: datetime, imaging: Imaging) -> Acquisition:
    """The acquisition with its image's sides, and the time at which it then sees its target."""
    probe = RadarGeometry(simulated_annotation(seen, "HH"))
    window = _window(_Sighting(seen, seen.orbit_pass(), probe), part, imaging)
    line = -window.first_line
    return replace(
        seen,
        moment=start + timedelta(seconds=line * probe.annotation.line_interval_s),
        lines=window.last_line - window.first_line,
        pixels=window.last_pixel - window.first_pixel,
        target_line=float(line),
        target_pixel=float(-window.first_pixel),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sighting:
    """A small image about the target: what tells where the region would lie in a larger one."""

    seen: Acquisition
    orbit_pass: OrbitPass
    probe: RadarGeometry

    @property
    def after_node_s(self) -> float:
        return self.orbit_pass.seconds_at(self.seen.moment)


def _window(sighting: _Sighting, part: Part, imaging: Imaging) -> Window:
    swath = sighting.seen.swath
    near = -_pixels_from_near_edge(sighting.seen)
    far = near + swath.full_pixels
    if imaging.full_swath:
        first_line = -(swath.full_lines // 2)
        return Window(first_line, first_line + swath.full_lines, near, far)
    position = _positions(sighting, part, near, far)
    margin_px = MARGIN_M / swath.spacing_m
    low_line, low_pixel = position.min(axis=0) - margin_px
    high_line, high_pixel = position.max(axis=0) + margin_px
    return Window(*_side(low_line, high_line), *_side(max(low_pixel, near), min(high_pixel, far)))


def _side(low: float, high: float) -> tuple[int, int]:
    """First and last (excluded) of a side, long enough and not too long, about the target at 0."""
    first, last = math.floor(low), math.ceil(high)
    if last - first > LARGEST_SIDE_PX:
        first = min(max(first, -LARGEST_SIDE_PX // 2), last - LARGEST_SIDE_PX)
        last = first + LARGEST_SIDE_PX
    return first, max(last, first + SMALLEST_SIDE_PX)


def _pixels_from_near_edge(seen: Acquisition) -> int:
    """Pixels between the swath's near edge and the target."""
    swath = seen.swath
    offsets = np.linspace(0, swath.full_pixels, INCIDENCE_SAMPLES)
    inner = [incidence_after_deg(swath.near_incidence_deg, at * swath.spacing_m) for at in offsets]
    return int(np.interp(seen.target_incidence_deg, inner, offsets))


def _positions(sighting: _Sighting, part: Part, near: int, far: int) -> Points:
    """Lines and ground pixels of the region's border, counted from the target, (n, 2).

    What lies beside the swath, which reaches from pixel `near` to `far`, is put on its edge.
    """
    target, height_m = sighting.seen.target, sighting.seen.height_m
    border = shapely.get_coordinates(shapely.segmentize(part.region.exterior, EDGE_STEP_M))
    lonlat = np.vstack([[target.longitude_deg, target.latitude_deg], _lonlat(border)])
    ecef = ecef_of(lonlat, np.full(len(lonlat), height_m))
    line, slant_range = sighting.probe.to_line_and_range(ecef).T
    nearest, farthest = (_range_beside(sighting, slant_range[0], edge) for edge in (near, far))
    arcs = _arcs_m(sighting, np.clip(slant_range, nearest, farthest))
    return np.column_stack([line - line[0], (arcs - arcs[0]) / sighting.seen.swath.spacing_m])[1:]


def _range_beside(sighting: _Sighting, slant_range_m: float, pixels: int) -> float:
    """The slant range so many pixels beyond another."""
    seen, width_m = sighting.seen, -pixels * sighting.seen.swath.spacing_m
    return near_range_m(
        sighting.orbit_pass, sighting.after_node_s, slant_range_m, width_m, seen.height_m
    )


def _arcs_m(sighting: _Sighting, slant_range_m: Points) -> Points:
    """Ground range from the nearest of the slant ranges to each, (n,)."""
    order, arcs = np.argsort(slant_range_m), np.empty(len(slant_range_m))
    arcs[order] = ground_arc_m(
        sighting.orbit_pass,
        sighting.after_node_s,
        slant_range_m[order],
        sighting.seen.height_m,
    )
    return arcs


def _lonlat(xy: Points) -> Points:
    return np.column_stack(_TO_LONLAT.transform(xy[:, 0], xy[:, 1]))
