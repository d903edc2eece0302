from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.radiometry.speckle import lee_filter

Image = npt.NDArray[np.float32]


def speckled(looks: float = 4.4, rows: int = 60, columns: int = 50) -> Image:
    power = np.random.default_rng(4).gamma(looks, 0.05 / looks, (rows, columns))
    return power.astype(np.float32)


def plainly(image: Image, looks: float, window: int) -> Image:
    """Pixel by pixel, as Lee (1980) writes it."""
    half, result = window // 2, image.copy()
    for row, column in np.ndindex(*image.shape):
        near = image[max(row - half, 0) : row + half + 1, max(column - half, 0) : column + half + 1]
        known = near[np.isfinite(near)].astype(np.float64)
        if np.isfinite(image[row, column]):
            mean, variance = known.mean(), known.var()
            weight = max(0.0, 1.0 - mean**2 / looks / variance) if variance > 0 else 0.0
            result[row, column] = mean + weight * (image[row, column] - mean)
    return result


@pytest.mark.parametrize("window", [3, 5, 7])
def test_the_filter_is_lees(window: int) -> None:
    image = speckled()
    image[20:40, 10:30] *= 8
    image[np.random.default_rng(2).random(image.shape) < 0.2] = np.nan
    expected = plainly(image, 4.4, window)
    found = lee_filter(image.copy(), 4.4, window)
    assert np.allclose(found, expected, rtol=2e-5, equal_nan=True)


def test_speckle_is_calmed_and_the_mean_is_kept() -> None:
    image = speckled(rows=200, columns=200)
    found = lee_filter(image.copy(), 4.4, 7)
    assert found.std() < 0.45 * image.std()
    assert found.mean() == pytest.approx(image.mean(), rel=0.01)


def test_an_edge_much_stronger_than_speckle_stays_where_it_is() -> None:
    image = speckled(looks=1e4)
    image[:, 25:] *= 20
    found = lee_filter(image.copy(), 10.0, 5)
    assert np.allclose(found[:, :20], image[:, :20].mean(), rtol=0.05)
    assert found[:, 24].max() < 0.2 * found[:, 25].min()


def test_an_image_smaller_than_the_window_is_filtered_too() -> None:
    image = speckled(rows=2, columns=3)
    assert np.allclose(lee_filter(image.copy(), 4.4, 7), plainly(image, 4.4, 7), rtol=2e-5)


@pytest.mark.parametrize("window", [1, 2, 4])
def test_a_window_without_a_middle_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match="odd"):
        lee_filter(speckled(), 4.4, window)
