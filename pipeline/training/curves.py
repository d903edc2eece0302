"""The curves of a training as CSV, appended as it goes and cut back where it is taken up again."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from catalog.atomic import write_bytes

COLUMNS = ("step", "loss", "learning_rate", "validation_loss", "validation_iou")


@dataclass(frozen=True, slots=True)
class Progress:
    """After `step` steps (from 1) the last batch had this loss; scored now and then."""

    step: int
    loss: float
    learning_rate: float
    validation_loss: float | None = None
    validation_iou: float | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    path: Path

    def begin_after(self, step: int) -> None:
        """Keep what was written up to `step`: what came after is trained again."""
        kept: list[list[str]] = []
        if step and self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as lines:
                rows = list(csv.reader(lines))[1:]
            kept = [row for row in rows if row and row[0].isdigit() and int(row[0]) <= step]
        lines_kept = [",".join(row) for row in [list(COLUMNS), *kept]]
        write_bytes(self.path, ("\n".join(lines_kept) + "\n").encode())

    def add(self, progress: Progress) -> None:
        values = [getattr(progress, name) for name in COLUMNS]
        text = ",".join("" if v is None else f"{v:.6g}" for v in values)
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(text + "\n")
