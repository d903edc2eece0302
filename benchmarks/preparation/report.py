"""What was measured, as Markdown: every number with what it was measured on."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio

from benchmarks.preparation.contenders import CONTENDERS
from benchmarks.preparation.measuring import Outcome
from benchmarks.preparation.targets import MAP_PIXEL_M

PACKAGES = ("numpy", "numba", "rasterio", "xarray", "dask", "xarray-sentinel", "sarsen")
HEAD = (
    "| | CPU s | wall s | peak memory, GB | CPU, times ours | geometry, m: median / p95 / max | "
    "radiometry, dB: mean / max | in its time |\n|---|---|---|---|---|---|---|---|\n"
)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Contenders on one piece of work, which `title` names; `remark` says what it was."""

    title: str
    remark: str
    outcomes: Sequence[Outcome]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that was measured on one scene."""

    title: str
    comparisons: Sequence[Comparison]
    split: dict[str, Any]


def machine() -> str:
    """The day, the processor and what ran on it."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, "
        f"{gigabytes:.0f} GB, {platform.system()}, Python {sys.version.split()[0]}, "
        f"GDAL {rasterio.__gdal_version__}, {', '.join(_versions())}. "
        f"Load of the machine at the end (1, 5, 15 min): {load}."
    )


def markdown(scenes: Iterable[Scene], rounds: int) -> str:
    parts = [f"{machine()} Medians of {rounds} round{'s' * (rounds > 1)}.\n"]
    for scene in scenes:
        parts.append(f"## {scene.title}\n")
        for each in scene.comparisons:
            parts.append(f"### {each.title}\n\n{each.remark}\n\n{HEAD}{_rows(each.outcomes)}")
        parts.append(_split(scene.split))
    return "\n".join(parts)


def _rows(outcomes: Sequence[Outcome]) -> str:
    return "".join(f"| {' | '.join(_cells(outcome))} |\n" for outcome in outcomes)


def _cells(outcome: Outcome) -> tuple[str, ...]:
    contender = CONTENDERS[outcome.name]
    if outcome.failure is not None or outcome.errors is None:
        return (contender.title, *("-",) * 6, f"{outcome.failure}".replace("|", "/"))
    metres, decibels = outcome.errors.metres, outcome.errors.decibels
    return (
        contender.title,
        f"{outcome.cpu_s:.2f}",
        f"{outcome.wall_s:.2f}",
        f"{outcome.peak_mb / 1000:.2f}",
        f"{outcome.ratio:.1f}",
        _geometry(metres),
        _radiometry(decibels),
        contender.does,
    )


def _geometry(metres: npt.NDArray[np.float64]) -> str:
    found = metres[np.isfinite(metres)]
    if not found.size:
        return "no map" if not metres.size else "no point found"
    median, p95, most = (f"{value:.1f}" for value in np.percentile(found, [50, 95, 100]))
    lost = len(metres) - len(found)
    return f"{median} / {p95} / {most}" + (f" ({lost} of {len(metres)} not found)" if lost else "")


def _radiometry(decibels: npt.NDArray[np.float64]) -> str:
    size = np.abs(decibels[np.isfinite(decibels)])
    return f"{size.mean():.3f} / {size.max():.3f}" if size.size else "-"


def _split(split: dict[str, Any]) -> str:
    stages, total = split["stages"], sum(split["stages"].values())
    rows = "".join(
        f"| {name} | {seconds:.2f} | {100 * seconds / total:.0f} % |\n"
        for name, seconds in stages.items()
    )
    return (
        "### Where our time goes\n\n"
        f"{split['input_pixels'] / 1e6:.0f} million numbers in, "
        f"{split['map_pixels'] / 1e6:.0f} million map pixels of {MAP_PIXEL_M:.0f} m, "
        f"{split['map_pixels_with_data'] / 1e6:.0f} million of them with data.\n\n"
        f"| stage | CPU s | share |\n|---|---|---|\n{rows}| all | {total:.2f} | |\n\n"
        f"Reading every number once and writing every value once, {split['bytes_moved'] / 1e9:.2f} "
        f"GB, takes {split['copy_s']:.2f} s at the {split['bandwidth_gb_s']:.1f} GB/s of a plain "
        f"copy in the same process: we take {_times(total, split['copy_s'])} times that.\n"
    )


def _times(seconds: float, least_s: float) -> str:
    return f"{seconds / least_s:.0f}" if least_s else f"{math.inf}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _versions() -> Iterable[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"
