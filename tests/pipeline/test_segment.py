from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch

from pipeline.network.architecture import Architecture
from pipeline.network.hedunet import HedUnet
from pipeline.probability import (
    PROBABILITY_NODATA,
    PROBABILITY_STEPS,
    Probabilities,
    as_fraction,
    to_steps,
)
from pipeline.segment import segment_scene
from tests.pipeline.networks import threshold_network

Image = npt.NDArray[np.float32]


def segmented(sigma0_db: Image, network: HedUnet | None = None) -> Probabilities:
    return segment_scene(
        sigma0_db,
        network or threshold_network(sigma0_db.shape[0]),
        largest_tile_px=128,
        overlap_px=32,
        threads=1,
    )


def shelf(height: int = 200, width: int = 230) -> Image:
    sigma0_db = np.full((1, height, width), -17.0, dtype=np.float32)
    sigma0_db[:, height // 2 :] = -6.0
    return sigma0_db


def random_network() -> HedUnet:
    torch.manual_seed(5)
    return HedUnet(Architecture(("HH",), 4)).eval()


def test_bright_is_ice_for_the_network_of_these_tests() -> None:
    found = segmented(shelf())
    assert np.all(found.ice[:95] < 10)
    assert np.all(found.ice[105:] > PROBABILITY_STEPS - 10)


def test_the_same_scene_gives_the_same_bytes() -> None:
    noisy = shelf() + np.random.default_rng(1).normal(0, 1, (1, 200, 230)).astype(np.float32)
    first, second = (segmented(noisy, random_network()) for _ in range(2))
    assert first.ice.tobytes() == second.ice.tobytes()
    assert first.edge.tobytes() == second.edge.tobytes()


def test_pixels_without_data_have_no_probability() -> None:
    sigma0_db = np.repeat(shelf(), 2, axis=0)
    sigma0_db[0, :20] = np.nan
    sigma0_db[1, :, :30] = np.nan
    found = segmented(sigma0_db)
    missing = np.isnan(sigma0_db).any(axis=0)
    assert np.array_equal(found.ice == PROBABILITY_NODATA, missing)
    assert np.array_equal(found.edge == PROBABILITY_NODATA, missing)


def test_tiles_without_data_are_not_given_to_the_network() -> None:
    seen: list[tuple[int, ...]] = []
    network = random_network()
    network.register_forward_hook(lambda _m, given, _o: seen.append(tuple(given[0].shape)))
    sigma0_db = shelf(128, 600)
    sigma0_db[..., 150:] = np.nan
    segmented(sigma0_db, network)
    assert len(seen) == 2
    assert set(seen) == {(1, 1, 128, 128)}


def test_tiles_that_nobody_needs_are_left_out() -> None:
    sigma0_db = shelf(128, 600)
    needed = np.zeros((128, 600), dtype=bool)
    needed[60, 500] = True
    found = segment_scene(
        sigma0_db, random_network(), largest_tile_px=128, overlap_px=32, threads=1, needed=needed
    )
    assert found.ice[60, 500] != PROBABILITY_NODATA
    assert np.all(found.ice[:, :300] == PROBABILITY_NODATA)


def test_a_scene_without_any_data_has_no_probability_at_all() -> None:
    empty = np.full((1, 100, 300), np.nan, dtype=np.float32)
    assert np.all(segmented(empty).ice == PROBABILITY_NODATA)


def test_where_tiles_meet_there_is_no_seam() -> None:
    flat = np.full((1, 160, 400), -11.4, dtype=np.float32)
    assert np.ptp(segmented(flat).ice[5:-5, 5:-5]) <= 1


def test_the_number_of_threads_is_given_back() -> None:
    before = torch.get_num_threads()
    segmented(shelf(64, 64))
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("logit", "steps"), [(0.0, 127), (-100.0, 0), (100.0, 254), (np.nan, PROBABILITY_NODATA)]
)
def test_logits_become_eight_bits(logit: float, steps: int) -> None:
    assert to_steps(np.array([logit], dtype=np.float32)).tolist() == [steps]


def test_eight_bits_become_fractions_again() -> None:
    fraction = as_fraction(np.array([0, 127, 254, PROBABILITY_NODATA], dtype=np.uint8))
    assert fraction[:3].tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(fraction[3])
