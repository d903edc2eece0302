"""Hold the regions of `catalog/shelf_table.json` against measured fronts and ice shelves.

    python scripts/measure_shelf_regions.py ../shared/data

A region is drawn by hand between two chains of points, in whole kilometres of EPSG:3031:
`reference_km` (landward) and `seaward_km`, both walked with the sea on the left. Its first and
last cross-line go through the places where the front meets land or the neighbouring part. The
positions were read from fronts 1997-2021 (Greene et al. 2022), fronts of June 2018 (COBRA) and
the ice shelves of Natural Earth; no outline was taken over.

Numbers: 1 is the last part on that walk, as in COBRA, whose Getz-1, Ekström-1, Nickerson-1 and
Riiser-Larsen-1 are the eastern ends. How IceLines numbers its parts is published nowhere.

Printed for each shelf: its area, how much of it is shelf ice in Natural Earth, and how much of
the fronts it holds: of all of them, of those near floating ice, and of the worst single one.
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import geopandas as gpd

from catalog.errors import UnknownUnit
from catalog.shelf import Unit, all_parts, all_shelves, find_unit, unit_of_shelf

FLOATING_WITHIN_M = 15_000.0
LARGE_SHELF_KM2 = 1000.0
M2_PER_KM2 = 1e6


def main(data: Path) -> None:
    fronts = gpd.read_file(data / "fronts" / "greene2022_fronts_epsg3031.gpkg")
    ice = gpd.read_file(data / "boundaries" / "ne_10m_antarctic_ice_shelves_polys.json")
    ice = ice.to_crs(fronts.crs)
    # Smaller ones are fringes of the coast, along which the fronts follow grounded ice.
    large = gpd.GeoSeries([ice[ice.area > LARGE_SHELF_KM2 * M2_PER_KM2].union_all()])
    for shelf in all_shelves():
        unit = unit_of_shelf(shelf)
        on_ice = large.intersection(unit.region).area.sum() / unit.region.area
        print(f"{unit.name:12} {unit.region.area / M2_PER_KM2:9.0f} km2, shelf ice {on_ice:4.0%}")
    for name, lines in fronts.groupby("shelf"):
        report_held(str(name), lines.geometry, large.buffer(FLOATING_WITHIN_M).iloc[0])
    report_overlaps()


def report_held(name: str, lines: gpd.GeoSeries, floating: object) -> None:
    """How much of the fronts of `name` its region holds."""
    try:
        unit: Unit = find_unit(name)
    except UnknownUnit:
        print(f"{name:18} not in the table")
        return
    afloat = lines.intersection(floating)
    held = afloat.intersection(unit.region).length / afloat.length
    whole = lines.intersection(unit.region).length.sum() / lines.length.sum()
    print(f"{name:18} {unit.name:12} holds {whole:6.1%}, afloat {held.mean():6.1%}, ", end="")
    print(f"worst {held.min():6.1%}")


def report_overlaps() -> None:
    for one, other in combinations(all_parts(), 2):
        common = one.region.intersection(other.region).area / M2_PER_KM2
        if common > 1.0:
            print(f"{one.name} and {other.name} share {common:.0f} km2")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
