"""Averages and joined fronts in a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from catalog.front import Front, JoinedPart, Reason, Status
from catalog.lineage import Input, InputKind, Lineage
from catalog.publisher import load_publisher
from catalog.release import Doi
from publish.content import FrozenContent, Inclusion, ReleasedFront
from publish.errors import DanglingLineage
from publish.formats.features import features_of
from publish.freeze import default_cut_off, freeze
from tests.publish.records import GETZ_LINE, NOVEMBER, House, fill, monthly_front, own_front

DAYS = (date(2026, 9, 3), date(2026, 9, 15))


def daily_front() -> Front:
    return own_front(
        unit="Getz1", shelf="Getz", line=GETZ_LINE, start=datetime(2026, 9, 3, 4, tzinfo=UTC)
    )


def average_of(house: House, front: Front) -> Front:
    """The average of one front, by the revision on record."""
    digest = house.store.get(front.collection, front.id).digest
    made_of = Lineage(inputs=(Input(InputKind.FRONT, front.id, digest),))
    return monthly_front(lineage=made_of, dates=DAYS[:1], observations=1)


def frozen(house: House) -> FrozenContent:
    cut_off = default_cut_off(NOVEMBER)
    return freeze(house.store, NOVEMBER, Inclusion.parse(()), cut_off, ())


def test_an_average_is_released_with_the_fronts_that_it_is_made_of(empty_house: House) -> None:
    daily = daily_front()
    fill(empty_house.store, [daily])
    average = average_of(empty_house, daily)
    empty_house.store.record_fronts([(average, ())])
    content = frozen(empty_house)
    assert {f.front.id for f in content.fronts} == {daily.id, average.id}
    assert not any(stored.collection.startswith("fronts") for stored in content.inputs)


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": 0.5},
        {"status": Status.REJECTED, "reasons": (Reason.REJECTED_BY_REVIEWER,)},
    ],
    ids=["revised", "rejected"],
)
def test_an_average_of_what_has_changed_since_is_refused(
    empty_house: House, change: dict[str, object]
) -> None:
    daily = daily_front()
    fill(empty_house.store, [daily])
    empty_house.store.record_fronts([(average_of(empty_house, daily), ())])
    empty_house.store.record_fronts([(replace(daily, **change), ())])  # type: ignore[arg-type]
    with pytest.raises(DanglingLineage, match="icelines average"):
        frozen(empty_house)


def test_files_say_the_days_of_an_average_and_of_each_part(
    empty_house: House, tmp_path: Path
) -> None:
    parts = (
        JoinedPart("Getz1", "Getz1_daily_20260903_icelines", DAYS[:1], 0.0),
        JoinedPart("Getz2"),
    )
    joined = own_front(unit="Getz", shelf="Getz", dates=DAYS, parts=parts)
    fill(empty_house.store, [joined])
    (stored,) = empty_house.store.stored_fronts()
    (feature,) = features_of(
        [ReleasedFront(joined, stored)],
        load_publisher(tmp_path / "none"),
        Doi.of_concept("10.5072"),
    )
    assert feature.row["dates"] == "2026-09-03 2026-09-15"
    assert feature.row["parts"] == "Getz1 2026-09-03; Getz2 missing"
