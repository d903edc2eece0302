"""`python -m benchmarks.inference.memory`: the peak memory of segmenting a large raster.

Writes a raster of noise of a given size as `icelines prepare` would, and an untrained network
(what the pixels and the weights say costs nothing more or less), and runs `icelines segment` on
them in a process of its own, whose largest resident memory is printed.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from pipeline.backscatter_file import ALIGNMENT_PX, backscatter_file
from pipeline.grid import Grid
from pipeline.inference.choices import Mode
from pipeline.inference.rows import raster_rows
from pipeline.inference.sinks import probability_file
from pipeline.network.architecture import Alignment, Architecture
from pipeline.network.hedunet import HedUnet
from pipeline.network.weights import network_from_file, save_model
from pipeline.segment import segment_rows
from pipeline.settings import load_processing_settings

BANDS = ("HH", "HV")
EW_SCENE = (10_500, 10_700)
PIXEL_SIZE_M = 40.0
GIGABYTE = 1e9


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference.memory")
    parser.add_argument("--rows", type=int, default=EW_SCENE[0])
    parser.add_argument("--columns", type=int, default=EW_SCENE[1])
    parser.add_argument("--base", type=int, default=8, help="base channels of the network")
    parser.add_argument("--mode", choices=["exact", "fast"], default="exact")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child is not None:
        print(json.dumps(_segment(asked.child, Mode(asked.mode))))
        return
    with TemporaryDirectory() as folder:
        _write(Path(folder), (asked.rows, asked.columns), asked.base)
        command = (sys.executable, "-m", __spec__.name, "--child", folder, "--mode", asked.mode)
        said = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(said.stdout)
    print(
        f"{asked.rows:,} x {asked.columns:,} pixels, {len(BANDS)} bands, base {asked.base}, "
        f"{asked.mode}: {found['peak_gb']:.2f} GB, {found['seconds']:.0f} s"
    )


def _write(folder: Path, size: tuple[int, int], base: int) -> None:
    grid = Grid("EPSG:3031", 0.0, 0.0, PIXEL_SIZE_M, size[1], size[0])
    rng = np.random.default_rng(1)
    with backscatter_file(folder / "scene.tif", grid, BANDS, {}) as writer:
        for row in range(0, grid.height, ALIGNMENT_PX):
            rows = min(ALIGNMENT_PX, grid.height - row)
            for band in BANDS:
                noise = rng.standard_normal((rows, grid.width), dtype=np.float32) * 3.0 - 12.0
                writer.write(band, row, 0, noise)
    torch.manual_seed(1)
    network = HedUnet(Architecture(BANDS, base, alignment=Alignment.CENTRES))
    save_model(network.eval(), folder / "network.safetensors")


def _segment(folder: Path, mode: Mode) -> dict[str, float]:
    begun = time.perf_counter()
    how = replace(load_processing_settings().segmentation, mode=mode)
    network = network_from_file(folder / "network.safetensors")
    with (
        raster_rows(folder / "scene.tif", BANDS) as rows,
        probability_file(folder / "probabilities.tif", rows.grid, {}) as sink,
    ):
        segment_rows(rows, network, how, sink)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"peak_gb": peak / GIGABYTE, "seconds": time.perf_counter() - begun}


if __name__ == "__main__":
    main()
