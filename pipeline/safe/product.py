"""A product as a whole: its channels with annotation, tables and the place of their pixels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.safe.annotation import Annotation
from pipeline.safe.tables import CalibrationTable, NoiseTable


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One polarisation. `measurement` is what rasterio opens (`/vsizip/...` inside a zip file).

    `noise` is None where the product carries none that can be used: the result is then not
    denoised and says so.
    """

    annotation: Annotation
    calibration: CalibrationTable
    noise: NoiseTable | None
    measurement: str

    @property
    def polarisation(self) -> str:
        return self.annotation.polarisation


@dataclass(frozen=True, slots=True, eq=False)
class SafeProduct:
    """A GRD product: a `.SAFE` folder or a zip file of one, in ESA's or the cloud layout.

    `degradations` says what is missing or doubtful, in words, for the lineage.
    """

    path: Path
    name: str  # product id, without .SAFE
    ipf: str | None  # "003.52"
    start: datetime
    stop: datetime
    channels: tuple[Channel, ...]
    degradations: tuple[str, ...] = ()

    @property
    def polarisations(self) -> tuple[str, ...]:
        return tuple(channel.polarisation for channel in self.channels)

    def channel(self, polarisation: str) -> Channel:
        """The channel of a polarisation; KeyError where there is none."""
        return {channel.polarisation: channel for channel in self.channels}[polarisation]
