from __future__ import annotations

import pytest
from shapely import Point

from catalog.corridor import corridors_of
from catalog.errors import UnknownUnit
from catalog.front import UNIT_PATTERN
from catalog.shelf import Unit, all_parts, find_unit
from catalog.vanished_shelves import find_charted_unit, vanished_units


@pytest.mark.parametrize("text", ["LarsenB", "Larsen_B", "larsen b ice shelf", "LARSEN B"])
def test_a_vanished_shelf_is_found_however_it_is_written(text: str) -> None:
    assert find_charted_unit(text).name == "LarsenB"


def test_units_of_the_table_are_found_as_ever() -> None:
    assert find_charted_unit("getz 1") == find_unit("Getz1")


@pytest.mark.parametrize("text", ["Larsen_D", "Atlantis"])
def test_what_is_on_no_chart_is_refused_as_ever(text: str) -> None:
    with pytest.raises(UnknownUnit, match="is no shelf or part of the table"):
        find_charted_unit(text)


@pytest.mark.parametrize("unit", vanished_units(), ids=lambda unit: unit.name)
def test_a_vanished_shelf_is_none_of_the_parts_and_overlaps_none(unit: Unit) -> None:
    assert UNIT_PATTERN.fullmatch(unit.name)
    assert unit.name not in {part.name for part in all_parts()}
    assert all(unit.region.intersection(part.region).area < 1e6 for part in all_parts())


@pytest.mark.parametrize("unit", vanished_units(), ids=lambda unit: unit.name)
def test_its_region_lies_to_the_left_of_its_reference_and_has_paths(unit: Unit) -> None:
    assert unit.region.is_valid
    assert unit.region.boundary.covers(unit.reference)
    (corridor,) = corridors_of(unit)
    assert all(unit.region.covers(Point(p)) for p in corridor.points_at(0.5 * corridor.depth_m))


@pytest.mark.parametrize(
    ("name", "place"), [("LarsenB", (-60.5, -65.4)), ("Wordie", (-67.75, -69.25))]
)
def test_a_region_lies_where_its_shelf_did(name: str, place: tuple[float, float]) -> None:
    from pyproj import Transformer

    to_polar = Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)
    assert find_charted_unit(name).region.contains(Point(to_polar.transform(*place)))
