"""What averages and joined fronts say of the fronts that they are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog.canonical import canonical_json
from catalog.front import Front, Interval, JoinedPart, Reason
from catalog.items.front import collection_of_input, front_to_item, item_to_front
from catalog.lineage import Input, InputKind, Lineage
from catalog.reason_words import REASON_WORDS
from catalog.validate import ItemValidator
from tests.factories import SHA, make_front

DAYS = (date(2024, 5, 2), date(2024, 5, 14))
DAILY_ID = "Getz1_daily_20240502T081233_sentinel1"


def an_average(first_month: int = 1, last_month: int = 12, **changes: Any) -> Front:
    fields: dict[str, Any] = {
        "interval": Interval.ANNUAL,
        "start": datetime(2024, first_month, 1, tzinfo=UTC),
        "end": datetime(2024, last_month, 30, 23, 59, 59, tzinfo=UTC),
        "observations": 2,
        "spread_m": 31.5,
        "dates": DAYS,
        "lineage": Lineage(inputs=(Input(InputKind.FRONT, DAILY_ID, SHA),)),
    }
    return make_front(**{**fields, **changes})


def a_joined_front() -> Front:
    parts = (
        JoinedPart("Getz1", DAILY_ID, DAYS[:1], 0.0),
        JoinedPart("Getz2", "Getz2_daily_20240514_sentinel1", DAYS[1:], 12.0),
        JoinedPart("Getz3"),
    )
    return make_front(unit="Getz", shelf="Getz", parts=parts, reasons=(Reason.PART_MISSING,))


@pytest.mark.parametrize("front", [an_average(), a_joined_front()], ids=["average", "joined"])
def test_its_dates_and_parts_come_back_and_the_item_is_valid(
    front: Front, shared_schemas: Path
) -> None:
    item = orjson.loads(canonical_json(front_to_item(front, [])))
    assert item_to_front(item) == front
    assert list(ItemValidator(shared_schemas).faults(item)) == []


def test_an_item_leads_to_the_fronts_that_it_was_made_of() -> None:
    links = front_to_item(an_average(), [])["links"]
    hrefs = [link["href"] for link in links if link["rel"] == "derived_from"]
    assert hrefs == [f"stac/collections/fronts-daily/items/{DAILY_ID}"]


@pytest.mark.parametrize("name", ["Getz1_20240502", "Getz1_hourly_20240502_sentinel1", "a.gpkg"])
def test_a_name_that_is_no_front_leads_nowhere(name: str) -> None:
    assert collection_of_input(Input(InputKind.FRONT, name, SHA)) is None


def test_a_file_of_somebody_else_is_no_item() -> None:
    assert collection_of_input(Input(InputKind.FILE, DAILY_ID, SHA)) is None


def test_a_year_without_its_first_quarter_is_another_series_with_another_id() -> None:
    whole, rest = an_average(), an_average(first_month=4)
    assert (whole.is_without_q1, rest.is_without_q1) == (False, True)
    assert whole.series != rest.series
    assert rest.id == "Amery_annual_20240401_simulated"
    assert "without January to March" in front_to_item(rest, [])["properties"]["title"]


def test_a_nominal_day_in_april_is_no_year_without_its_first_quarter() -> None:
    moment = datetime(2024, 4, 1, tzinfo=UTC)
    assert not an_average(start=moment, end=moment).is_without_q1


def test_every_reason_has_a_sentence_and_stands_in_the_schema(shared_schemas: Path) -> None:
    assert set(REASON_WORDS) == set(Reason)
    front = make_front(reasons=tuple(Reason))
    assert list(ItemValidator(shared_schemas).faults(front_to_item(front, []))) == []
