"""The real EW product, unpacked once for all tests of this folder."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

ARCHIVE = "sentinel1/stactools_EW_GRDM_SAFE.tar.xz"


@pytest.fixture(scope="session")
def real_product(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """S1A EW GRDM HH+HV of 2022-11-30 in the cloud layout; its measurements are empty."""
    folder = tmp_path_factory.mktemp("real")
    with tarfile.open(shared_data / ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.glob("*/S1A_EW_GRDM_*"))
