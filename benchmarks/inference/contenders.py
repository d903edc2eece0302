"""The ways of running the network that are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.inference.scenes import Scene
from pipeline.inference.choices import (
    Device,
    EngineChoice,
    Kind,
    Mode,
    Precision,
    Segmentation,
    Tiling,
)
from pipeline.network.hedunet import HedUnet
from pipeline.probability import Probabilities
from pipeline.segment import segment_scene

REFERENCE = "eager"


@dataclass(frozen=True, slots=True)
class Contender:
    """One way, and what it does beside the reference."""

    name: str
    what: str
    how: Segmentation

    def bound(self, scene: Scene, network: HedUnet) -> Callable[[], Probabilities]:
        """Runs it on a scene."""
        return partial(segment_scene, scene.sigma0_db, network, self.how)


def contenders(threads: int, device: Device, *, compiled: bool) -> list[Contender]:
    """The reference first."""
    eager = Segmentation(engine=EngineChoice(Kind.EAGER, device), threads=threads)
    folded = replace(eager, engine=EngineChoice(Kind.FOLDED, device))
    found = [
        Contender(
            REFERENCE, "the network as trained: fp32, contiguous, whole tiles of 1,024 px", eager
        ),
        Contender(
            "eager, no guard",
            "the same, tiles sharing 32 px: what seams cost less",
            replace(eager, tiling=Tiling(overlap_px=32)),
        ),
        Contender("exact", "folded, channels last, guards cut: `--mode exact`", folded),
        Contender("fast", "coarse pixels first: `--mode fast`", replace(folded, mode=Mode.FAST)),
    ]
    if compiled:
        choice = EngineChoice(Kind.COMPILED, device)
        found.append(Contender("compiled", "exact, compiled", replace(eager, engine=choice)))
    if device is Device.CUDA:
        choice = EngineChoice(Kind.FOLDED, device, Precision.BF16)
        half = replace(folded, engine=choice, largest_batch=8)
        found.append(Contender("bf16", "exact, bf16, 8 tiles at once", half))
    return found
