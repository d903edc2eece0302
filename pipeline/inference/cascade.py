"""The fast mode: coarse pixels first, full resolution only where they leave doubt.

Pixels of four times the size cost a sixteenth, and show where the front runs: shelves and oceans
are large. What they are sure of, away from any boundary, is enlarged; tiles with doubt are run.
Where doubt is everywhere the scene is run as in the exact mode, which is then the faster one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.inference.choices import Tiling
from pipeline.inference.cutting import Mask, Wish
from pipeline.inference.rows import CoarseRows, RowSource
from pipeline.inference.sinks import MemorySink, Sink, Steps
from pipeline.inference.stream import Stream
from pipeline.network.hedunet import ICE
from pipeline.probability import PROBABILITY_NODATA, PROBABILITY_STEPS, Probabilities


@dataclass(frozen=True, slots=True)
class CascadeRules:
    """When coarse pixels are believed."""

    factor: int = 4
    sure: float = 0.95  # as ice, or with its complement as ocean
    most_edge: float = 0.5  # probability of an edge
    margin_px: int = 4  # coarse pixels around doubt that are doubtful too
    most_doubt: float = 0.5  # as a share of what has data
    tiling: Tiling = field(default_factory=lambda: Tiling(512, 320))  # of the second pass


RULES = CascadeRules()
COARSE_SHARE = 0.2  # of the time, for the progress bar


def run_cascade(
    stream: Stream,
    source: RowSource,
    sink: Sink,
    wanted: Wish,
    rules: CascadeRules = RULES,
) -> Iterator[float]:
    """As `Stream.run`, in two passes; holds two bytes for each coarse pixel."""
    factor = rules.factor
    coarse_rows = CoarseRows(source, factor)
    _, height, width = coarse_rows.shape
    kept = MemorySink(height, width)
    for share in stream.run(coarse_rows, kept, _coarser(wanted, factor)):
        yield share * COARSE_SHARE
    doubt, found = doubtful(kept.probabilities, rules), kept.steps
    if np.count_nonzero(doubt) > rules.most_doubt * np.count_nonzero(_is_known(found[ICE])):
        second = stream.run(source, sink, wanted)
    else:
        again = _both(wanted, _enlarged_wish(doubt, factor))
        second = replace(stream, tiling=rules.tiling).run(
            source, sink, again, lambda rows: _enlarged(found, rows, source, factor)
        )
    for share in second:
        yield COARSE_SHARE + share * (1.0 - COARSE_SHARE)


def doubtful(coarse: Probabilities, rules: CascadeRules = RULES) -> Mask:
    """Coarse pixels that are to be looked at again, shape (height, width).

    Those that are not sure, where an edge is likely, and where sure ice and sure ocean meet; with
    a margin. Pixels without data are not in doubt.
    """
    known = _is_known(coarse.ice)
    least = rules.sure * PROBABILITY_STEPS
    is_ice = known & (coarse.ice >= least)
    is_ocean = known & (coarse.ice <= PROBABILITY_STEPS - least)
    doubt = known & ~(is_ice | is_ocean)
    doubt |= known & (coarse.edge > rules.most_edge * PROBABILITY_STEPS)
    doubt |= ndimage.maximum_filter(is_ice, 3) & ndimage.maximum_filter(is_ocean, 3)
    return np.asarray(ndimage.maximum_filter(doubt, 2 * rules.margin_px + 1))


def _is_known(steps: Steps) -> Mask:
    return np.asarray(steps != PROBABILITY_NODATA)


def _coarser(wanted: Wish, factor: int) -> Wish:
    """Whether any of the fine pixels is wanted."""

    def wish(rows: slice, columns: slice) -> bool:
        return bool(np.any(wanted(_finer(rows, factor), _finer(columns, factor))))

    return wish


def _enlarged_wish(mask: Mask, factor: int) -> Wish:
    def wish(rows: slice, columns: slice) -> Mask:
        return np.asarray(_repeated(mask[None], rows, columns, factor)[0])

    return wish


def _both(first: Wish, second: Wish) -> Wish:
    def wish(rows: slice, columns: slice) -> Mask | bool:
        asked = second(rows, columns)
        return asked & first(rows, columns) if np.any(asked) else False

    return wish


def _enlarged(coarse: Steps, rows: slice, source: RowSource, factor: int) -> Steps:
    return _repeated(coarse, rows, slice(0, source.shape[2]), factor)


def _repeated(
    coarse: npt.NDArray[Any], rows: slice, columns: slice, factor: int
) -> npt.NDArray[Any]:
    """The fine pixels `rows` and `columns` of coarse ones (C, H, W), each repeated."""
    first_row, first_column = rows.start // factor, columns.start // factor
    part = coarse[:, first_row : -(-rows.stop // factor), first_column : -(-columns.stop // factor)]
    full = part.repeat(factor, axis=1).repeat(factor, axis=2)
    top, left = rows.start - first_row * factor, columns.start - first_column * factor
    return full[:, top : top + rows.stop - rows.start, left : left + columns.stop - columns.start]


def _finer(pixels: slice, factor: int) -> slice:
    return slice(pixels.start * factor, pixels.stop * factor)
