"""The boxes that are asked for miss no footprint over a region, however an archive holds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import Polygon, box
from shapely.affinity import rotate, translate

from catalog.geometry import polygon_to_lonlat
from catalog.shelf import Part, all_parts, find_part
from pipeline.discovery.regions import query_boxes

to_globe = Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)


@st.composite
def scenes_over_parts(draw: st.DrawFn) -> tuple[Part, Polygon]:
    """A part, and a scene of 400 km by 300 km that covers one corner of its region at least."""
    part = draw(st.sampled_from(all_parts()))
    x, y = draw(st.sampled_from(list(part.region.exterior.coords)))
    dx, dy = draw(st.floats(-395_000, -5_000)), draw(st.floats(-295_000, -5_000))
    scene = translate(box(0, 0, 400_000, 300_000), x + dx, y + dy)
    return part, rotate(scene, draw(st.floats(0, 360)), origin=(x, y))


@given(scenes_over_parts())
def test_a_footprint_that_is_cut_at_the_antimeridian_is_found(given: tuple[Part, Polygon]) -> None:
    part, scene = given
    held = polygon_to_lonlat(scene)
    assert any(held.intersects(box(*asked)) for asked in query_boxes(part.region))


@given(scenes_over_parts())
def test_a_footprint_that_was_torn_is_found_by_its_detour(given: tuple[Part, Polygon]) -> None:
    part, scene = given
    held = Polygon([to_globe.transform(*corner) for corner in scene.exterior.coords])
    assert any(
        held.exterior.intersects(box(*a)) or held.buffer(0).intersects(box(*a))
        for a in query_boxes(part.region)
    )


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_boxes_are_boxes_on_the_globe(part: Part) -> None:
    for west, south, east, north in query_boxes(part.region):
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= -50


def test_a_region_far_from_the_antimeridian_is_one_box() -> None:
    assert len(query_boxes(find_part("Amery").region)) == 1


def test_the_ross_shelf_is_asked_for_on_both_sides_and_at_greenwich() -> None:
    boxes = sorted(b for name in ("Ross", "Ross1", "Ross2", "Ross3") for b in _boxes_of(name))
    assert boxes[0][0] == -180.0
    assert max(b[2] for b in boxes) == 180.0
    assert any(b[0] == -0.5 and b[2] == 0.5 for b in boxes)


def _boxes_of(name: str) -> tuple[tuple[float, float, float, float], ...]:
    parts = [part for part in all_parts() if part.name == name]
    return tuple(b for part in parts for b in query_boxes(part.region))
