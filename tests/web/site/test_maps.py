from __future__ import annotations

import re
from itertools import combinations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from shapely import LineString, MultiLineString

from tests.web.site.samples import amery, annual, monthly, ross, shelf_content
from web.site.basemap import load_basemap
from web.site.front_map import front_map, locator, mapped_fronts
from web.site.labels import Place, place_labels
from web.site.plane import Window, from_lonlat, meridian, parallel, to_lonlat, window_around
from web.site.polar_map import MappedShelf, polar_map
from web.site.series import kinds_of

SOUTH_POLE_ELEVATED = shapely.Point(0, 0)
LARSEN_LINE = MultiLineString([[(-2_200_000, 1_200_000), (-2_100_000, 1_000_000)]])


def mapped(name: str, change: float | None, x: float, y: float) -> MappedShelf:
    line = MultiLineString([[(x, y), (x + 50_000, y + 20_000)]])
    return MappedShelf(name, f"shelves/{name}/index.html", line, change, "2015\u20132026")


SHELVES = [
    mapped("Larsen C", -5800.0, -2_200_000, 1_200_000),
    mapped("Ronne", 1200.0, -1_100_000, 700_000),
    mapped("Amery", 0.0, 2_000_000, 700_000),
    mapped("Ross", None, 0, -1_300_000),
]


def test_the_basemap_has_grounded_ice_within_the_ice_and_the_pole_on_it() -> None:
    basemap = load_basemap()
    mainland, grounded = basemap.ice[0], basemap.grounded[0]
    assert grounded.contains(SOUTH_POLE_ELEVATED)
    assert grounded.difference(mainland.buffer(5_000)).area < 0.001 * grounded.area
    # Fretwell et al. 2013: 13.9 million km2 with shelves, of which 1.6 million km2 float.
    assert mainland.area / 1e12 == pytest.approx(13.9, rel=0.04)
    assert (mainland.area - grounded.area) / 1e12 == pytest.approx(1.5, rel=0.15)


def test_a_simpler_basemap_is_smaller_and_keeps_the_shape() -> None:
    full, simple = load_basemap(), load_basemap().simplified(5_000, 400)
    assert len(simple.ice) < len(full.ice)
    assert simple.ice[0].symmetric_difference(full.ice[0]).area < 0.01 * full.ice[0].area


@given(st.floats(min_value=-180, max_value=180), st.floats(min_value=-89, max_value=-60))
def test_the_plane_and_the_globe_agree_both_ways(longitude: float, latitude: float) -> None:
    back = to_lonlat(*from_lonlat(longitude, latitude))
    assert back[1] == pytest.approx(latitude, abs=1e-6)
    assert abs((back[0] - longitude + 180) % 360 - 180) < 1e-6


def test_parallels_are_circles_and_meridians_are_straight() -> None:
    radius = abs(from_lonlat(0, -70)[1])
    assert all(shapely.Point(c).distance(shapely.Point(0, 0)) == pytest.approx(radius)
               for c in parallel(-70).coords)  # fmt: skip
    x, y = from_lonlat(30, -75)
    assert meridian(30, -85, -60).distance(shapely.Point(x, y)) < 1.0


def test_north_is_up_on_the_page_where_y_grows_downwards() -> None:
    window = Window(0, 0, 1000, 100, 80)
    assert window.pixel(0, 10_000) == (50, 30)


def test_a_window_holds_what_it_is_made_around() -> None:
    window = window_around((0, 0, 300_000, 50_000), 1080, 500, 0.1, 20.0)
    assert window.outline().contains(shapely.box(0, 0, 300_000, 50_000))


def test_every_shelf_is_a_link_with_its_change_in_words() -> None:
    svg = etree.fromstring(str(polar_map(SHELVES, "Map", "Circles")))
    links = {a.get("href"): a.findtext("title") for a in svg.iter("a")}
    assert links["shelves/Larsen C/index.html"] == (
        "Larsen C: \u22125\u2009800\u2009km², 2015\u20132026"
    )
    assert links["shelves/Ross/index.html"] == "Ross: no change in area known"
    assert svg.get("role") == "group"


def test_the_colour_of_a_circle_is_the_sign_and_its_area_the_change() -> None:
    svg = etree.fromstring(str(polar_map(SHELVES, "Map", "Circles")))
    wide = next(g for g in svg.iter("g") if "wide" in (g.get("class") or ""))
    circles = {
        a.get("href", "").split("/")[1]: circle
        for a in wide.iter("a")
        for circle in a.iter("circle")
    }
    signs = {name: (circle.get("class") or "").split()[1] for name, circle in circles.items()}
    assert signs == {"Larsen C": "loss", "Ronne": "gain", "Amery": "none", "Ross": "none"}
    radii = {name: float(circle.get("r", "")) for name, circle in circles.items()}
    assert (radii["Larsen C"] / radii["Ronne"]) ** 2 == pytest.approx(5800 / 1200, rel=0.02)


def test_a_map_without_any_shelf_is_still_a_map() -> None:
    svg = etree.fromstring(str(polar_map([], "Map", "Nothing yet")))
    assert not list(svg.iter("a"))


SPOTS = st.lists(
    st.tuples(st.integers(60, 740), st.integers(60, 540)), min_size=1, max_size=25, unique=True
)


@given(SPOTS)
def test_names_never_stand_on_one_another_nor_beside_the_map(
    spots: list[tuple[int, int]],
) -> None:
    frame = shapely.box(0, 0, 800, 600)
    places = [Place(f"Shelf {i}", (x, y), 5.0, (1.0, 0.0)) for i, (x, y) in enumerate(spots)]
    labels = place_labels(places, 14.0, shapely.box(300, 200, 500, 400), frame)
    assert all(frame.contains(label.box) for label in labels.values())
    for one, other in combinations(labels.values(), 2):
        assert not one.box.intersects(other.box)


def test_a_name_stands_off_the_ice_where_there_is_room() -> None:
    ice = shapely.box(0, 0, 400, 600)
    place = Place("Ross", (400.0, 300.0), 5.0, (1.0, 0.0))
    label = place_labels([place], 14.0, ice, shapely.box(0, 0, 800, 600))[0]
    assert label.box.intersection(ice).area < 0.2 * label.box.area


def test_the_map_of_a_shelf_has_a_line_and_a_legend_entry_for_each_year() -> None:
    (kind,) = kinds_of(ross())
    drawn = front_map(kind, "Ross Ice Shelf")
    assert drawn is not None
    svg = etree.fromstring(str(drawn.svg))
    lines = [n for n in svg.iter("path") if "dated" in (n.get("class") or "").split()]
    assert len(lines) == len(drawn.legend) == 11
    assert [entry.words for entry in drawn.legend][:2] == ["1998", "1999"]
    assert sum("latest" in (n.get("class") or "") for n in lines) == 1


def test_colours_run_from_the_first_to_the_last_step_of_the_ramp() -> None:
    (kind,) = kinds_of(ross())
    drawn = front_map(kind, "Ross Ice Shelf")
    assert drawn is not None
    steps = [int(entry.colour.removeprefix("d")) for entry in drawn.legend]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, 19)


def test_a_short_series_is_mapped_whole_and_a_long_one_by_year() -> None:
    (short,) = kinds_of(amery())
    many = [monthly(m, 1.0, year=y) for y in range(2015, 2026) for m in range(1, 13)]
    (long,) = kinds_of(shelf_content("Amery", many))
    assert len(mapped_fronts(short)) == 8
    assert len(mapped_fronts(long)) == 11


def test_meridians_are_named_on_both_sides_of_180_degrees() -> None:
    line = MultiLineString([[(-300_000, -1_300_000), (300_000, -1_310_000)]])
    (kind,) = kinds_of(shelf_content("Ross", [annual(2020, line=line), annual(2021, line=line)]))
    drawn = front_map(kind, "Ross")
    assert drawn is not None
    names = re.findall(r">(\d+°(?: [EW])?)<", str(drawn.svg))
    assert any(name.endswith("E") for name in names)
    assert any(name.endswith("W") for name in names)
    assert "180°" in names


def test_a_front_of_two_vertices_close_together_does_not_break_the_map() -> None:
    tiny = MultiLineString([LineString([(2_000_000, 700_000), (2_000_001, 700_001)])])
    (kind,) = kinds_of(shelf_content("Amery", [monthly(1, 1.0, line=tiny)]))
    assert front_map(kind, "Amery") is not None


def test_the_locator_marks_the_shelf() -> None:
    svg = etree.fromstring(str(locator([LARSEN_LINE], "Larsen C")))
    mark = next(svg.iter("circle"))
    assert float(mark.get("cx", "")) < 40
    assert float(mark.get("cy", "")) < 60
