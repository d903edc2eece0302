"""`make bench-prepare`: our preparation beside the peers', one simulated scene of each mode."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.preparation.contenders import CALIBRATION, GEOCODING, WINDOWED
from benchmarks.preparation.measuring import Bench, compare, measured_split
from benchmarks.preparation.report import Comparison, Scene, markdown
from benchmarks.preparation.targets import TargetScene
from benchmarks.preparation.task import make_task, middle_window, write_dem
from catalog.atomic import write_text

TINY = (300, 320)


@dataclass(frozen=True, slots=True)
class Size:
    """Lines and pixels (None: a full scene), tiles, the window's side, lines to calibrate."""

    shape: tuple[int, int] | None
    tiles: tuple[int, int]
    window_m: float
    lines: int


FULL = {
    "EW": Size(None, (18, 18), 100_000.0, 5_000),
    "IW": Size(None, (18, 18), 60_000.0, 5_000),
}
QUICK = {
    "EW": Size((1_200, 1_300), (4, 4), 30_000.0, 1_200),
    "IW": Size((2_400, 2_600), (3, 3), 20_000.0, 1_600),
}
TITLES = {"EW": "EW GRDM", "IW": "IW GRDH"}


def main() -> None:
    asked = _arguments()
    sizes = QUICK if asked.quick else FULL
    with TemporaryDirectory(dir=asked.work) as folder:
        scenes = [
            _measure(mode, sizes[mode], Path(folder) / mode, asked.rounds) for mode in asked.mode
        ]
    text = markdown(scenes, asked.rounds)
    print(text)
    if asked.markdown is not None:
        insert(asked.markdown, text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.preparation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small scenes, a minute in all")
    parser.add_argument("--mode", action="append", choices=list(FULL), help="EW or IW; both")
    parser.add_argument("--rounds", type=int, default=3, help="of which medians are taken")
    parser.add_argument("--markdown", type=Path, help="file whose results are replaced")
    parser.add_argument("--work", type=Path, help="folder with some 12 GB to spare")
    found = parser.parse_args()
    found.mode = found.mode or list(FULL)
    return found


def _measure(mode: str, size: Size, folder: Path, rounds: int) -> Scene:
    bench = make_bench(mode, size, folder)
    _say(f"{mode}: the scene is made")
    whole = compare(bench, list(GEOCODING), rounds)
    _say(f"{mode}: maps are made")
    parts = compare(in_a_window(bench, size, folder), list(WINDOWED), rounds)
    calibrated = compare(bench, list(CALIBRATION), rounds)
    annotation, grid = bench.scene.annotation, bench.task.grid
    return Scene(
        f"{TITLES[mode]}, {annotation.lines:,} x {annotation.pixels:,}, two polarisations",
        [
            Comparison(
                "Product to map",
                f"Both polarisations to {grid.width:,} x {grid.height:,} pixels of 40 m, of which "
                "the scene, lying askew, fills a part.",
                whole,
            ),
            Comparison(
                "Product to a part of the map",
                f"One polarisation to a square of {size.window_m / 1000:.0f} km in the middle.",
                parts,
            ),
            Comparison(
                "Calibration alone",
                f"{min(size.lines, annotation.lines):,} lines of one polarisation to sigma0 in "
                "memory, at the product's own spacing.",
                calibrated,
            ),
        ],
        measured_split(bench, rounds),
    )


def make_bench(mode: str, size: Size, folder: Path) -> Bench:
    """The scene and the tiny one, written below `folder` with all that contenders need."""
    scene, tiny = TargetScene.of(mode, size.shape, size.tiles), TargetScene.of(mode, TINY, (1, 1))
    lines = min(size.lines, scene.annotation.lines)
    return Bench(
        scene, make_task(scene, folder / "scene", lines), make_task(tiny, folder / "tiny", TINY[0])
    )


def in_a_window(bench: Bench, size: Size, folder: Path) -> Bench:
    """The same for the middle of the map, with heights on its pixels, as sarsen wants them."""
    tasks = []
    for task, name in ((bench.task, "window.tif"), (bench.tiny, "tiny_window.tif")):
        within = task.bounds if task is bench.tiny else middle_window(task.grid, size.window_m)
        cut = task.within(within, task.dem)
        tasks.append(cut.within(cut.bounds, write_dem(folder / name, cut.grid)))
    return Bench(bench.scene, tasks[0], tasks[1])


def insert(page: Path, text: str) -> None:
    """Replace what stands between the page's two marks."""
    begin, end = "<!-- results -->\n", "<!-- end of results -->"
    said = page.read_text()
    before, rest = said.split(begin, 1)
    _, after = rest.split(end, 1)
    write_text(page, f"{before}{begin}\n{text}\n{end}{after}")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
