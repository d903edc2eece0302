"""The annotation of one polarisation, from the XML of a product."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt

from pipeline.safe.annotation import (
    Annotation,
    Floats,
    GeolocationGrid,
    GroundRangeConversion,
    OrbitStates,
)
from pipeline.safe.header import Header, read_header
from pipeline.safe.order import Parsed, growing_order
from pipeline.safe.xml import XmlNode, parse_xml

Integers = npt.NDArray[np.int64]

LARGEST_SIDE_PX = 100_000  # an IW GRDH scene has 26,000 by 16,700
FEWEST_STATES = 4
ORBIT_RADIUS_M = (6.8e6, 7.4e6)  # Sentinel-1 flies 693 km above the ground
ORBIT_SPEED_M_S = (6.5e3, 8.5e3)
SLANT_RANGE_M = (6.0e5, 1.4e6)
# A state's velocity against the way flown to the next one: in 10 s they differ by 0.1 m/s.
VELOCITY_TOLERANCE_M_S = 20.0
PASSES = ("ASCENDING", "DESCENDING")


def parse_annotation(content: bytes, where: str) -> Parsed[Annotation]:
    """The annotation in `content`; `where` names its file. Raises SceneError."""
    return annotation_of(parse_xml(content, where))


def annotation_of(root: XmlNode) -> Parsed[Annotation]:
    """The annotation below a parsed root; raises SceneError."""
    header = read_header(root)
    image = root.child("imageAnnotation/imageInformation")
    epoch = image.moment("productFirstLineUtcTime")
    orbit = _orbit(root, epoch)
    ground_range = _ground_range(root, epoch)
    value = _assemble(root, header, orbit.value, ground_range.value)
    _check_image(value, root)
    _check_orbit(value, root)
    _check_ranges(value, root)
    return Parsed(value, orbit.notes + ground_range.notes)


def _assemble(
    root: XmlNode, header: Header, orbit: OrbitStates, ground_range: GroundRangeConversion
) -> Annotation:
    image = root.child("imageAnnotation/imageInformation")
    epoch = image.moment("productFirstLineUtcTime")
    last_line_s = _seconds(image, "productLastLineUtcTime", epoch)
    geolocation = _geolocation(root, epoch)
    return Annotation(
        platform=header.platform,
        mode=header.mode,
        product_type=header.product_type,
        polarisation=header.polarisation,
        pass_direction=root.text("generalAnnotation/productInformation/pass").upper(),
        absolute_orbit=header.absolute_orbit,
        datatake=header.datatake,
        epoch=epoch,
        start_s=(header.start - epoch).total_seconds(),
        stop_s=(header.stop - epoch).total_seconds(),
        lines=image.integer("numberOfLines"),
        pixels=image.integer("numberOfSamples"),
        first_line_s=0.0,
        line_interval_s=image.number("azimuthTimeInterval"),
        last_line_s=last_line_s,
        pixel_spacing_m=image.number("rangePixelSpacing"),
        line_spacing_m=image.number("azimuthPixelSpacing"),
        slant_range_time_s=image.number("slantRangeTime"),
        incidence_mid_swath_deg=image.number("incidenceAngleMidSwath"),
        orbit=orbit,
        ground_range=ground_range,
        geolocation=geolocation,
        terrain_height_m=_terrain_height(root, epoch, last_line_s, geolocation),
    )


def _seconds(node: XmlNode, path: str, epoch: datetime) -> float:
    return (node.moment(path) - epoch).total_seconds()


def _column(nodes: list[XmlNode], path: str) -> Floats:
    return np.array([node.number(path) for node in nodes], dtype=np.float64)


def _whole_column(nodes: list[XmlNode], path: str) -> Integers:
    return np.array([node.integer(path) for node in nodes], dtype=np.int64)


def _times(nodes: list[XmlNode], path: str, epoch: datetime) -> Floats:
    return np.array([_seconds(node, path, epoch) for node in nodes], dtype=np.float64)


def _orbit(root: XmlNode, epoch: datetime) -> Parsed[OrbitStates]:
    states = root.listed("generalAnnotation/orbitList", "orbit")
    if len(states) < FEWEST_STATES:
        raise root.fault(f"has {len(states)} state vectors, {FEWEST_STATES} are needed.")
    frames = {state.text("frame") for state in states}
    if frames != {"Earth Fixed"}:
        raise root.fault(f"gives state vectors in the frame {', '.join(sorted(frames))[:40]!r}.")
    times = _times(states, "time", epoch)
    order = growing_order(times, root, "orbitList")
    position, velocity = (
        np.column_stack([_column(states, f"{kind}/{axis}") for axis in "xyz"])[order.value]
        for kind in ("position", "velocity")
    )
    return Parsed(OrbitStates(times[order.value], position, velocity), order.notes)


def _ground_range(root: XmlNode, epoch: datetime) -> Parsed[GroundRangeConversion]:
    path = "coordinateConversion/coordinateConversionList"
    sets = root.listed(path, "coordinateConversion")
    if not sets:
        raise root.fault("has no conversion from ground range to slant range.")
    times = _times(sets, "azimuthTime", epoch)
    order = growing_order(times, root, "coordinateConversionList")
    value = GroundRangeConversion(
        times_s=times[order.value],
        sr0_m=_column(sets, "sr0")[order.value],
        srgr=_polynomials(sets, "srgrCoefficients", root)[order.value],
        gr0_m=_column(sets, "gr0")[order.value],
        grsr=_polynomials(sets, "grsrCoefficients", root)[order.value],
    )
    return Parsed(value, order.notes)


def _polynomials(sets: list[XmlNode], path: str, root: XmlNode) -> Floats:
    rows = [node.numbers(path) for node in sets]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        raise root.fault(f"its <{path}> differ in length or are too short.")
    table = np.vstack(rows)
    if not np.isfinite(table).all():
        raise root.fault(f"its <{path}> are not all finite.")
    return table


def _geolocation(root: XmlNode, epoch: datetime) -> GeolocationGrid:
    path = "geolocationGrid/geolocationGridPointList"
    points = root.listed(path, "geolocationGridPoint")
    lines, pixels = _whole_column(points, "line"), _whole_column(points, "pixel")
    order = np.lexsort((pixels, lines))
    shape = (len(np.unique(lines)), len(np.unique(pixels)))
    _check_rectangle(lines[order], pixels[order], shape, root)
    grid = GeolocationGrid(
        lines[order].reshape(shape),
        pixels[order].reshape(shape),
        _times(points, "azimuthTime", epoch)[order].reshape(shape),
        *(
            _column(points, name)[order].reshape(shape)
            for name in (
                "slantRangeTime",
                "latitude",
                "longitude",
                "height",
                "incidenceAngle",
                "elevationAngle",
            )
        ),
    )
    _check_geolocation(grid, root)
    return grid


def _check_rectangle(
    lines: Integers, pixels: Integers, shape: tuple[int, int], root: XmlNode
) -> None:
    if min(shape) < 2 or shape[0] * shape[1] != len(lines):
        raise root.fault(f"its {len(lines)} geolocation points fill no grid.")
    rows, columns = lines.reshape(shape), pixels.reshape(shape)
    if (rows != rows[:, :1]).any() or (columns != columns[:1]).any():
        raise root.fault("its geolocation points fill no grid.")


def _check_geolocation(grid: GeolocationGrid, root: XmlNode) -> None:
    if (np.abs(grid.latitudes_deg) > 90).any() or (np.abs(grid.longitudes_deg) > 180).any():
        raise root.fault("its geolocation points are not on the globe.")
    if (np.diff(grid.azimuth_times_s, axis=0) <= 0).any():
        raise root.fault("the times of its geolocation points do not grow with the lines.")
    if (np.diff(grid.slant_range_times_s, axis=1) <= 0).any():
        raise root.fault("the ranges of its geolocation points do not grow with the pixels.")


def _terrain_height(root: XmlNode, epoch: datetime, last_s: float, grid: GeolocationGrid) -> float:
    """Mean of the heights at times within the image (beyond it the processor extrapolates them)."""
    parent = root.find("generalAnnotation/terrainHeightList")
    if parent is None:
        return float(grid.heights_m.mean())
    entries = root.listed("generalAnnotation/terrainHeightList", "terrainHeight")
    times, heights = _times(entries, "azimuthTime", epoch), _column(entries, "value")
    inside = (times >= 0.0) & (times <= last_s)
    return float((heights[inside] if inside.any() else grid.heights_m).mean())


def _check_image(value: Annotation, root: XmlNode) -> None:
    if not all(0 < side <= LARGEST_SIDE_PX for side in (value.lines, value.pixels)):
        raise root.fault(f"says that the image has {value.lines} lines of {value.pixels} pixels.")
    steps = (value.line_interval_s, value.pixel_spacing_m, value.line_spacing_m)
    if min(*steps, value.slant_range_time_s) <= 0:
        raise root.fault("has a line interval, spacing or range that is not positive.")
    if value.pass_direction not in PASSES:
        raise root.fault(f"has the unknown pass {value.pass_direction[:20]!r}.")
    projection = root.text("generalAnnotation/productInformation/projection")
    if projection != "Ground Range":
        raise root.fault(f"is in {projection[:20]!r}.", "Use a GRD product.")
    drift_s = abs(value.last_line_s - (value.lines - 1) * value.line_interval_s)
    if drift_s > value.line_interval_s:
        raise root.fault(
            f"its clock contradicts itself: first line, last line and {value.lines} intervals "
            f"disagree by {drift_s:.4f} s."
        )


@np.errstate(over="ignore", invalid="ignore")  # absurd numbers become infinite, and are refused
def _check_orbit(value: Annotation, root: XmlNode) -> None:
    orbit = value.orbit
    if orbit.times_s[0] > value.first_line_s or orbit.times_s[-1] < value.last_line_s:
        raise root.fault(
            f"its state vectors ({orbit.times_s[0]:.1f} to {orbit.times_s[-1]:.1f} s) do not cover "
            f"the image ({value.first_line_s:.1f} to {value.last_line_s:.1f} s)."
        )
    radius = np.linalg.norm(orbit.positions_m, axis=1)
    speed = np.linalg.norm(orbit.velocities_m_s, axis=1)
    if not (_within(radius, ORBIT_RADIUS_M) and _within(speed, ORBIT_SPEED_M_S)):
        raise root.fault("its state vectors are not on Sentinel-1's orbit.")
    flown = np.diff(orbit.positions_m, axis=0) / np.diff(orbit.times_s)[:, None]
    between = (orbit.velocities_m_s[1:] + orbit.velocities_m_s[:-1]) / 2
    if not np.abs(flown - between).max() <= VELOCITY_TOLERANCE_M_S:
        raise root.fault("the times of its state vectors contradict their positions.")


@np.errstate(over="ignore", invalid="ignore")
def _check_ranges(value: Annotation, root: XmlNode) -> None:
    conversion = value.ground_range
    far_m = (value.pixels - 1) * value.pixel_spacing_m
    ends = np.array(
        [
            np.polynomial.polynomial.polyval(ground - gr0, row)
            for gr0, row in zip(conversion.gr0_m, conversion.grsr, strict=True)
            for ground in (0.0, far_m)
        ]
    ).reshape(-1, 2)
    if not _within(ends.ravel(), SLANT_RANGE_M) or (ends[:, 1] < ends[:, 0]).any():
        raise root.fault("its conversion from ground range leads to impossible slant ranges.")


def _within(values: npt.NDArray[np.float64], limits: tuple[float, float]) -> bool:
    return bool(((values >= limits[0]) & (values <= limits[1])).all())
