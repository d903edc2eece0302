"""Footprints of strangers come to lie where they belong, or are refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box
from shapely.affinity import rotate, translate

from catalog.geometry import polygon_to_lonlat
from pipeline.discovery.footprint import footprint_of
from pipeline.discovery.refusal import Unusable

NAN = math.nan
coordinate = st.floats(-2_400_000, 2_400_000).map(lambda value: round(value, 1))
scenes = st.builds(
    lambda x, y, angle: rotate(translate(box(0, 0, 400_000, 300_000), x, y), angle),
    coordinate,
    coordinate,
    st.floats(0, 360),
)


def item(corners: list[Any], kind: str = "Polygon") -> dict[str, Any]:
    rings = corners if kind == "MultiPolygon" else [corners]
    return {"geometry": {"type": kind, "coordinates": rings}}


def torn(scene: Polygon) -> list[list[float]]:
    """Corners in longitude and latitude, joined without a thought for the antimeridian."""
    from pyproj import Transformer

    to_globe = Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
    return [list(to_globe.transform(*corner)) for corner in scene.exterior.coords]


def share_lost(scene: Polygon, found: Any) -> float:
    return float(scene.symmetric_difference(found).area / scene.area)


@given(scenes, st.booleans())
def test_a_ring_that_was_torn_at_the_antimeridian_is_whole_in_the_plane(
    scene: Polygon, is_reversed: bool
) -> None:
    corners = torn(scene)[::-1] if is_reversed else torn(scene)
    assert share_lost(scene, footprint_of(item(corners))) < 1e-6


@given(scenes)
def test_a_footprint_that_was_cut_at_the_antimeridian_is_whole_in_the_plane(scene: Polygon) -> None:
    pieces = polygon_to_lonlat(scene).geoms
    cut = [[[list(p) for p in piece.exterior.coords]] for piece in pieces]
    assert share_lost(scene, footprint_of(item(cut, "MultiPolygon"))) < 1e-4


@given(scenes)
def test_longitudes_may_run_beyond_180(scene: Polygon) -> None:
    corners = [[longitude % 360.0, latitude] for longitude, latitude in torn(scene)]
    assert share_lost(scene, footprint_of(item(corners))) < 1e-6


def test_corners_in_disorder_give_the_outline_around_them() -> None:
    scene = box(1_000_000, 1_000_000, 1_400_000, 1_300_000)
    a, b, c, d, _ = torn(scene)
    assert share_lost(scene, footprint_of(item([a, c, b, d, a]))) < 1e-6


def test_heights_of_corners_are_passed_over() -> None:
    scene = box(1_000_000, 1_000_000, 1_400_000, 1_300_000)
    assert share_lost(scene, footprint_of(item([[*c, 12.0] for c in torn(scene)]))) < 1e-6


def test_without_geometry_the_bbox_counts_also_over_the_antimeridian() -> None:
    outline = footprint_of({"geometry": None, "bbox": [170.0, -78.0, -170.0, -76.0]})
    assert outline is not None
    assert outline.contains(Polygon([(-1e4, -1.4e6), (1e4, -1.4e6), (0, -1.41e6)]))
    assert outline.area == pytest.approx(219_000 * 480_000, rel=0.1)


def test_the_north_is_no_concern_of_ours() -> None:
    assert footprint_of(item([[75.3, 78.2], [91.6, 76.8], [102.7, 80.1], [75.3, 78.2]])) is None


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ({}, "neither geometry nor bbox"),
        ({"geometry": {"type": "Point", "coordinates": [0, -75]}}, "no polygon"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "no polygon"),
        ({"geometry": {"type": "Polygon", "coordinates": ["x"]}}, "no ring"),
        ({"geometry": {"type": "MultiPolygon", "coordinates": [[]]}}, "no ring"),
        (item([[0, -75], [1, -75]]), "fewer than three"),
        (item([[0, -75], [1, -75], ["2", -74]]), "no number"),
        (item([[0, -75], [1, -75], [True, -74]]), "no number"),
        (item([[0, -75], [1, -75], [NAN, -74]]), "leaves the globe"),
        (item([[-75, 160], [-75, 161], [-74, 160]]), "swapped"),
        (item([[-180, -60], [0, -60], [180, -60], [180, -90], [-180, -90]]), "wider"),
        (item([[0, -75]] * 20_000), "no ring"),
        ({"geometry": None, "bbox": [0, 1]}, "no box"),
    ],
)
def test_what_is_no_place_on_the_globe_is_refused(bad: dict[str, Any], fault: str) -> None:
    with pytest.raises(Unusable, match=fault):
        footprint_of(bad)
