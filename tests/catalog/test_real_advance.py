"""How fast real fronts advance, beside the speeds at which their ice is known to flow."""

from __future__ import annotations

import warnings
from itertools import pairwise
from pathlib import Path

import geopandas
import numpy as np
import pytest

from catalog.corridor import corridors_of, front_distances
from catalog.front import Front
from catalog.importing.read import ReadOptions, read_fronts
from catalog.measures import DAYS_PER_YEAR, advance_between
from catalog.scale import scale_factor
from catalog.shelf import find_unit
from catalog.source import KNOWN_SOURCES

FILE = "fronts/greene2022_fronts_epsg3031.gpkg"
LOST_M_PER_YEAR = -250.0  # of a path: more than that is calving
FIRST_YEAR = 2002  # before, the composites mix sensors


def yearly_fronts(source: Path, name: str, target: Path) -> list[Front]:
    geopandas.read_file(source, where=f"shelf = '{name}'").to_file(target)
    read = read_fronts(target, KNOWN_SOURCES["greene2022"], ReadOptions())
    fronts = [one for one in read if isinstance(one, Front) and one.start.year >= FIRST_YEAR]
    return sorted(fronts, key=lambda front: front.start)


def usual_rates(fronts: list[Front]) -> np.ndarray:
    """For each path, the median advance of the years without a loss there, m per year."""
    (corridor,) = corridors_of(find_unit(fronts[0].unit))
    distance_m = front_distances([front.line for front in fronts], corridor)
    years = [
        (after.start - before.start).days / DAYS_PER_YEAR for before, after in pairwise(fronts)
    ]
    middle = corridor.points_at((distance_m[1:] + distance_m[:-1]).mean(axis=0) / 2)
    rates = np.diff(distance_m, axis=0) / np.array(years)[:, None] / scale_factor(middle)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # paths that are never crossed
        return np.asarray(np.nanmedian(np.where(rates > LOST_M_PER_YEAR, rates, np.nan), axis=0))


@pytest.mark.parametrize(
    ("name", "slowest", "fastest"),
    [("Pine_Island", 3_800.0, 4_600.0)],
)
def test_where_nothing_calves_fronts_advance_as_fast_as_the_ice_is_known_to_flow(
    name: str, slowest: float, fastest: float, shared_data: Path, tmp_path: Path
) -> None:
    """Pine Island: 4 km a year (Mouginot et al. 2014, doi:10.1002/2013GL059069)."""
    rates = usual_rates(yearly_fronts(shared_data / FILE, name, tmp_path / "fronts.gpkg"))
    assert slowest < np.nanquantile(rates, 0.95) < fastest


def test_a_year_of_larsen_c_moves_by_what_its_area_gains(shared_data: Path, tmp_path: Path) -> None:
    fronts = yearly_fronts(shared_data / FILE, "Larsen_C", tmp_path / "fronts.gpkg")
    corridors = corridors_of(find_unit("LarsenC"))
    width_km = float(corridors[0].width_m.sum()) / 1000
    compared = 0
    for before, after in pairwise(fronts):
        moved = advance_between(before, after, corridors)
        assert moved is not None
        assert before.area_km2 is not None
        assert after.area_km2 is not None
        swept_km2 = moved.mean_m / 1000 * width_km
        assert after.area_km2 - before.area_km2 == pytest.approx(swept_km2, rel=0.15, abs=15.0)
        compared += 1
    assert compared == 19
