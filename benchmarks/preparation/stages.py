"""Where our time goes, stage by stage, beside what the memory alone would take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from benchmarks.preparation.contenders import SEA
from benchmarks.preparation.targets import CRS, MAP_PIXEL_M
from benchmarks.preparation.task import Task
from pipeline.backscatter_file import backscatter_file
from pipeline.geometry.terrain_map import RangeDopplerMap
from pipeline.prepare import BLOCK_ROWS, PlacedScene, Preparation, place_scene
from pipeline.scenes.measurement import read_numbers
from pipeline.scenes.resampling import Positions, decibels, resample
from pipeline.scenes.safe_scene import READ_LINES, SafeScene
from pipeline.scenes.source import Band

COPY_BYTES = 512 << 20
COPIES = 5
NUMBER_BYTES = 2  # of a digital number, and of a value in the file


@dataclass(slots=True)
class Stopwatch:
    """CPU seconds by stage."""

    spent: dict[str, float] = field(default_factory=dict)

    def add(self, stage: str, seconds: float) -> None:
        self.spent[stage] = self.spent.get(stage, 0.0) + seconds

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self.add(stage, time.process_time() - begun)


def split(task: Task) -> dict[str, Any]:
    """CPU seconds of each stage of the chain over the mean sea, run stage by stage.

    Also how many bytes cannot but be moved (each digital number read once, each value of the map
    that has data written once), and how many seconds a plain copy takes for as many.
    """
    watch = Stopwatch()
    with watch.of("open and place"):
        scene = place_scene(
            task.safe, Preparation(CRS, MAP_PIXEL_M, within=task.bounds, surface=SEA)
        )
    mapped = _run(scene, task.output, watch)
    annotation = cast(SafeScene, scene.source).product.channels[0].annotation
    pixels = annotation.lines * annotation.pixels * len(scene.polarisations)
    moved = NUMBER_BYTES * (pixels + mapped)
    bandwidth = copy_bytes_per_s()
    return {
        "stages": watch.spent,
        "input_pixels": pixels,
        "map_pixels": scene.grid.width * scene.grid.height * len(scene.polarisations),
        "map_pixels_with_data": mapped,
        "bytes_moved": moved,
        "copy_s": moved / bandwidth,
        "bandwidth_gb_s": bandwidth / 1e9,
    }


def copy_bytes_per_s() -> float:
    """Bytes read plus bytes written in a second of copying a large array; the best of some."""
    source = np.ones(COPY_BYTES // 8)
    target = np.empty_like(source)
    target[:] = 0.0
    fastest = np.inf
    for _ in range(COPIES):
        begun = time.process_time()
        np.copyto(target, source)
        fastest = min(fastest, time.process_time() - begun)
    return 2 * COPY_BYTES / float(fastest)


def _run(scene: PlacedScene, output: Path, watch: Stopwatch) -> int:
    """All stages, one after the other; returns how many pixels of the map got data."""
    mapped = 0
    with ExitStack() as stack:
        writer = stack.enter_context(backscatter_file(output, scene.grid, scene.polarisations, {}))
        for name in scene.polarisations:
            band = _calibrated(scene, name, watch)
            for row, column, positions in _positions(scene, watch):
                with watch.of("resample"):
                    power = resample(band.image, positions, band.first_row)
                with watch.of("dB"):
                    block = decibels(power)
                mapped += int(np.isfinite(block).sum())
                with watch.of("scale, overviews, write"):
                    writer.write(name, row, column, block)
            del band
        with watch.of("make the COG"):
            stack.close()
    return mapped


def _calibrated(scene: PlacedScene, name: str, watch: Stopwatch) -> Band:
    """The image; what reading alone takes is measured by itself and taken off."""
    source, begun = cast(SafeScene, scene.source), time.process_time()
    channel = source.product.channel(name)
    for _ in read_numbers(channel, slice(0, channel.annotation.lines), READ_LINES):
        pass
    reading_s = time.process_time() - begun
    watch.add("read", reading_s)
    with watch.of("denoise, calibrate, average"):
        band = source.read(name, slice(0, source.height))
    watch.add("denoise, calibrate, average", -reading_s)
    return band


def _positions(scene: PlacedScene, watch: Stopwatch) -> Iterator[tuple[int, int, Positions]]:
    pixels = cast(RangeDopplerMap, scene.placed.pixels)
    blocks = pixels.image_blocks(scene.grid, BLOCK_ROWS)
    while True:
        with watch.of("positions"):
            block = next(blocks, None)
        if block is None:
            return
        yield block.row, block.column, block.positions
