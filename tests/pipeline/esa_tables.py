"""The tables of the real EW product, taken from its XML by hand: independent of our reader."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

from pipeline.safe.tables import (
    CalibrationTable,
    CalibrationVector,
    NoiseBlock,
    NoiseTable,
    NoiseVector,
)

ARCHIVE = "sentinel1/stactools_EW_GRDM_SAFE.tar.xz"
LINES, PIXELS = 10_708, 10_487


def real_tables(shared_data: Path, polarisation: str) -> tuple[CalibrationTable, NoiseTable]:
    """Calibration and noise of one polarisation of S1A EW GRDM of 2022-11-30."""
    with tarfile.open(shared_data / ARCHIVE) as archive:
        members = {Path(name).name: name for name in archive.getnames()}
        calibration, noise = (
            etree.fromstring(_content(archive, members[f"{kind}-ew-{polarisation.lower()}.xml"]))
            for kind in ("calibration", "noise")
        )
    return _calibration(calibration, polarisation), _noise(noise, polarisation)


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    assert found is not None
    return found.read()


def _calibration(root: Any, polarisation: str) -> CalibrationTable:
    return CalibrationTable(
        polarisation,
        tuple(
            CalibrationVector(
                int(v.findtext("line")),
                _numbers(v, "pixel").astype(np.int64),
                _numbers(v, "sigmaNought"),
                _numbers(v, "gamma"),
            )
            for v in root.iter("calibrationVector")
        ),
    )


def _noise(root: Any, polarisation: str) -> NoiseTable:
    vectors = tuple(
        NoiseVector(
            int(v.findtext("line")),
            _numbers(v, "pixel").astype(np.int64),
            _numbers(v, "noiseRangeLut"),
        )
        for v in root.iter("noiseRangeVector")
    )
    blocks = tuple(
        NoiseBlock(
            v.findtext("swath"),
            int(v.findtext("firstAzimuthLine")),
            int(v.findtext("lastAzimuthLine")),
            int(v.findtext("firstRangeSample")),
            int(v.findtext("lastRangeSample")),
            _numbers(v, "line").astype(np.int64),
            _numbers(v, "noiseAzimuthLut"),
        )
        for v in root.iter("noiseAzimuthVector")
    )
    return NoiseTable(polarisation, vectors, blocks)


def _numbers(vector: Any, name: str) -> Any:
    return np.array(vector.findtext(name).split(), dtype=np.float64)
