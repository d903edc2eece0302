"""Do the look-up tables of a product reach over its image?

A table may end up to one of its own steps before the image does: its last value then holds to the
border, and a note says so. What ends earlier would be guessed over whole swaths: refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.safe.tables import CalibrationTable, NoiseBlock, NoiseTable
from pipeline.safe.xml import FETCH_AGAIN


@dataclass(frozen=True, slots=True)
class _Gap:
    """How far places begin after 0 and end before `last`, and how long their longest step is."""

    missing: int
    step: int

    @classmethod
    def of(cls, places: npt.NDArray[np.int64], last: int) -> _Gap:
        step = int(np.diff(places).max()) if len(places) > 1 else 0
        return cls(max(int(places[0]), last - int(places[-1]), 0), step)


def check_coverage(
    table: CalibrationTable | NoiseTable, annotation: Annotation, where: str
) -> tuple[str, ...]:
    """Notes on values that hold to the border; raises SceneError where too much is missing."""
    vectors = table.vectors if isinstance(table, CalibrationTable) else table.range_vectors
    lines = np.array([vector.line for vector in vectors], dtype=np.int64)
    along = _Gap.of(lines, annotation.lines - 1)
    across = [_Gap.of(vector.pixels, annotation.pixels - 1) for vector in vectors]
    worst = max(across, key=lambda gap: gap.missing - gap.step)
    return (*_judge(along, "lines", where), *_judge(worst, "pixels", where))


def _judge(gap: _Gap, unit: str, where: str) -> tuple[str, ...]:
    if gap.missing > gap.step:
        raise SceneError(
            f"is shorter than the image: {gap.missing} {unit} are without values.",
            where=where,
            remedy=FETCH_AGAIN,
        )
    if gap.missing == 0:
        return ()
    return (f"{where}: {gap.missing} {unit} at the border take the nearest value",)


def clip_blocks(table: NoiseTable, annotation: Annotation) -> NoiseTable:
    """The table with its azimuth blocks cut to the image; those wholly outside are left out."""
    clipped = (_clip(block, annotation) for block in table.azimuth)
    return replace(table, azimuth=tuple(block for block in clipped if block is not None))


def _clip(block: NoiseBlock, annotation: Annotation) -> NoiseBlock | None:
    cut = replace(
        block,
        first_line=max(block.first_line, 0),
        last_line=min(block.last_line, annotation.lines - 1),
        first_pixel=max(block.first_pixel, 0),
        last_pixel=min(block.last_pixel, annotation.pixels - 1),
    )
    inside = cut.first_line <= cut.last_line and cut.first_pixel <= cut.last_pixel
    return cut if inside else None
