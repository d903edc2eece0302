"""Calving events on the pages: in the chart, on the map, in the table, as files."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, affinity, box

from catalog.calving import CalvingEvent, CalvingKind, EventStatus
from catalog.columns import EVENT_COLUMNS
from catalog.front import Interval, Origin
from catalog.lineage import Judgement, Lineage
from catalog.review import Action, DecisionReason
from tests.web.site.samples import (
    amery,
    annual,
    calving,
    monthly,
    ross,
    shelf_content,
    site_content,
)
from web.site.axes import Axis
from web.site.calving_files import events_csv, events_json
from web.site.calving_marks import Plot, calving_marks
from web.site.calving_section import (
    event_numerals,
    event_rows,
    event_shapes,
    events_of,
    events_summary,
)
from web.site.charts import WIDE, area_chart
from web.site.content import ShelfContent
from web.site.plane import Window
from web.site.series import kinds_of, series_of
from web.site.shelf_page import shelf_files
from web.site.words_of_events import lost_words, standing_words, window_words

PLOT = Plot(Axis(0.0, 1e9, 60.0, 960.0), Axis(0.0, 1000.0, 300.0, 24.0), 24.0, 300.0, 60.0, 960.0)


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def with_events(shelf: ShelfContent, *events: CalvingEvent) -> ShelfContent:
    return ShelfContent(shelf.shelf, shelf.released, shelf.working, events)


def page_of(shelf: ShelfContent, tmp_path: Any) -> str:
    return shelf_files(shelf, site_content(tmp_path))[0].content.decode()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-09-12", "2026-09-24", "12–24 Sep 2026"),
        ("2026-09-28", "2026-10-03", "28 Sep – 3 Oct 2026"),
        ("2026-12-20", "2027-01-03", "20 Dec 2026 – 3 Jan 2027"),
        ("2026-09-12T01:00", "2026-09-12T13:00", "12 Sep 2026"),
    ],
)
def test_a_window_is_said_as_shortly_as_it_can_be(start: str, end: str, words: str) -> None:
    assert window_words(calving(start, end)) == words


@pytest.mark.parametrize(
    ("area_km2", "error_km2", "words"),
    [
        (5_812.3, 41.2, "5 812 ± 41"),
        (206.5, 1.9, "206 ± 2"),
        (3.25, 0.04, "3.25 ± 0.04"),
        (3.25, 0.0, "3.2 ± 0.0"),
    ],
)
def test_an_area_has_its_error_beside_it(area_km2: float, error_km2: float, words: str) -> None:
    said = lost_words(calving(area_km2=area_km2, area_uncertainty_km2=error_km2))
    assert said.replace("\u2009", " ") == f"{words} km²"


def test_an_event_says_whether_later_fronts_confirm_it() -> None:
    assert standing_words(calving(confirmed_by=("a", "b"))) == "confirmed by 2 later fronts"
    unconfirmed = calving(status=EventStatus.UNCONFIRMED, confirmed_by=())
    assert standing_words(unconfirmed).startswith("not confirmed yet")


def test_the_table_lists_the_newest_first_and_links_the_fronts_that_it_shows(
    tmp_path: Any,
) -> None:
    old = calving("2020-01-01", "2020-02-01", front_before="Amery_monthly_20200101_sentinel1")
    page = page_of(with_events(amery(), old, calving()), tmp_path)
    section = page[page.index('id="calving"') : page.index('id="downloads"')]
    assert section.index("28 May") < section.index("1 Jan")
    linked = re.findall(r'href="#(front-[^"]+)"', section)
    assert set(linked) == {f"front-{monthly(m, None).id}" for m in (5, 6)}
    assert all(f'id="{anchor}"' in page for anchor in linked)
    assert "2020-01-01" in section


def test_fronts_of_one_year_are_told_apart_by_their_days() -> None:
    first = annual(2000)
    second = replace(first, start=at("2000-09-30"), end=at("2000-09-30"))
    event = calving(
        "2000-03-15", "2000-09-30", unit="Ross", shelf="Ross", origin=Origin.IMPORTED,
        source="greene2022", front_before=first.id, front_after=second.id,
    )  # fmt: skip
    shelf = with_events(shelf_content("Ross", [first, second]), event)
    (row,) = event_rows(shelf)
    assert (row.before.words, row.after.words) == ("2000-03-15", "2000-09-30")


def test_numbers_of_events_stay_when_more_come() -> None:
    first, second = calving("2026-02-01", "2026-03-01"), calving()
    before = event_rows(with_events(amery(), first))
    after = event_rows(with_events(amery(), second, first))
    assert [row.number for row in before] == [1]
    assert [(row.number, row.event) for row in after] == [(2, second), (1, first)]


def test_kind_part_and_wide_windows_are_said_where_they_are_not_the_usual(tmp_path: Any) -> None:
    event = calving("2025-06-01", kind=CalvingKind.DISINTEGRATION, is_wide=True)
    page = page_of(with_events(amery(), event), tmp_path)
    assert "365 days, a wide window, disintegration" in page
    assert "wide window" not in page_of(with_events(amery(), calving()), tmp_path)


def test_a_shelf_without_events_says_so(tmp_path: Any) -> None:
    page = page_of(amery(), tmp_path)
    assert "No calving event is on record" in page
    assert "key calved" not in page
    assert not [f for f in shelf_files(amery(), site_content(tmp_path)) if "calving" in f.path]


def test_the_chart_marks_the_window_and_says_what_was_lost() -> None:
    (series,) = series_of(amery())
    svg = area_chart(series, WIDE, "Area", [calving(area_km2=124.0)])
    assert svg is not None
    assert svg.count('class="calving"') == 1
    assert "\u2212124\u2009km²" in svg
    assert "1 calving event." in svg
    assert area_chart(series, WIDE, "Area") == area_chart(series, WIDE, "Area", [])


def test_a_series_is_marked_with_the_events_of_its_own_unit_and_source() -> None:
    own, simulated, elsewhere = (
        calving(),
        calving(origin=Origin.SIMULATED, source="simulated"),
        calving(unit="Getz1"),
    )
    shelf = with_events(amery(), own, simulated, elsewhere)
    (series,) = series_of(shelf)
    assert events_of(shelf, series.key) == (own,)


def event_at(share: float, area_km2: float) -> CalvingEvent:
    """An event that ends at a share of the time axis of `PLOT`."""
    end = datetime.fromtimestamp(share * 1e9, UTC)
    return replace(calving(), start=end - timedelta(days=30), end=end, area_km2=area_km2)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(1.0, 900.0)), max_size=12))
def test_words_of_events_never_lie_over_each_other(drawn: list[tuple[float, float]]) -> None:
    events = [event_at(share, round(area)) for share, area in drawn]
    marks = "".join(calving_marks(events, PLOT))
    labels = re.findall(r'<text x="([\d.]+)"[^>]*>([^<]+)<', marks)
    half = {float(x): len(words) * 7.6 / 2 for x, words in labels}
    places = sorted((x - h, x + h) for x, h in half.items())
    assert len(half) == len(labels)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert marks.count("<line") == len(events)


def test_small_losses_are_ticks_and_events_beyond_the_chart_are_left_out() -> None:
    small = "".join(calving_marks([event_at(0.5, 5.0)], PLOT))
    assert 'y2="33"' in small
    assert "<text" not in small
    beyond = calving(start="2059-01-01", end="2060-01-01")
    assert "".join(calving_marks([beyond], PLOT)) == ""


def test_unconfirmed_events_look_unlike_confirmed_ones() -> None:
    event = calving(status=EventStatus.UNCONFIRMED, confirmed_by=())
    marks = "".join(calving_marks([event], replace(PLOT, x=Axis(1.7e9, 1.9e9, 60.0, 960.0))))
    assert 'class="calving unconfirmed"' in marks
    assert "not confirmed yet" in marks


def test_the_map_shows_the_ice_that_calved_and_numbers_what_is_large_enough() -> None:
    dot = MultiPolygon([box(2_000_000, 700_000, 2_001_000, 701_000)])
    small = calving("2026-02-01", "2026-03-01", polygon=dot)
    large = calving(polygon=MultiPolygon([box(1_990_000, 700_000, 2_000_000, 710_000)]))
    window = Window(1_995_000, 705_000, 100.0, 900, 500)
    shelf = with_events(amery(), large, small)
    shapes = "".join(event_shapes(shelf, Origin.SENTINEL1, "sentinel1", window))
    assert shapes.count('class="calved"') == 2
    numerals = "".join(event_numerals(shelf, Origin.SENTINEL1, "sentinel1", window))
    assert re.findall(r">(\d)</text>", numerals) == ["2"]
    assert "".join(event_shapes(shelf, Origin.IMPORTED, "greene2022", window)) == ""


def test_numbers_on_the_map_that_would_lie_over_each_other_are_left_out() -> None:
    large = calving(polygon=MultiPolygon([box(1_990_000, 700_000, 2_000_000, 710_000)]))
    again = calving(
        "2026-02-01", "2026-03-01", polygon=MultiPolygon([box(1_991_000, 700_000, 2e6, 710_000)])
    )
    window = Window(1_995_000, 705_000, 100.0, 900, 500)
    shelf = with_events(amery(), large, again)
    shapes = "".join(event_numerals(shelf, Origin.SENTINEL1, "sentinel1", window))
    assert re.findall(r">(\d)</text>", shapes) == ["2"]


def test_a_summary_names_the_largest_event_and_the_source_of_imported_fronts() -> None:
    old = calving("2020-01-01", "2020-02-01", area_km2=700.0, area_uncertainty_km2=6.0)
    said = events_summary(with_events(amery(), calving(), old)).replace("\u2009", " ")
    assert said == "2 events, 2020–2026; the largest: 700 ± 6 km², 1 Jan – 1 Feb 2020."
    imported = calving(origin=Origin.IMPORTED, source="greene2022")
    assert "in fronts imported from greene2022:" in events_summary(with_events(ross(), imported))


def test_polygons_lie_below_the_fronts_and_their_numbers_above(tmp_path: Any) -> None:
    line = monthly(5, None).line
    polygon = affinity.translate(line, 500.0, -500.0).buffer(3_000.0)
    event = calving(polygon=MultiPolygon([polygon]))
    page = page_of(with_events(amery(), event), tmp_path)
    order = [page.index(f'class="{name}') for name in ('calved"', "dated", 'calved-number"')]
    assert order == sorted(order)
    assert "ice that calved" in page


def test_the_files_have_the_columns_of_a_release_but_those_of_revisions() -> None:
    event = calving(confirmed_by=("a", "b"))
    (row,) = csv.DictReader(io.StringIO(events_csv([event]).decode()))
    assert list(row) == [c.name for c in EVENT_COLUMNS][: len(row)]
    assert row["confirmed_by"] == "a b"
    assert row["area_km2"] == "206.5"
    document = json.loads(events_json([event], "Amery", "2026.11"))
    assert document["events"][0]["confirmed_by"] == ["a", "b"]
    assert document["units"]["area_uncertainty_km2"] == "km2"
    assert (document["release"], document["simulated"]) == ("2026.11", False)


def test_what_people_decided_stands_beside_the_front(tmp_path: Any) -> None:
    judgement = Judgement(
        1, Action.REJECT, DecisionReason.FAST_ICE, "Ada <Ice>", at("2026-11-02"), "ab" * 32
    )
    front = monthly(5, 60_000.0, lineage=Lineage(judgements=(judgement,)))
    page = page_of(shelf_content("Amery", [front]), tmp_path)
    words = "rejected by Ada &lt;Ice&gt;, 2 November 2026: fast ice was taken for the shelf"
    assert words in page


def test_a_shelf_of_imported_fronts_has_events_of_that_source(tmp_path: Any) -> None:
    event = calving(
        "2000-03-15", "2001-03-15", unit="Ross", shelf="Ross", origin=Origin.IMPORTED,
        source="greene2022", interval=Interval.ANNUAL, is_wide=True,
    )  # fmt: skip
    shelf = with_events(ross(), event)
    assert kinds_of(shelf)[0].origin is Origin.IMPORTED
    assert "in fronts imported from greene2022" in page_of(shelf, tmp_path)
