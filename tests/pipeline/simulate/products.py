"""Small simulated products for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.safe.annotation import Annotation
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.digital_numbers import SyntheticDn
from pipeline.simulate.orbit_pass import Target
from pipeline.simulate.safe_product import IPF, SimulatedChannel, WrittenSafe, write_safe
from pipeline.simulate.safe_xml.noise import is_old
from pipeline.simulate.tables import calibration_table, noise_table

MOMENT = datetime(2026, 9, 4, 20, 13, 5, tzinfo=UTC)
TARGET = Target(71.0, -68.5, 40.0)
SMALL = Acquisition(TARGET, MOMENT, lines=60, pixels=90)
SMALL_IW = replace(SMALL, mode="IW")


def ramp(annotation: Annotation) -> npt.NDArray[np.float32]:
    """Sigma0 that grows along range, with a corner without data."""
    row = np.linspace(0.01, 0.2, annotation.pixels, dtype=np.float32)
    sigma0 = np.repeat(row[None], annotation.lines, axis=0)
    sigma0[:5, :7] = np.nan
    return sigma0


def channel_of(
    acquisition: Acquisition, polarisation: str, ipf: str = IPF, rows: int = 16
) -> SimulatedChannel:
    annotation = simulated_annotation(acquisition, polarisation)
    calibration = calibration_table(annotation)
    noise = noise_table(annotation, with_azimuth=not is_old(ipf))
    synthetic = SyntheticDn(calibration, noise, annotation.pixels)

    def blocks() -> Iterator[npt.NDArray[np.uint16]]:
        sigma0 = ramp(annotation)
        for first in range(0, annotation.lines, rows):
            yield synthetic.block(first, sigma0[first : first + rows])

    return SimulatedChannel(annotation, calibration, noise, blocks())


def written(
    target: Path,
    acquisition: Acquisition = SMALL,
    polarisations: tuple[str, ...] = ("HH", "HV"),
    ipf: str = IPF,
    rows: int = 16,
) -> WrittenSafe:
    channels = [channel_of(acquisition, each, ipf, rows) for each in polarisations]
    return write_safe(target, channels, ipf)
