"""Make `catalog/shelf_table.json`: names, regions and reference lines of the 51 parts.

    python scripts/measure_shelf_regions.py --data ../shared/data

A region is drawn by hand between two chains of points, in whole kilometres of EPSG:3031: the
reference (landward) and the seaward chain, both walked with the sea on the left. Its first and
last cross-line go through the places where the front meets land or the neighbouring part. The
positions were read from fronts 1997-2021 (Greene et al. 2022), fronts of June 2018 (COBRA) and
the ice shelves of Natural Earth; no outline is taken over. This script writes the table and says
how much of those fronts each region holds and how near they come to its two sides.

Numbers: 1 is the last part on that walk, as in COBRA, whose Getz-1, Ekström-1, Nickerson-1 and
Riiser-Larsen-1 are the eastern ends. How IceLines numbers its parts is published nowhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "catalog" / "shelf_table.json"
M_PER_KM = 1000.0
FLOATING_WITHIN_M = 15_000.0
LARGE_SHELF_KM2 = 1000.0
M2_PER_KM2 = 1e6

Point = tuple[int, int]
Chain = list[Point]


@dataclass(frozen=True)
class Piece:
    """One part: its name and the two chains (km) that its region lies between."""

    name: str
    reference: Chain
    seaward: Chain
    is_approximate: bool = True
    title: str = ""
    aliases: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "aliases": list(self.aliases),
            "is_approximate": self.is_approximate,
            "reference_km": self.reference,
            "seaward_km": self.seaward,
        }


@dataclass(frozen=True)
class Outline:
    """One shelf; `greene` are its names among the fronts of Greene et al. 2022."""

    name: str
    title: str
    pieces: tuple[Piece, ...]
    aliases: tuple[str, ...] = ()
    greene: tuple[str, ...] = ()
    sections: tuple[Piece, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "aliases": list(self.aliases),
            "parts": [piece.to_json() for piece in sorted(self.pieces, key=lambda p: p.name)],
            "sections": [piece.to_json() for piece in self.sections],
        }


def one(
    name: str,
    title: str,
    reference: Chain,
    seaward: Chain,
    *aliases: str,
    greene: tuple[str, ...] = (),
    is_approximate: bool = False,
) -> Outline:
    """A shelf that is a single part."""
    piece = Piece(name, reference, seaward, is_approximate)
    return Outline(name, title, (piece,), aliases, greene)


OUTLINES = (
    Outline(
        "Abbot",
        "Abbot Ice Shelf",
        (
            Piece(
                "Abbot2",
                [(-1807, -297), (-1890, -355), (-1935, -270)],
                [(-1785, -440), (-1800, -470), (-1940, -485), (-2020, -300)],
            ),
            Piece(
                "Abbot1",
                [(-1935, -270), (-1880, -170), (-1865, 50)],
                [(-2020, -300), (-1965, -150), (-1960, 50)],
            ),
        ),
        ("Abbott",),
        ("Abbot",),
    ),
    one("Amery", "Amery Ice Shelf", [(2120, 830), (2120, 610)], [(2330, 830), (2330, 610)]),
    one("Bach", "Bach Ice Shelf", [(-1860, 610), (-1905, 590)], [(-1842, 550), (-1875, 530)]),
    Outline(
        "Baudouin",
        "Roi Baudouin Ice Shelf",
        (
            Piece("Baudouin3", [(875, 1895), (1025, 1895)], [(875, 2060), (1025, 2050)]),
            Piece("Baudouin2", [(1025, 1895), (1175, 1895)], [(1025, 2050), (1190, 2045)]),
            Piece("Baudouin1", [(1175, 1895), (1300, 1870)], [(1190, 2045), (1350, 2010)]),
        ),
        ("RoiBaudouin",),
        ("Baudouin",),
    ),
    Outline(
        "Brunt",
        "Brunt Ice Shelf and Stancomb-Wills Ice Tongue",
        (
            Piece("Brunt2", [(-640, 1365), (-640, 1490)], [(-800, 1350), (-810, 1490)]),
            Piece(
                "Brunt1",
                [(-640, 1490), (-665, 1560), (-630, 1570)],
                [(-810, 1490), (-810, 1640), (-650, 1668)],
            ),
        ),
        ("Brunt Stancomb", "BruntStancombWills", "Stancomb-Wills"),
    ),
    one(
        "Cook",
        "Cook Ice Shelf",
        [(1182, -2010), (1100, -2020), (1026, -2075)],
        [(1190, -2140), (1120, -2190), (1026, -2200)],
        greene=("Cook",),
    ),
    one(
        "Cosgrove",
        "Cosgrove Ice Shelf",
        [(-1701, -295), (-1807, -297)],
        [(-1701, -430), (-1785, -440)],
        greene=("Cosgrove",),
    ),
    one(
        "Crosson",
        "Crosson Ice Shelf",
        [(-1545, -600), (-1500, -518)],
        [(-1680, -597), (-1680, -518)],
        greene=("Crosson",),
    ),
    one(
        "David",
        "David Glacier and Drygalski Ice Tongue",
        [(500, -1565), (500, -1500)],
        [(350, -1565), (350, -1500)],
        "Drygalski",
        "Drygalski Ice Tongue",
    ),
    one(
        "Denman",
        "Denman Glacier",
        [(2520, -365), (2520, -450)],
        [(2840, -365), (2840, -450)],
        is_approximate=True,
    ),
    one(
        "Dotson",
        "Dotson Ice Shelf",
        [(-1530, -720), (-1545, -600)],
        [(-1680, -725), (-1680, -597)],
        greene=("Dotson",),
    ),
    one(
        "Ekstromisen",
        "Ekström Ice Shelf",
        [(-330, 2040), (-290, 2060)],
        [(-400, 2110), (-350, 2160), (-280, 2170)],
        "Ekstrom",
        "Ekstroem",
        "Ekströmisen",
    ),
    one(
        "Filchner",
        "Filchner Ice Shelf",
        [(-930, 850), (-715, 1000)],
        [(-960, 1010), (-900, 1100), (-800, 1120)],
        greene=("Filchner",),
    ),
    Outline(
        "Fimbul",
        "Fimbul Ice Shelf",
        (
            Piece("Fimbul3", [(-118, 2075), (15, 2110)], [(-124, 2215), (15, 2285)]),
            Piece("Fimbul2", [(15, 2110), (150, 2105)], [(15, 2285), (155, 2240)]),
            Piece("Fimbul1", [(150, 2105), (287, 2095)], [(155, 2240), (296, 2225)]),
        ),
        ("Fimbulisen",),
        ("Fimbul",),
    ),
    Outline(
        "George",
        "George VI Ice Shelf",
        (
            Piece(
                "GeorgeNorth",
                [(-1990, 772), (-1990, 815)],
                [(-2136, 778), (-2120, 828)],
                False,
                "George VI Ice Shelf, northern front",
                ("George VI North", "GeorgeVI_N"),
            ),
            Piece(
                "GeorgeSouth",
                [(-1750, 480), (-1715, 540), (-1720, 615), (-1845, 600)],
                [(-1845, 509), (-1842, 548)],
                False,
                "George VI Ice Shelf, southern front",
                ("George VI South", "GeorgeVI_S"),
            ),
        ),
        ("George VI",),
        ("George_VI",),
    ),
    Outline(
        "Getz",
        "Getz Ice Shelf",
        (
            Piece(
                "Getz3",
                [(-1150, -1160), (-1260, -1060), (-1390, -990)],
                [(-1240, -1250), (-1370, -1190), (-1530, -1140)],
            ),
            Piece(
                "Getz2",
                [(-1390, -990), (-1440, -900), (-1485, -840)],
                [(-1530, -1140), (-1580, -990), (-1625, -890)],
            ),
            Piece("Getz1", [(-1485, -840), (-1530, -720)], [(-1625, -890), (-1680, -725)]),
        ),
        (),
        ("Getz",),
    ),
    one(
        "Holmes",
        "Holmes Glacier",
        [(2078, -1500), (1995, -1500)],
        [(2078, -1630), (1985, -1630)],
        "DeHaven-Holmes",
    ),
    one("Jelbart", "Jelbart Ice Shelf", [(-221, 2075), (-118, 2075)], [(-227, 2210), (-124, 2215)]),
    one(
        "LarsenC",
        "Larsen C Ice Shelf",
        [(-2330, 1250), (-2215, 1150), (-2080, 1085), (-2000, 1040)],
        [(-2280, 1375), (-2130, 1300), (-2000, 1210), (-1950, 1140)],
        greene=("Larsen_C",),
    ),
    one("Lazarev", "Lazarev Ice Shelf", [(485, 2080), (595, 2080)], [(485, 2240), (622, 2220)]),
    one(
        "Mertz",
        "Mertz Glacier Tongue",
        [(1480, -1980), (1375, -1980)],
        [(1480, -2200), (1375, -2200)],
    ),
    one(
        "Moskow",
        "Moscow University Ice Shelf",
        [(2130, -1297), (2115, -1340), (2105, -1370)],
        [(2270, -1297), (2260, -1410), (2190, -1460)],
        "Moscow University",
        "Moscow",
        "Moskow University",
        greene=("Moscow_University",),
    ),
    one(
        "Nickerson",
        "Nickerson Ice Shelf",
        [(-790, -1230), (-900, -1220), (-955, -1215)],
        [(-765, -1375), (-920, -1380), (-1055, -1320)],
        greene=("Nickerson",),
    ),
    one(
        "PineIsland",
        "Pine Island Ice Shelf",
        [(-1550, -260), (-1701, -280)],
        [(-1587, -374), (-1701, -393)],
        "PIG",
        "Pine Island Glacier",
        greene=("Pine_Island",),
    ),
    one(
        "Quarisen",
        "Quar Ice Shelf",
        [(-390, 1982), (-330, 2040)],
        [(-490, 2012), (-400, 2110)],
        "Quar",
    ),
    Outline(
        "Riiser",
        "Riiser-Larsen Ice Shelf",
        (
            Piece(
                "Riiser2",
                [(-580, 1650), (-565, 1760), (-490, 1800)],
                [(-730, 1690), (-710, 1810), (-600, 1910)],
            ),
            Piece(
                "Riiser1",
                [(-490, 1800), (-395, 1885), (-390, 1982)],
                [(-600, 1910), (-530, 1975), (-490, 2012)],
            ),
        ),
        ("Riiser-Larsen", "RiiserLarsenisen"),
    ),
    Outline(
        "Ronne",
        "Ronne Ice Shelf",
        (
            Piece("Ronne2", [(-1440, 700), (-1180, 780)], [(-1492, 870), (-1215, 1000)]),
            Piece("Ronne1", [(-1180, 780), (-930, 850)], [(-1215, 1000), (-960, 1010)]),
        ),
        (),
        ("Ronne",),
    ),
    Outline(
        "Ross",
        "Ross Ice Shelf",
        (
            Piece("Ross3", [(405, -1215), (130, -1250)], [(385, -1440), (130, -1440)]),
            Piece(
                "Ross2",
                [(130, -1250), (0, -1240), (-180, -1165)],
                [(130, -1440), (0, -1440), (-180, -1385)],
            ),
            Piece(
                "Ross1",
                [(-180, -1165), (-350, -1120), (-470, -1150)],
                [(-180, -1385), (-350, -1300), (-515, -1310)],
            ),
        ),
        (),
        ("Eastern_Ross", "Western_Ross"),
        (
            Piece(
                "EasternRoss",
                [(0, -1240), (-180, -1165), (-350, -1120), (-470, -1150)],
                [(0, -1440), (-180, -1385), (-350, -1300), (-515, -1310)],
                True,
                "Ross Ice Shelf, east of 180°",
                ("Ross East",),
            ),
            Piece(
                "WesternRoss",
                [(405, -1215), (130, -1250), (0, -1240)],
                [(385, -1440), (130, -1440), (0, -1440)],
                True,
                "Ross Ice Shelf, west of 180°",
                ("Ross West",),
            ),
        ),
    ),
    one(
        "Shackleton",
        "Shackleton Ice Shelf",
        [(2520, -205), (2520, -365)],
        [(2840, -205), (2840, -365)],
        is_approximate=True,
    ),
    one(
        "Stange",
        "Stange Ice Shelf",
        [(-1735, 285), (-1735, 400), (-1750, 480)],
        [(-1900, 255), (-1965, 380), (-1880, 520), (-1845, 509)],
        greene=("Stange",),
    ),
    one(
        "Sulzberger",
        "Sulzberger Ice Shelf",
        [(-650, -1170), (-790, -1230)],
        [(-630, -1320), (-765, -1375)],
        greene=("Sulzberger",),
    ),
    Outline(
        "Thwaites",
        "Thwaites Ice Shelf and Glacier Tongue",
        (
            Piece("Thwaites2", [(-1500, -518), (-1515, -445)], [(-1680, -518), (-1680, -445)]),
            Piece("Thwaites1", [(-1515, -445), (-1545, -367)], [(-1680, -445), (-1680, -390)]),
        ),
        ("Thwaites Glacier Tongue",),
    ),
    one(
        "Totten",
        "Totten Ice Shelf",
        [(2285, -1060), (2210, -1080)],
        [(2395, -1180), (2290, -1230)],
        "Totten Glacier",
    ),
    one(
        "Venable",
        "Venable Ice Shelf",
        [(-1830, 55), (-1815, 120)],
        [(-1930, 55), (-1890, 173)],
    ),
    Outline(
        "West",
        "West Ice Shelf",
        (
            Piece(
                "West2",
                [(2330, 405), (2425, 300), (2490, 215)],
                [(2440, 485), (2600, 370), (2680, 225)],
            ),
            Piece(
                "West1",
                [(2490, 215), (2500, 50), (2505, -99)],
                [(2680, 225), (2690, 100), (2680, -99)],
            ),
        ),
        (),
        ("West",),
    ),
    one(
        "Wilkins",
        "Wilkins Ice Shelf",
        [(-1965, 640), (-2010, 690), (-2080, 720)],
        [(-1985, 560), (-2110, 525), (-2180, 600), (-2170, 660)],
    ),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--data", type=Path, help="folder with fronts/ and boundaries/")
    data = arguments.parse_args().data
    rows = [json.dumps(outline.to_json(), ensure_ascii=False) for outline in OUTLINES]
    TARGET.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(OUTLINES)} shelves", file=sys.stderr)
    if data is not None:
        report(data)


def report(data: Path) -> None:
    """Print how the regions hold the measured fronts."""
    import geopandas as gpd
    from shapely import unary_union

    fronts = gpd.read_file(data / "fronts" / "greene2022_fronts_epsg3031.gpkg")
    shelves = gpd.read_file(data / "boundaries" / "ne_10m_antarctic_ice_shelves_polys.json")
    shelves = shelves.to_crs(fronts.crs)
    large = shelves[shelves.area > LARGE_SHELF_KM2 * M2_PER_KM2].union_all()
    floating = large.buffer(FLOATING_WITHIN_M)
    for outline in OUTLINES:
        region = unary_union([scaled(p.reference + p.seaward[::-1]) for p in outline.pieces])
        ice = region.intersection(large).area / region.area
        line = f"{outline.name:12} {region.area / M2_PER_KM2:9.0f} km2, shelf ice {ice:4.0%}"
        for name in outline.greene:
            lines = fronts[fronts["shelf"] == name].geometry
            afloat = lines.intersection(floating)
            line += (
                f" | {name}: holds {share(lines, region):6.1%}, of the floating "
                f"{share(afloat, region):6.1%}, lowest {lowest(afloat, region):6.1%}"
            )
        print(line)
    _check_overlaps([(p.name, scaled(p.reference + p.seaward[::-1])) for p in all_pieces()])


def all_pieces() -> list[Piece]:
    return [piece for outline in OUTLINES for piece in outline.pieces]


def scaled(ring_km: Chain) -> Any:
    from shapely import Polygon

    return Polygon([(x * M_PER_KM, y * M_PER_KM) for x, y in ring_km])


def share(lines: Any, region: Any) -> float:
    return float(lines.intersection(region).length.sum() / lines.length.sum())


def lowest(lines: Any, region: Any) -> float:
    return float((lines.intersection(region).length / lines.length).min())


def _check_overlaps(regions: list[tuple[str, Any]]) -> None:
    for index, (name, region) in enumerate(regions):
        if not region.is_valid:
            print(f"!! {name} is not simple")
        for other, second in regions[index + 1 :]:
            common = region.intersection(second).area / M2_PER_KM2
            if common > 1:
                print(f"!! {name} and {other} share {common:.0f} km2")


if __name__ == "__main__":
    main()
