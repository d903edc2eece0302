"""Make `web/site/basemap.json`, the outline of Antarctica that the site draws its maps on.

Run once, on a machine with Debian's `gmt` and `gmt-gshhg-low`; the small result is committed.

    python scripts/build_basemap.py

GSHHG 2.3.7 (Wessel & Smith 1996, doi:10.1029/96JB00104; LGPL-3.0-or-later) knows two coasts of
Antarctica: the ice front (`-A+ai`) and the grounding line (`-A+ag`). GMT writes both as pieces of
ten-degree cells; here they are projected to EPSG:3031, joined to rings, thinned and written as
whole steps of 100 m.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import LineString, Polygon
from shapely.ops import linemerge

TARGET = Path(__file__).resolve().parents[1] / "web" / "site" / "basemap.json"
COASTS = {"ice": "+ai", "grounded": "+ag"}
TOLERANCE_M = {"ice": 900.0, "grounded": 1_500.0}
SMALLEST_KM2 = {"ice": 60.0, "grounded": 120.0}
STEP_M = 100
M2_PER_KM2 = 1e6
RESOLUTION = "i"  # 1 km; the low resolution (5 km) shows its corners on the map of one shelf

Coordinates = NDArray[np.float64]  # shape (n, 2)


def main() -> None:
    document = {
        "title": "Coasts of Antarctica: ice front and grounding line",
        "source": "GSHHG 2.3.7 through GMT 6 (Wessel & Smith 1996, doi:10.1029/96JB00104)",
        "licence": "LGPL-3.0-or-later",
        "changes": "joined, thinned to 0.9 and 1.5 km, small islands left out",
        "crs": "EPSG:3031",
        "step_m": STEP_M,
        "encoding": "rings; each ring is x, y of its first vertex, then differences, in steps",
        **{name: [encode(ring) for ring in rings_of(name)] for name in COASTS},
    }
    TARGET.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB", file=sys.stderr)


def rings_of(name: str) -> list[Coordinates]:
    """Outer rings of one coast in EPSG:3031 (m), the largest first."""
    merged = linemerge([LineString(np.round(to_polar(s))) for s in segments(COASTS[name])])
    polygons = [Polygon(line.coords).buffer(0) for line in merged.geoms if len(line.coords) > 3]
    thinned = [polygon.simplify(TOLERANCE_M[name]) for polygon in polygons]
    large = [p for p in thinned if p.area >= SMALLEST_KM2[name] * M2_PER_KM2]
    large.sort(key=lambda polygon: -polygon.area)
    return [np.asarray(part.exterior.coords) for p in large for part in parts_of(p)]


def parts_of(shape: Polygon) -> list[Polygon]:
    return list(getattr(shape, "geoms", [shape]))


def segments(coast: str) -> list[Coordinates]:
    """The pieces of one coast, as longitude and latitude, as GMT writes them."""
    command = ["gmt", "coast", "-R-180/180/-90/-60", f"-D{RESOLUTION}", f"-A{coast}", "-W", "-M"]
    with tempfile.TemporaryDirectory() as folder:  # GMT leaves a gmt.history where it runs
        run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    blocks = [block.splitlines()[1:] for block in run.stdout.split(">")]
    return [np.array([line.split() for line in b], dtype=np.float64) for b in blocks if len(b) > 1]


def to_polar(lonlat: Coordinates) -> Coordinates:
    transformer = Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)
    return np.column_stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]))


def encode(ring: Coordinates) -> list[int]:
    steps = np.round(ring / STEP_M).astype(int)
    differences = np.vstack([steps[:1], np.diff(steps, axis=0)])
    return [int(value) for value in differences.ravel()]


if __name__ == "__main__":
    main()
