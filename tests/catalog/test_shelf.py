from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point

from catalog.errors import UnknownUnit
from catalog.front import UNIT_PATTERN
from catalog.shelf import (
    Part,
    all_parts,
    all_shelves,
    find_part,
    find_shelf,
    find_unit,
    name_key,
    reference_of,
    unit_slug,
)

PARTS = [
    "Abbot1", "Abbot2", "Amery", "Bach", "Baudouin1", "Baudouin2", "Baudouin3", "Brunt1", "Brunt2",
    "Cook", "Cosgrove", "Crosson", "David", "Denman", "Dotson", "Ekstromisen", "Filchner",
    "Fimbul1", "Fimbul2", "Fimbul3", "GeorgeNorth", "GeorgeSouth", "Getz1", "Getz2", "Getz3",
    "Holmes", "Jelbart", "LarsenC", "Lazarev", "Mertz", "Moskow", "Nickerson", "PineIsland",
    "Quarisen", "Riiser1", "Riiser2", "Ronne1", "Ronne2", "Ross1", "Ross2", "Ross3", "Shackleton",
    "Stange", "Sulzberger", "Thwaites1", "Thwaites2", "Totten", "Venable", "West1", "West2",
    "Wilkins",
]  # fmt: skip
GREENE_NAMES = {
    "Abbot": "Abbot", "Baudouin": "Baudouin", "Cook": "Cook", "Cosgrove": "Cosgrove",
    "Crosson": "Crosson", "Dotson": "Dotson", "Eastern_Ross": "EasternRoss",
    "Filchner": "Filchner", "Fimbul": "Fimbul", "George_VI": "George", "Getz": "Getz",
    "Larsen_C": "LarsenC", "Moscow_University": "Moskow", "Nickerson": "Nickerson",
    "Pine_Island": "PineIsland", "Ronne": "Ronne", "Stange": "Stange",
    "Sulzberger": "Sulzberger", "West": "West", "Western_Ross": "WesternRoss",
}  # fmt: skip
# Where each lies, in degrees east and north, to catch a region on the wrong coast.
SOMEWHERE_IN = {
    "Amery": (72.5, -69.0), "Brunt2": (-26.0, -75.6), "David": (163.8, -75.4),
    "Denman": (99.6, -66.4), "Ekstromisen": (-8.5, -70.6), "Fimbul3": (-0.5, -70.0),
    "GeorgeNorth": (-68.8, -70.2), "Holmes": (127.0, -66.75), "LarsenC": (-61.5, -67.5),
    "Lazarev": (14.5, -70.0), "Mertz": (145.3, -67.3), "Moskow": (121.5, -66.8),
    "PineIsland": (-101.5, -75.0), "Ross2": (179.0, -77.8), "Shackleton": (96.5, -65.6),
    "Thwaites2": (-106.8, -75.0), "Totten": (116.4, -66.95), "Venable": (-87.3, -73.0),
    "Wilkins": (-72.9, -70.5),
}  # fmt: skip
FLOATING_WITHIN_M = 15_000.0
LARGE_SHELF_M2 = 1e9


def test_the_table_holds_36_shelves_in_51_parts() -> None:
    assert len(all_shelves()) == 36
    assert [part.name for part in all_parts()] == PARTS


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_a_region_is_one_simple_polygon_with_its_reference_on_the_boundary(part: Part) -> None:
    assert part.region.is_valid
    assert len(part.region.exterior.coords) - 1 <= 12
    assert part.region.exterior.covers(part.reference)


@pytest.mark.parametrize("part", all_parts(), ids=lambda part: part.name)
def test_the_region_lies_to_the_left_of_its_reference(part: Part) -> None:
    start, end = part.reference.coords[0], part.reference.coords[1]
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    left = (start[1] - end[1], end[0] - start[0])
    assert part.region.contains(Point(middle[0] + left[0] / 100, middle[1] + left[1] / 100))


def test_regions_of_different_parts_do_not_overlap() -> None:
    parts = all_parts()
    tree = shapely.STRtree([part.region for part in parts])
    pairs = tree.query([part.region for part in parts], predicate="intersects").T
    common = {
        (parts[a].name, parts[b].name): parts[a].region.intersection(parts[b].region).area
        for a, b in pairs
        if a < b
    }
    assert {pair: area for pair, area in common.items() if area > 1e6} == {}


@pytest.mark.parametrize("name", SOMEWHERE_IN)
def test_a_region_lies_where_its_shelf_does(name: str) -> None:
    from pyproj import Transformer

    to_polar = Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)
    assert find_part(name).region.contains(Point(to_polar.transform(*SOMEWHERE_IN[name])))


def test_no_name_means_two_units() -> None:
    owners: dict[str, set[str]] = {}
    for shelf in all_shelves():
        shelf_unit = find_unit(shelf.name).name
        for name in (shelf.name, *shelf.aliases):
            owners.setdefault(name_key(name), set()).add(shelf_unit)
        for part in (*shelf.parts, *shelf.sections):
            for name in (part.name, *part.aliases):
                owners.setdefault(name_key(name), set()).add(part.name)
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_every_unit_name_can_stand_in_an_item_id() -> None:
    names = [p.name for s in all_shelves() for p in (*s.parts, *s.sections)]
    names += [shelf.name for shelf in all_shelves()]
    assert all(UNIT_PATTERN.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    ("text", "unit", "shelf"),
    [
        ("Getz1", "Getz1", "Getz"),
        ("getz 1", "Getz1", "Getz"),
        ("Getz", "Getz", "Getz"),
        ("Moscow_University", "Moskow", "Moskow"),
        ("Brunt_Stancomb", "Brunt", "Brunt"),
        ("George VI Ice Shelf", "George", "George"),
        ("Larsen C", "LarsenC", "LarsenC"),
        ("LARSEN-C", "LarsenC", "LarsenC"),
        ("Ekström Ice Shelf", "Ekstromisen", "Ekstromisen"),
        ("Quar", "Quarisen", "Quarisen"),
        ("Eastern_Ross", "EasternRoss", "Ross"),
        ("Drygalski Ice Tongue", "David", "David"),
    ],
)
def test_a_unit_is_found_however_its_name_is_written(text: str, unit: str, shelf: str) -> None:
    found = find_unit(text)
    assert (found.name, found.shelf) == (unit, shelf)


@given(st.sampled_from(PARTS), st.lists(st.sampled_from(["", "_", " "]), min_size=12))
def test_case_and_separators_do_not_matter(name: str, separators: list[str]) -> None:
    spelled = "".join(f"{letter}{gap}" for letter, gap in zip(name, separators, strict=False))
    assert find_unit(spelled.upper()).name == name
    assert find_unit(spelled.lower()).name == name


def test_an_unknown_name_is_refused_with_near_ones() -> None:
    with pytest.raises(UnknownUnit, match=r"Did you mean .*Thwaites") as refusal:
        find_unit("Thwaits")
    assert "Thwaits" in refusal.value.fault


def test_a_numbered_glacier_of_other_authors_is_not_taken_for_a_numbered_part() -> None:
    with pytest.raises(UnknownUnit, match="Getz1"):
        find_unit("Getz-1")
    assert unit_slug("Getz-1") == "Getz-1"


def test_larsen_b_is_not_taken_for_larsen_c() -> None:
    with pytest.raises(UnknownUnit):
        find_unit("Larsen_B")


def test_a_shelf_of_several_parts_is_no_part() -> None:
    with pytest.raises(UnknownUnit, match="Getz1, Getz2, Getz3"):
        find_part("Getz")


def test_a_joined_shelf_is_the_union_of_its_parts() -> None:
    for shelf in all_shelves():
        unit = find_unit(shelf.name)
        assert unit.region.area == pytest.approx(sum(part.region.area for part in shelf.parts))
        assert unit.region.boundary.covers(unit.reference)
        apart = shelf.name == "George"
        assert (unit.region.geom_type == "MultiPolygon") == apart
        assert (unit.reference.geom_type == "MultiLineString") == apart


def test_numbered_parts_say_that_they_are_approximate() -> None:
    assert all(part.is_approximate for part in all_parts() if part.name[-1].isdigit())
    assert find_shelf("Getz2").title == "Getz Ice Shelf"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Larsen_B", "LarsenB"),
        ("Conger_Glenzer", "CongerGlenzer"),
        ("79 north", "Unit79North"),
        ("Getz-No-1", "GetzNo-1"),
        ("Ekström-2", "Ekstrom-2"),
        ("Riiser-Larsen", "RiiserLarsen"),
    ],
)
def test_a_shelf_outside_the_table_gets_a_unit_name(text: str, slug: str) -> None:
    assert unit_slug(text) == slug
    assert UNIT_PATTERN.fullmatch(slug)


def test_regions_hold_the_floating_fronts_of_1997_to_2021(shared_data: Path) -> None:
    import geopandas as gpd

    fronts = gpd.read_file(shared_data / "fronts" / "greene2022_fronts_epsg3031.gpkg")
    ice = gpd.read_file(shared_data / "boundaries" / "ne_10m_antarctic_ice_shelves_polys.json")
    ice = ice.to_crs(fronts.crs)
    # The file also follows grounded coast (of Larsen C: the west of the peninsula).
    floating = ice[ice.area > LARGE_SHELF_M2].union_all().buffer(FLOATING_WITHIN_M)
    for name, unit_name in GREENE_NAMES.items():
        unit = find_unit(name)
        assert unit.name == unit_name
        lines = fronts[fronts["shelf"] == name].geometry.intersection(floating)
        held = lines.intersection(unit.region).length / lines.length
        assert held.min() > 0.95, name


def test_references_lie_on_ice_and_seaward_limits_on_the_sea(shared_data: Path) -> None:
    import geopandas as gpd

    boundaries = shared_data / "boundaries"
    land = gpd.read_file(boundaries / "ne_10m_land_antarctica_epsg3031.gpkg")
    shelves = gpd.read_file(boundaries / "ne_10m_antarctic_ice_shelves_polys.json")
    ice = shapely.union_all([*land.geometry, *shelves.to_crs(land.crs).geometry])
    for part in all_parts():
        behind = shapely.intersection(part.reference, ice).length / part.reference.length
        vertices = part.region.exterior.coords[:-1]
        seaward = LineString([p for p in vertices if p not in list(part.reference.coords)])
        ahead = shapely.intersection(seaward, ice).length / seaward.length
        assert behind > 0.7, part.name  # Natural Earth leaves out the Drygalski Ice Tongue
        assert ahead < 0.25, part.name  # islands before the Wilkins Ice Shelf


def test_of_two_fronts_each_region_has_its_reference() -> None:
    unit = find_unit("George")
    assert isinstance(unit.region, MultiPolygon)
    references = [reference_of(region, unit.reference) for region in unit.region.geoms]
    assert len({reference.wkt for reference in references}) == 2
    for region, reference in zip(unit.region.geoms, references, strict=True):
        assert region.exterior.covers(reference)
        assert reference_of(region, reference) is reference
