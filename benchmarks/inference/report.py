"""What was measured, as a page and for machines."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import torch

from benchmarks.inference.judging import Difference


@dataclass(frozen=True, slots=True)
class Row:
    """One way on one scene; `ratio` is the reference's time over its own, within a round."""

    name: str
    what: str
    seconds: float
    ratio: float
    km2_per_s: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class Measured:
    """All ways on one scene."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    model: str
    rounds: int
    threads: int
    device: str
    load: tuple[float, float, float]

    @classmethod
    def now(cls, model: str, rounds: int, threads: int, device: str) -> Circumstances:
        one, five, fifteen = (round(load, 1) for load in os.getloadavg())
        return cls(model, rounds, threads, device, (one, five, fifteen))

    def __str__(self) -> str:
        day = datetime.now(UTC).date()
        return (
            f"Measured on {day}: {_processor()}, {self.threads} thread(s), device {self.device}, "
            f"torch {torch.__version__}, model {self.model}. Load of the machine at the end (1, 5, "
            f"15 min): {', '.join(map(str, self.load))}. Medians of {self.rounds} rounds, in each "
            "of which all take their turns."
        )


def markdown(scenes: list[Measured], under: Circumstances) -> str:
    lines = [str(under), ""]
    for scene in scenes:
        lines += [f"## {scene.title}", "", *_table(scene), ""]
    return "\n".join(lines)


def document(scenes: list[Measured], under: Circumstances) -> dict[str, Any]:
    return {"circumstances": asdict(under), "scenes": [asdict(scene) for scene in scenes]}


def _table(scene: Measured) -> list[str]:
    head = [
        "| | times as fast as eager | s | km2 per s | largest change of a probability "
        "| pixels that changed sides | line moved, m: mean / max | what |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return head + [_line(row) for row in scene.rows]


def _line(row: Row) -> str:
    moved = row.difference
    return (
        f"| {row.name} | {row.ratio:.2f} | {row.seconds:.1f} | {row.km2_per_s:,.0f} "
        f"| {moved.largest_change:.3f} | {moved.flipped_share:.1e} "
        f"| {moved.mean_m:.2f} / {moved.largest_m:.0f} | {row.what} |"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as said:  # noqa: PTH123
            names = [line.split(":")[1].strip() for line in said if line.startswith("model name")]
    except OSError:
        names = []
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"
