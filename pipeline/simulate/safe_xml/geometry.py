"""The parts of the annotation that place the image: orbit, polynomials, grid, seams."""

from __future__ import annotations

from pipeline.geometry.range_doppler import SPEED_OF_LIGHT_M_S
from pipeline.safe.annotation import Annotation, Floats
from pipeline.simulate.safe_xml.values import (
    Element,
    double,
    doubles,
    element,
    listed,
    moment,
    text,
)
from pipeline.simulate.subswaths import BeamBlock, beam_blocks


def orbit_list(annotation: Annotation) -> Element:
    orbit = annotation.orbit
    states = zip(orbit.times_s, orbit.positions_m, orbit.velocities_m_s, strict=True)
    return listed(
        "orbitList",
        (
            element(
                "orbit",
                moment("time", annotation.epoch, float(time)),
                text("frame", "Earth Fixed"),
                _axes("position", position),
                _axes("velocity", velocity),
            )
            for time, position, velocity in states
        ),
    )


def terrain_heights(annotation: Annotation) -> Element:
    times = (annotation.first_line_s, annotation.last_line_s)
    return listed(
        "terrainHeightList",
        (
            element(
                "terrainHeight",
                moment("azimuthTime", annotation.epoch, time),
                double("value", annotation.terrain_height_m),
            )
            for time in times
        ),
    )


def geolocation_grid(annotation: Annotation) -> Element:
    grid = annotation.geolocation
    points = (_grid_point(annotation, row, column) for row, column in _indices(grid.lines.shape))
    return element("geolocationGrid", listed("geolocationGridPointList", points))


def coordinate_conversion(annotation: Annotation) -> Element:
    rows = range(len(annotation.ground_range.times_s))
    return element(
        "coordinateConversion",
        listed("coordinateConversionList", (_conversion(annotation, row) for row in rows)),
    )


def swath_merging(annotation: Annotation) -> Element:
    """The rectangles of each beam, as the noise's azimuth blocks have them."""
    blocks = beam_blocks(annotation)
    names = dict.fromkeys(block.beam.name for block in blocks)
    merges = (
        element(
            "swathMerge",
            text("swath", name),
            listed(
                "swathBoundsList",
                (_bounds(annotation, block) for block in blocks if block.beam.name == name),
            ),
        )
        for name in names
    )
    return element("swathMerging", listed("swathMergeList", merges))


def _indices(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(row, column) for row in range(shape[0]) for column in range(shape[1])]


def _axes(tag: str, vector: Floats) -> Element:
    return element(tag, *(double(axis, float(v)) for axis, v in zip("xyz", vector, strict=True)))


def _grid_point(annotation: Annotation, row: int, column: int) -> Element:
    grid, at = annotation.geolocation, (row, column)
    return element(
        "geolocationGridPoint",
        moment("azimuthTime", annotation.epoch, float(grid.azimuth_times_s[at])),
        double("slantRangeTime", grid.slant_range_times_s[at]),
        text("line", grid.lines[at]),
        text("pixel", grid.pixels[at]),
        double("latitude", grid.latitudes_deg[at]),
        double("longitude", grid.longitudes_deg[at]),
        double("height", grid.heights_m[at]),
        double("incidenceAngle", grid.incidence_deg[at]),
        double("elevationAngle", grid.elevation_deg[at]),
    )


def _conversion(annotation: Annotation, row: int) -> Element:
    conversion = annotation.ground_range
    return element(
        "coordinateConversion",
        moment("azimuthTime", annotation.epoch, float(conversion.times_s[row])),
        double("slantRangeTime", 2 * conversion.sr0_m[row] / SPEED_OF_LIGHT_M_S),
        double("sr0", conversion.sr0_m[row]),
        doubles("srgrCoefficients", conversion.srgr[row]),
        double("gr0", conversion.gr0_m[row]),
        doubles("grsrCoefficients", conversion.grsr[row]),
    )


def _bounds(annotation: Annotation, block: BeamBlock) -> Element:
    first_s = block.first_line * annotation.line_interval_s
    return element(
        "swathBounds",
        moment("azimuthTime", annotation.epoch, first_s),
        text("firstAzimuthLine", block.first_line),
        text("firstRangeSample", block.first_pixel),
        text("lastAzimuthLine", block.last_line),
        text("lastRangeSample", block.last_pixel),
    )
