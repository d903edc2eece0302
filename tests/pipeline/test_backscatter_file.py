from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.errors import RasterioIOError

from catalog.errors import StorageError
from pipeline import backscatter_file as module
from pipeline.backscatter_file import (
    ALIGNMENT_PX,
    NODATA,
    SCALE_DB,
    BackscatterWriter,
    backscatter_file,
)
from pipeline.grid import Grid

Decibels = npt.NDArray[np.float32]


def grid_of(height: int, width: int) -> Grid:
    return Grid("EPSG:3031", -40_000.0, 800_000.0, 40.0, width, height)


def painted(height: int, width: int, seed: int = 1) -> Decibels:
    """Two bands of speckle with a triangle of no data."""
    values = np.random.default_rng(seed).normal(-12, 4, (2, height, width)).astype(np.float32)
    down, across = np.indices((height, width))
    values[:, down + across < min(height, width) // 2] = np.nan
    return values


def fill(writer: BackscatterWriter, values: Decibels, column: int = 0) -> None:
    for name, band in zip(writer.bands, values, strict=True):
        for row in range(0, len(band), ALIGNMENT_PX):
            writer.write(name, row, column, band[row : row + ALIGNMENT_PX])


def write(path: Path, values: Decibels, tags: dict[str, str] | None = None) -> Path:
    with backscatter_file(path, grid_of(*values.shape[1:]), ("HH", "HV"), tags or {}) as writer:
        fill(writer, values)
    return path


def read_db(path: Path, **options: int) -> npt.NDArray[np.float64]:
    with rasterio.open(path, **options) as raster:
        found = np.ma.filled(raster.read(masked=True).astype(np.float64), np.nan)
    return np.asarray(found * SCALE_DB)


def test_values_come_back_to_half_a_hundredth_of_a_decibel(tmp_path: Path) -> None:
    values = painted(700, 900)
    found = read_db(write(tmp_path / "scene.tif", values))
    assert np.array_equal(np.isnan(found), np.isnan(values))
    assert np.nanmax(np.abs(found - values)) <= SCALE_DB / 2 + 1e-5


def test_the_file_says_what_its_numbers_mean(tmp_path: Path) -> None:
    path = write(tmp_path / "scene.tif", painted(700, 900), {"SCENE": "S1A", "LINEAGE": "{}"})
    with rasterio.open(path) as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.scales == (SCALE_DB, SCALE_DB)
        assert raster.units == ("dB", "dB")
        assert raster.nodata == NODATA
        assert raster.descriptions == ("HH", "HV")
        assert raster.crs.to_epsg() == 3031
        assert tuple(raster.transform)[:6] == (40.0, 0.0, -40_000.0, 0.0, -40.0, 800_000.0)
        assert raster.tags()["SCENE"] == "S1A"


def test_statistics_are_those_of_the_numbers_in_the_file(tmp_path: Path) -> None:
    values = painted(700, 900)
    path = tmp_path / "scene.tif"
    with backscatter_file(path, grid_of(700, 900), ("HH", "HV"), {}) as writer:
        fill(writer, values)
    said = writer.statistics["HV"].document(700 * 900)
    assert said["mean"] == pytest.approx(np.nanmean(values[1]), abs=1e-3)
    assert said["stddev"] == pytest.approx(np.nanstd(values[1]), abs=1e-3)
    assert said["minimum"] == pytest.approx(np.nanmin(values[1]), abs=0.006)
    assert said["maximum"] == pytest.approx(np.nanmax(values[1]), abs=0.006)
    assert said["valid_percent"] == pytest.approx(100 * np.isfinite(values[1]).mean(), abs=0.01)
    with rasterio.open(path) as raster:
        numbers = raster.read(2, masked=True)
        kept = raster.tags(2)
        assert float(kept["STATISTICS_MEAN"]) == pytest.approx(numbers.mean(), abs=0.01)
        assert float(kept["STATISTICS_MINIMUM"]) == numbers.min()


@pytest.mark.parametrize(("height", "width"), [(700, 900), (513, 1_025), (256, 2_049)])
def test_overviews_are_means_over_pixels_with_data(tmp_path: Path, height: int, width: int) -> None:
    values = painted(height, width)
    path = write(tmp_path / "scene.tif", values)
    with rasterio.open(path) as raster:
        factors = raster.overviews(1)
    assert factors == [2**n for n in range(1, len(factors) + 1)]
    assert max(height, width) / factors[-1] <= 512 < max(height, width) / factors[-1] * 2
    first = read_db(path, overview_level=0)
    padded = np.full((2, first.shape[1] * 2, first.shape[2] * 2), np.nan, dtype=np.float32)
    padded[:, :height, :width] = read_db(path)
    boxes = padded.reshape(2, first.shape[1], 2, first.shape[2], 2)
    known = np.isfinite(boxes).any(axis=(2, 4))
    assert np.array_equal(np.isfinite(first), known)
    total, count = np.nansum(boxes, axis=(2, 4)), np.isfinite(boxes).sum(axis=(2, 4))
    assert np.abs(first[known] - (total[known] / count[known])).max() <= SCALE_DB / 2 + 1e-4
    last = read_db(path, overview_level=len(factors) - 1)
    assert np.nanmean(last) == pytest.approx(np.nanmean(values), abs=0.1)


def test_strips_may_be_narrower_than_the_grid_and_missing(tmp_path: Path) -> None:
    path = tmp_path / "scene.tif"
    strip = np.full((ALIGNMENT_PX, 100), -7.0, dtype=np.float32)
    with backscatter_file(path, grid_of(600, 500), ("HH",), {}) as writer:
        writer.write("HH", 2 * ALIGNMENT_PX, 48, strip)
    found = read_db(path)[0]
    assert np.allclose(found[2 * ALIGNMENT_PX : 3 * ALIGNMENT_PX, 48:148], -7.0)
    assert np.isfinite(found).sum() == strip.size


def test_strips_that_overviews_could_not_follow_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="strips have 64 rows"),
        backscatter_file(tmp_path / "scene.tif", grid_of(600, 500), ("HH",), {}) as writer,
    ):
        writer.write("HH", 100, 0, np.zeros((ALIGNMENT_PX, 500), dtype=np.float32))


def test_nothing_is_left_of_a_file_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "scene.tif"
    with pytest.raises(RuntimeError), backscatter_file(path, grid_of(300, 300), ("HH",), {}):
        raise RuntimeError("half way")
    assert list(path.parent.iterdir()) == []


def test_an_earlier_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "scene.tif", painted(300, 300))
    before = path.read_bytes()
    with pytest.raises(RuntimeError), backscatter_file(path, grid_of(300, 300), ("HH",), {}):
        raise RuntimeError("half way")
    assert path.read_bytes() == before
    write(path, painted(300, 300, seed=2))
    assert path.read_bytes() != before


def test_the_same_strips_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write(tmp_path / f"{n}.tif", painted(600, 700)) for n in (1, 2))
    assert first.read_bytes() == second.read_bytes()


def test_a_disk_that_fails_is_a_storage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RasterioIOError("No space left on device")

    monkeypatch.setattr(module, "copy", full)
    with pytest.raises(StorageError, match=r"scene\.tif: cannot be written \(No space"):
        write(tmp_path / "scene.tif", painted(300, 300))
    assert list(tmp_path.iterdir()) == []


@given(st.floats(-400, 400, width=32))
def test_any_value_is_rounded_or_held_at_the_ends(value: float) -> None:
    result = np.empty((1, 1), dtype=np.int16)
    module._scale(np.array([[value]], dtype=np.float32), result)
    expected = min(max(value, module.LOWEST * SCALE_DB), module.HIGHEST * SCALE_DB)
    assert result[0, 0] * SCALE_DB == pytest.approx(expected, abs=SCALE_DB / 2 + 1e-4)
