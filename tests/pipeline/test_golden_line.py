from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString

from pipeline.contour import contour
from pipeline.errors import ModelError
from pipeline.golden_line import golden_line, record_golden, recorded_line, shift_between
from pipeline.golden_tile import GRID, true_ice
from pipeline.network.architecture import Architecture
from tests.pipeline.network.models import small_network
from tests.pipeline.networks import threshold_network

CHANNELS = ("HH",)


def straight(y: float) -> MultiLineString:
    return MultiLineString([[(0.0, y), (1_000.0, y)]])


def test_a_good_model_draws_the_front_of_the_tile() -> None:
    truth = contour(true_ice().astype(np.float32), GRID)
    assert shift_between(golden_line(threshold_network(), CHANNELS), truth).mean_m < 40.0


def test_the_record_is_small_and_comes_back_as_the_line_that_was_drawn() -> None:
    network = threshold_network()
    golden = record_golden(network, CHANNELS)
    assert len(golden["line"]) < 8_000
    again = shift_between(recorded_line(golden), golden_line(network, CHANNELS))
    assert again.max_m < 0.1


def test_every_channel_has_its_band_on_the_tile() -> None:
    channels = ("HH", "HV", "HH/HV", "DEM", "PERSISTENCE")
    golden = record_golden(small_network(Architecture(channels, 1)), channels)
    assert recorded_line(golden) is not None


def test_a_network_that_sees_no_ice_draws_nothing() -> None:
    golden = record_golden(threshold_network(threshold_db=30.0), CHANNELS)
    assert recorded_line(golden).is_empty


@given(st.floats(0.01, 500.0))
def test_the_shift_of_a_moved_line_is_its_distance(metres: float) -> None:
    shift = shift_between(straight(0.0), straight(metres))
    assert shift.mean_m == pytest.approx(metres)
    assert shift.max_m == pytest.approx(metres)
    assert shift.is_small == (metres < 1.0)


def test_the_shift_sees_what_only_one_line_has() -> None:
    longer = MultiLineString([*straight(0.0).geoms, *straight(400.0).geoms])
    one, other = shift_between(straight(0.0), longer), shift_between(longer, straight(0.0))
    assert one == other
    assert one.max_m == pytest.approx(400.0)


def test_an_empty_line_is_infinitely_far() -> None:
    assert not shift_between(MultiLineString(), straight(0.0)).is_small


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"tile_sha256": "ab" * 32}, "another tile"),
        ({"line": "MULTILINESTRING (("}, "cannot be read"),
        ({"line": 4}, "cannot be read"),
        ({"line": shapely.to_wkt(shapely.Point(0, 0))}, "no line"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused(change: dict[str, Any], fault: str) -> None:
    golden = {**record_golden(threshold_network(), CHANNELS), **change}
    with pytest.raises(ModelError, match=fault):
        recorded_line(golden)
