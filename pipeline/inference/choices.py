"""What can be chosen of inference, as values: without torch, so that settings may name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from catalog.errors import SettingsError

STRIDE_PX = 32  # of HED-UNet: pipeline.network.hedunet.TILE_MULTIPLE
# Farther away than this nothing changes what HED-UNet says of a pixel, whatever its weights:
# measured as exactly 0 from here on, and more than 0.01 at 160 (docs/inference.md).
RECEPTIVE_RADIUS_PX = 192
RAMP_PX = 32


@dataclass(frozen=True, slots=True)
class Tiling:
    """How large tiles may be and how much they share, in pixels; raises SettingsError.

    Of the overlap, a guard on each side counts nothing and in the rest weights change.
    """

    largest_px: int = 1024
    overlap_px: int = 2 * RECEPTIVE_RADIUS_PX + RAMP_PX

    def __post_init__(self) -> None:
        fits = self.largest_px % STRIDE_PX == 0 == self.overlap_px % STRIDE_PX
        if not fits or not 0 <= self.overlap_px < self.largest_px:
            raise SettingsError(
                f"Tiles of {self.largest_px} pixels cannot share {self.overlap_px}: both must be "
                f"multiples of {STRIDE_PX}, the overlap the smaller. Set "
                "ICELINES_PROCESS_LARGEST_TILE_PX and ICELINES_PROCESS_OVERLAP_PX."
            )

    @property
    def guard_px(self) -> int:
        return min(max((self.overlap_px - RAMP_PX) // 2, 0), RECEPTIVE_RADIUS_PX)

    @property
    def ramp_px(self) -> int:
        return self.overlap_px - 2 * self.guard_px


class Kind(StrEnum):
    """All three say the same but for rounding."""

    EAGER = "eager"  # the network as it was trained: the reference
    FOLDED = "folded"
    COMPILED = "compiled"  # folded, through torch.compile where there is a C++ compiler


class Device(StrEnum):
    AUTO = "auto"  # CUDA where there is one
    CPU = "cpu"
    CUDA = "cuda"


class Precision(StrEnum):
    FP32 = "fp32"
    BF16 = "bf16"  # convolutions alone: levels are merged in fp32


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What is asked for."""

    kind: Kind = Kind.FOLDED
    device: Device = Device.AUTO
    precision: Precision = Precision.FP32


class Mode(StrEnum):
    EXACT = "exact"  # the network sees every pixel at full resolution
    FAST = "fast"  # only where coarser pixels leave doubt


@dataclass(frozen=True, slots=True)
class Segmentation:
    """How scenes are segmented: all that the probabilities depend on beside scene and network."""

    tiling: Tiling = field(default_factory=Tiling)
    mode: Mode = Mode.EXACT
    engine: EngineChoice = field(default_factory=EngineChoice)
    threads: int = 1
    largest_batch: int = 1
