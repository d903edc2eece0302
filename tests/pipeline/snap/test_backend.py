from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest
import rasterio

from catalog.errors import SettingsError
from pipeline.errors import SceneError
from pipeline.prepare import Preparation
from pipeline.run_prepare import Backend, prepare_to_file
from tests.pipeline.snap import fake_gpt
from tests.pipeline.snap.installation import install_fake, make_product

ASKED = Preparation("EPSG:3031", 40.0)


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ICELINES_SNAP_GPT", str(install_fake(tmp_path)))
    return make_product(tmp_path)


def test_the_raster_of_the_snap_backend_is_like_any_other(product: Path, tmp_path: Path) -> None:
    out = tmp_path / "scene.tif"
    report = prepare_to_file(product, out, ASKED, backend=Backend.SNAP)
    assert report.polarisations == ("HH", "HV")
    margin = fake_gpt.MARGIN
    expected = fake_gpt.image("HV")[margin:-margin, margin:-margin]
    expected[fake_gpt.WEAK] = -40.0
    with rasterio.open(out) as raster:
        assert raster.descriptions == ("HH", "HV")
        found = raster.read(2) * raster.scales[1] + raster.offsets[1]
        lineage = orjson.loads(raster.tags()["LINEAGE"])
    np.testing.assert_allclose(found, expected, atol=0.00501)
    assert lineage["parameters"]["backend"] == "snap"
    assert lineage["account"]["snap_version"] == "13.0.0"
    assert lineage["account"]["polarisations"]["HV"]["noise_removed"] is True


@pytest.mark.parametrize("behaviour", ["fails", "two bands", "empty"])
def test_a_failure_of_snap_leaves_no_raster(
    behaviour: str, product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GPT", behaviour)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SceneError):
        prepare_to_file(product, tmp_path / "scene.tif", ASKED, backend=Backend.SNAP)
    assert sorted(tmp_path.iterdir()) == before


def test_without_snap_nothing_is_begun(
    product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ICELINES_SNAP_GPT")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SettingsError, match="IceLines does not need SNAP"):
        prepare_to_file(product, tmp_path / "scene.tif", ASKED, backend=Backend.SNAP)
    assert not (tmp_path / "scene.tif").exists()
