from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Proj, Transformer
from shapely import LineString, MultiLineString

from catalog.scale import scale_factor, true_length_km

GEOD = Geod(ellps="WGS84")
TO_LONLAT = Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
POLAR = Proj("EPSG:3031")
metres = st.floats(-3e6, 3e6)


@given(metres, metres)
def test_the_scale_is_that_of_the_projection(x: float, y: float) -> None:
    lon, lat = TO_LONLAT.transform(x, y)
    if lat < -89.5:  # where pyproj differentiates numerically and loses digits
        return
    expected = POLAR.get_factors(lon, lat).meridional_scale
    assert scale_factor(np.array([[x, y]]))[0] == pytest.approx(expected, rel=1e-6)


def test_the_scale_is_true_at_71_south_and_less_than_one_at_the_pole() -> None:
    x, y = POLAR(12.0, -71.0)
    assert scale_factor(np.array([x, y])) == pytest.approx(1.0, abs=1e-7)
    assert scale_factor(np.zeros(2)) == pytest.approx(0.9727, abs=1e-4)


@given(metres, metres, st.floats(-20e3, 20e3), st.floats(-20e3, 20e3))
def test_a_length_is_that_of_the_geodesic(x: float, y: float, dx: float, dy: float) -> None:
    line = LineString([(x, y), (x + dx, y + dy)])
    lon, lat = TO_LONLAT.transform([x, x + dx], [y, y + dy])
    geodesic_km = GEOD.line_length(lon, lat) / 1000
    # The straight edge of the plane is no geodesic, but over 28 km hardly longer.
    assert true_length_km(line) == pytest.approx(geodesic_km, rel=1e-4, abs=1e-6)


def test_gaps_between_the_pieces_of_a_line_do_not_count() -> None:
    pieces = MultiLineString([[(2e6, 0), (2e6, 1e3)], [(2e6, 50e3), (2e6, 51e3)]])
    apart = sum(true_length_km(piece) for piece in pieces.geoms)
    assert true_length_km(pieces) == pytest.approx(apart)
    assert true_length_km(pieces) == pytest.approx(2.0, rel=0.03)


def test_a_line_over_the_antimeridian_is_as_long_as_any_other() -> None:
    across = LineString([(-30e3, -1.3e6), (30e3, -1.3e6)])
    elsewhere = LineString([(1.3e6, -30e3), (1.3e6, 30e3)])
    assert true_length_km(across) == pytest.approx(true_length_km(elsewhere), rel=1e-9)
