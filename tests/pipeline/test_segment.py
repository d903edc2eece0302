from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box
from torch import nn

from pipeline.errors import ModelError, SceneError
from pipeline.grid import Grid
from pipeline.inference.choices import EngineChoice, Kind, Mode, Segmentation, Tiling
from pipeline.inference.rows import ArrayRows
from pipeline.inference.sinks import MemorySink
from pipeline.network.architecture import Alignment, Architecture
from pipeline.network.hedunet import HedUnet
from pipeline.probability import (
    PROBABILITY_NODATA,
    PROBABILITY_STEPS,
    Probabilities,
    as_fraction,
    to_steps,
)
from pipeline.segment import segment_rows, segment_scene
from pipeline.settings import ProcessingSettings
from pipeline.trace import NoFront, trace_front
from tests.pipeline.networks import threshold_network

Image = npt.NDArray[np.float32]


HOW = Segmentation(Tiling(largest_px=128, overlap_px=32))


def segmented(
    sigma0_db: Image, network: HedUnet | None = None, how: Segmentation = HOW
) -> Probabilities:
    return segment_scene(sigma0_db, network or threshold_network(sigma0_db.shape[0]), how)


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
    how = replace(HOW, engine=EngineChoice(Kind.EAGER))
    sigma0_db = shelf(128, 600)
    sigma0_db[..., 150:] = np.nan
    segmented(sigma0_db, network, how)
    assert len(seen) == 2
    assert set(seen) == {(1, 1, 128, 128)}


def test_tiles_that_nobody_needs_are_left_out() -> None:
    sigma0_db = shelf(128, 600)
    needed = np.zeros((128, 600), dtype=bool)
    needed[60, 500] = True
    found = segment_scene(sigma0_db, random_network(), HOW, needed=needed)
    assert found.ice[60, 500] != PROBABILITY_NODATA
    assert np.all(found.ice[:, :300] == PROBABILITY_NODATA)


def test_a_scene_without_any_data_has_no_probability_at_all() -> None:
    empty = np.full((1, 100, 300), np.nan, dtype=np.float32)
    assert np.all(segmented(empty).ice == PROBABILITY_NODATA)


def test_a_scene_without_any_data_leaves_a_gap_with_its_reason() -> None:
    found = segmented(np.full((1, 100, 300), np.nan, dtype=np.float32))
    grid = Grid("EPSG:3031", 0.0, 4_000.0, 40.0, 300, 100)
    region, reference = (
        box(2_000, 1_000, 10_000, 3_000),
        LineString([(2_000, 1_000), (2_000, 3_000)]),
    )
    traced = trace_front(
        as_fraction(found.ice), grid, region, reference, ProcessingSettings().trace_rules
    )
    assert traced == NoFront("region_not_seen", is_gap=True)


def test_where_tiles_meet_there_is_no_seam() -> None:
    flat = np.full((1, 160, 400), -11.4, dtype=np.float32)
    assert np.ptp(segmented(flat).ice[5:-5, 5:-5]) <= 1


def test_the_number_of_threads_is_given_back() -> None:
    before = torch.get_num_threads()
    segmented(shelf(64, 64))
    assert torch.get_num_threads() == before


def seamless_network() -> HedUnet:
    """Random, sensitive to all it can see, and the same wherever a tile begins."""
    torch.manual_seed(11)
    architecture = Architecture(("HH",), 2, alignment=Alignment.CENTRES)
    network = HedUnet(architecture).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # norms fit what they get: nothing dies on the way down
    with torch.no_grad():
        network(torch.randn(4, 1, 128, 128) * 1.4 - 2.8)
        for head in network.heads:
            head.weight.mul_(5.0)  # type: ignore[operator]
    return network.eval()


AWAY_PX = 192  # from the borders of the smaller scene, which the larger one does not have


@settings(max_examples=4, deadline=None)
@given(
    rows=st.integers(0, 3),
    columns=st.integers(0, 3),
    largest_px=st.sampled_from([448, 480, 512]),
    seed=st.integers(0, 99),
)
def test_the_result_does_not_depend_on_where_tiles_begin(
    rows: int, columns: int, largest_px: int, seed: int
) -> None:
    noise = np.random.default_rng(seed).normal(-12, 6, (1, 608, 700)).astype(np.float32)
    network, top, left = seamless_network(), 32 * rows, 32 * columns
    whole = segmented(noise, network, replace(HOW, tiling=Tiling(1024)))
    part = segmented(noise[:, top:, left:], network, replace(HOW, tiling=Tiling(largest_px)))
    rows_away = slice(top + AWAY_PX, 608 - AWAY_PX)
    columns_away = slice(left + AWAY_PX, 700 - AWAY_PX)
    for of_whole, of_part in ((whole.ice, part.ice), (whole.edge, part.edge)):
        seen = of_part[AWAY_PX : 608 - top - AWAY_PX, AWAY_PX : 700 - left - AWAY_PX]
        moved = np.abs(of_whole[rows_away, columns_away].astype(int) - seen)
        # 1e-3 is a quarter of a step of 8 bits: it may tip one over, but no two.
        assert moved.max() <= 1
        assert np.mean(moved > 0) < 1e-3


def test_too_narrow_a_guard_would_show() -> None:
    noise = np.random.default_rng(3).normal(-12, 6, (1, 608, 700)).astype(np.float32)
    network = seamless_network()
    whole = segmented(noise, network, replace(HOW, tiling=Tiling(1024)))
    narrow = segmented(noise, network, replace(HOW, tiling=Tiling(448, 64)))
    assert np.abs(whole.ice.astype(int) - narrow.ice).max() > 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_data(value: float) -> None:
    sigma0_db = shelf()
    sigma0_db[0, 40:50, 60:70] = value
    found = segmented(sigma0_db)
    missing = np.zeros((200, 230), dtype=bool)
    missing[40:50, 60:70] = True
    assert np.array_equal(found.ice == PROBABILITY_NODATA, missing)


def test_a_scene_of_one_pixel_is_a_scene() -> None:
    found = segmented(np.full((1, 1, 1), -6.0, dtype=np.float32))
    assert found.ice.shape == (1, 1)
    assert found.ice[0, 0] != PROBABILITY_NODATA


@pytest.mark.parametrize("shape", [(1, 0, 5), (1, 5, 0), (0, 5, 5)])
def test_a_scene_without_pixels_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SceneError, match="no pixels"):
        segmented(np.zeros(shape, dtype=np.float32), threshold_network())


def test_bands_that_the_network_does_not_know_are_refused() -> None:
    with pytest.raises(ModelError, match=r"works on 1 bands \(HH\), the scene has 2"):
        segmented(np.repeat(shelf(), 2, axis=0), threshold_network(1))


def test_the_ratio_of_polarisations_is_made_from_them() -> None:
    torch.manual_seed(5)
    network = HedUnet(Architecture(("HH", "HV", "HH/HV"), 2)).eval()
    assert np.all(segmented(np.repeat(shelf(), 2, axis=0), network).ice != PROBABILITY_NODATA)


def test_every_kind_of_engine_says_the_same() -> None:
    noisy = shelf() + np.random.default_rng(1).normal(0, 1, (1, 200, 230)).astype(np.float32)
    network = random_network()
    eager, folded = (
        segmented(noisy, network, replace(HOW, engine=EngineChoice(kind)))
        for kind in (Kind.EAGER, Kind.FOLDED)
    )
    assert np.abs(eager.ice.astype(int) - folded.ice).max() <= 1
    assert np.mean(eager.ice != folded.ice) < 1e-3


def test_batches_change_nothing() -> None:
    noisy = shelf() + np.random.default_rng(1).normal(0, 1, (1, 200, 230)).astype(np.float32)
    one, three = (segmented(noisy, None, replace(HOW, largest_batch=size)) for size in (1, 3))
    assert np.abs(one.ice.astype(int) - three.ice).max() <= 1


def test_progress_rises_to_the_end() -> None:
    shares: list[float] = []

    def tracked(done: Iterable[float]) -> Iterable[float]:
        shares.extend(done)
        return ()

    how = replace(HOW, mode=Mode.FAST)
    sink = MemorySink(200, 230)
    segment_rows(ArrayRows(shelf()), threshold_network(), how, sink, tracked=tracked)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("logit", "steps"), [(0.0, 127), (-100.0, 0), (100.0, 254), (np.nan, PROBABILITY_NODATA)]
)
def test_logits_become_eight_bits(logit: float, steps: int) -> None:
    assert to_steps(np.array([logit], dtype=np.float32)).tolist() == [steps]


def test_eight_bits_become_fractions_again() -> None:
    fraction = as_fraction(np.array([0, 127, 254, PROBABILITY_NODATA], dtype=np.uint8))
    assert fraction[:3].tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(fraction[3])
