"""A stand-in for SNAP's gpt: reads the graph, writes the GeoTIFFs that it asks for, or misbehaves.

Run as a program; `FAKE_GPT` in the environment says how it behaves.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

PIXEL_M = 40.0
# SNAP covers a box around the scene: `MARGIN` pixels of nothing on every side.
COLUMNS, ROWS, MARGIN = 30, 24, 5
FIRST_COLUMN, FIRST_ROW = 2_500, 50_400  # of the lattice: x = 100 km, y = 2,016 km
LEVEL_DB = {"HH": -6.0, "HV": -14.0, "VV": -8.0, "VH": -16.0}
WEAK = (3, 4)  # row, column of a pixel whose power was not above zero


def image(polarisation: str) -> Any:
    """dB as SNAP writes them: 0 where there is nothing, -1e-30 for a power that has no dB."""
    rows, columns = np.indices((ROWS, COLUMNS))
    scene = LEVEL_DB[polarisation] - columns / 10 - rows / 20
    scene[WEAK] = -1e-30
    return np.pad(scene, MARGIN).astype(np.float32)


def transform(shift_px: float = 0.0) -> Any:
    from rasterio.transform import Affine

    west = (FIRST_COLUMN - MARGIN + shift_px) * PIXEL_M
    return Affine(PIXEL_M, 0, west, 0, -PIXEL_M, (FIRST_ROW + MARGIN + shift_px) * PIXEL_M)


def write(target: Path, behaviour: str) -> None:
    import rasterio

    if behaviour == "garbage":
        target.write_bytes(b"\x00Progress: 10%...20%" * 40)
        return
    bands = 2 if behaviour == "two bands" else 1
    values = np.stack([image(target.stem)] * bands)
    if behaviour == "integers":
        values = values.astype(np.int16)
    if behaviour == "empty":
        values[:] = 0
    place = transform(0.5 if behaviour == "half a pixel" else 0.0)
    if behaviour == "coarse":
        place = place @ place.scale(2)
    with rasterio.open(
        target, "w", driver="GTiff", count=bands, height=values.shape[1], width=values.shape[2],
        dtype=values.dtype, transform=place, BIGTIFF="YES", nodata=0.0,
        crs={"wrong system": "EPSG:3412", "no system": None}.get(behaviour, "EPSG:3031"),
    ) as raster:  # fmt: skip
        raster.write(values)


def hang(folder: Path) -> None:
    """Wait for ever in a child, as the script gpt waits for its Java machine."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(os.environ["FAKE_GPT_CHILD"]).write_text(str(child.pid))
    (folder / "HH.tif").write_bytes(b"half")
    print("computing tile 7", flush=True)
    time.sleep(600)


def main(arguments: list[str]) -> int:
    behaviour = os.environ.get("FAKE_GPT", "")
    if arguments == ["--diag"]:
        print("I chat." if behaviour == "another program" else "SNAP Release version 13.0.0")
        return 0
    graph = etree.parse(arguments[0])
    nodes = {node.findtext("operator"): node for node in graph.iterfind("node")}
    source = Path(nodes["Read"].findtext("parameters/file", ""))
    if not source.is_file() or "S1A_" not in str(source):
        print(f"Error: [NodeId: Read] No product reader found for {source}.")
        return 1
    if behaviour == "fails":
        print("INFO: reading\nError: [NodeId: Calibration] Java heap space", file=sys.stderr)
        return 3
    if behaviour == "hangs":
        hang(Path(arguments[0]).parent)
    if behaviour == "no orbit":
        print("WARNING: No valid orbit file found for 05-MAR-2026")
    for node in graph.iterfind("node"):
        if node.findtext("operator") == "Write" and behaviour != "writes nothing":
            write(Path(node.findtext("parameters/file", "")), behaviour)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
