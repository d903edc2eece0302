"""Segment: backscatter becomes, for each pixel, the probability of ice and of an edge."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from pipeline.inference.cascade import run_cascade
from pipeline.inference.choices import Mode, Segmentation
from pipeline.inference.cutting import everywhere, where
from pipeline.inference.engine import make_engine, threads_for_inference
from pipeline.inference.rows import ArrayRows, RowSource
from pipeline.inference.sinks import MemorySink, Sink
from pipeline.inference.stream import Stream
from pipeline.network.hedunet import HedUnet
from pipeline.probability import Probabilities

Mask = npt.NDArray[np.bool_]
Tracked = Callable[[Iterable[float]], Iterable[float]]


def segment_scene(
    sigma0_db: npt.NDArray[np.float32],
    network: HedUnet,
    how: Segmentation,
    *,
    needed: Mask | None = None,
) -> Probabilities:
    """Run the network over a scene in memory, shape (C, height, width) in dB.

    NaN and infinite values are no data. Tiles without a pixel that is `needed` (shape
    (height, width); None: all) stay unknown, as do those without data; so does every pixel
    without data in any channel. The same input, weights, threads and processor features give the
    same bytes. Raises SceneError where the scene has no pixels, ModelError where its bands are
    not those of the network.
    """
    rows = ArrayRows(sigma0_db)
    _, height, width = rows.shape
    sink = MemorySink(height, width)
    segment_rows(rows, network, how, sink, needed=needed)
    return sink.probabilities


def segment_rows(
    source: RowSource,
    network: HedUnet,
    how: Segmentation,
    sink: Sink,
    *,
    needed: Mask | None = None,
    tracked: Tracked = iter,
) -> tuple[str, ...]:
    """The same for a scene of any size at constant memory: rows from `source` go to `sink`.

    `tracked` is given the share that is done, again and again. Returns remarks on how the
    engine differs from what was asked for.
    """
    wanted = everywhere if needed is None else where(needed)
    with threads_for_inference(how.threads):
        engine = make_engine(network, how.engine)
        channels = network.architecture.channels
        stream = Stream(engine, channels, how.tiling, how.largest_batch)
        if how.mode is Mode.FAST:
            steps = run_cascade(stream, source, sink, wanted)
        else:
            steps = stream.run(source, sink, wanted)
        for _ in tracked(steps):
            pass
    return engine.remarks
