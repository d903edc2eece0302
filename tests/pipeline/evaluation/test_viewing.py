from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InputError
from pipeline.errors import ModelError
from pipeline.evaluation.simulated_tiles import predict_ice
from pipeline.evaluation.viewing import Viewing, oriented, oriented_back, predict, scaled
from tests.pipeline.evaluation.masks import left_of
from tests.pipeline.networks import threshold_network

ONCE = Viewing((1.0,), 1)


def painted(height: int, width: int, at: int) -> np.ndarray:
    """Bright left of a column, dark right of it."""
    image = np.full((1, height, width), -17.0, dtype=np.float32)
    image[:, :, :at] = -6.0
    return image


def test_one_view_at_full_size_is_what_the_network_says() -> None:
    network, image = threshold_network(), painted(64, 96, 40)
    found = predict(network, image, ONCE)
    assert np.array_equal(found.ocean < 0.5, predict_ice(network, image))
    assert found.spread.max() == 0.0


@pytest.mark.parametrize(("height", "width"), [(64, 64), (50, 71), (20, 33)])
@pytest.mark.parametrize("viewing", [ONCE, Viewing((0.5, 1.0), 8), Viewing((2.0,), 2)])
def test_images_of_any_size_come_back_in_their_size(
    height: int, width: int, viewing: Viewing
) -> None:
    found = predict(threshold_network(), painted(height, width, width // 2), viewing)
    for field in (found.ocean, found.edge, found.spread):
        assert field.shape == (height, width)
        assert np.isfinite(field).all()
    # Away from the filling below and right, which is as dark as water.
    assert found.ocean[6, 6] < 0.5 < found.ocean[6, -6]


@given(symmetry=st.integers(0, 7), height=st.integers(1, 5), width=st.integers(1, 5))
def test_every_orientation_can_be_undone_after_padding(
    symmetry: int, height: int, width: int
) -> None:
    image = torch.arange(2.0 * height * width).reshape(2, height, width)
    padded = torch.nn.functional.pad(oriented(image, symmetry), (0, 2, 0, 1), value=-1.0)
    assert torch.equal(oriented_back(padded, symmetry, image.shape[-2:]), image)


def test_the_eight_orientations_of_a_square_all_differ() -> None:
    image = torch.arange(9.0).reshape(1, 3, 3)
    assert len({tuple(oriented(image, each).ravel().tolist()) for each in range(8)}) == 8


def test_a_prediction_in_all_orientations_turns_with_the_image() -> None:
    viewing, image = Viewing((0.5,), 8), painted(48, 64, 20)
    network = threshold_network()
    upright = predict(network, image, viewing).ocean
    turned = predict(network, np.ascontiguousarray(np.rot90(image, axes=(1, 2))), viewing).ocean
    assert np.rot90(upright) == pytest.approx(turned, abs=1e-5)


def test_views_that_differ_are_spread() -> None:
    found = predict(threshold_network(), painted(64, 64, 31), Viewing((0.25, 1.0), 1))
    assert found.spread[:, 28:34].max() > 0.05
    assert found.spread[24:40, 8:16].max() < 0.01


def test_shrinking_averages_what_is_known() -> None:
    image = torch.tensor([[[1.0, torch.nan, 4.0, torch.nan], [3.0, 2.0, torch.nan, torch.nan]]])
    small = scaled(image, 0.5)
    assert small[0, 0, 0] == 2.0
    assert torch.isnan(small[0, 0, 1])


def test_a_model_of_two_channels_cannot_see_one() -> None:
    with pytest.raises(ModelError, match=r"takes HH\+HV, the images have 1 channel\."):
        predict(threshold_network(2), painted(32, 32, 9), ONCE)


@pytest.mark.parametrize(("scales", "symmetries"), [((), 1), ((0.0,), 1), ((1.0,), 3)])
def test_views_that_cannot_be_are_refused(scales: tuple[float, ...], symmetries: int) -> None:
    with pytest.raises(InputError):
        Viewing(scales, symmetries)


def test_the_water_is_where_ice_is_not() -> None:
    found = predict(threshold_network(), painted(64, 64, 32), ONCE)
    wrong = (found.ocean < 0.5) != left_of(32, 64)
    assert wrong.mean() < 0.05
