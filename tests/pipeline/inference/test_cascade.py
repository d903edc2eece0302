from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.inference.cascade import CascadeRules, doubtful, run_cascade
from pipeline.inference.choices import EngineChoice, Segmentation, Tiling
from pipeline.inference.cutting import Wish, everywhere, where
from pipeline.inference.engine import make_engine
from pipeline.inference.rows import ArrayRows, Bands
from pipeline.inference.sinks import MemorySink
from pipeline.inference.stream import Stream
from pipeline.probability import PROBABILITY_NODATA, PROBABILITY_STEPS, Probabilities
from pipeline.segment import segment_scene
from tests.pipeline.networks import threshold_network

RULES = CascadeRules(tiling=Tiling(96, 32), margin_px=1)
TILING = Tiling(128, 32)
FRONT_COLUMN = 500


def shelf(height: int = 300, width: int = 1_000) -> Bands:
    sigma0_db = np.full((1, height, width), -6.0, dtype=np.float32)
    sigma0_db[..., FRONT_COLUMN:] = -17.0
    return sigma0_db


def fast(
    sigma0_db: Bands, wanted: Wish = everywhere, rules: CascadeRules = RULES
) -> tuple[Probabilities, list[tuple[int, ...]]]:
    """What the cascade says, and the shapes of the tiles that it ran."""
    engine, shapes = make_engine(threshold_network(), EngineChoice()), []
    engine.module.register_forward_hook(lambda _m, given, _o: shapes.append(given[0].shape))
    sink = MemorySink(*sigma0_db.shape[1:])
    for _ in run_cascade(
        Stream(engine, ("HH",), TILING), ArrayRows(sigma0_db), sink, wanted, rules
    ):
        pass
    return sink.probabilities, shapes


def exact(sigma0_db: Bands) -> Probabilities:
    return segment_scene(sigma0_db, threshold_network(), Segmentation(TILING))


def test_the_front_is_where_it_is_in_the_exact_mode() -> None:
    sigma0_db = shelf()
    near = slice(FRONT_COLUMN - 8, FRONT_COLUMN + 8)
    assert np.array_equal(fast(sigma0_db)[0].ice[:, near], exact(sigma0_db).ice[:, near])


def test_far_from_the_front_coarse_pixels_are_enough() -> None:
    found, shapes = fast(shelf())
    assert np.all(found.ice[:, :400] > 0.95 * PROBABILITY_STEPS)
    assert np.all(found.ice[:, 600:] < 0.05 * PROBABILITY_STEPS)
    run_px = sum(shape[-1] * shape[-2] for shape in shapes)
    assert run_px < 0.5 * found.ice.size


def test_no_data_stays_no_data_to_the_pixel() -> None:
    sigma0_db = shelf()
    sigma0_db[0, 101:140, 33:77] = np.nan
    sigma0_db[0, 7, FRONT_COLUMN] = np.inf
    found, _ = fast(sigma0_db)
    assert np.array_equal(found.ice == PROBABILITY_NODATA, ~np.isfinite(sigma0_db[0]))


def test_where_all_is_doubt_it_is_the_exact_mode() -> None:
    sigma0_db = np.full((1, 150, 300), -11.5, dtype=np.float32)
    noise = np.random.default_rng(2).normal(0, 0.3, sigma0_db.shape)
    sigma0_db += noise.astype(np.float32)
    found, _ = fast(sigma0_db)
    assert np.array_equal(found.ice, exact(sigma0_db).ice)


def test_what_nobody_needs_is_not_looked_at_again() -> None:
    needed = np.zeros((300, 1_000), dtype=bool)
    needed[:, :200] = True
    _, all_shapes = fast(shelf())
    _, shapes = fast(shelf(), where(needed))
    assert len(shapes) < len(all_shapes)
    assert (96, 96) not in {shape[-2:] for shape in shapes}


def steps(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    known = np.nan_to_num(shares * PROBABILITY_STEPS, nan=PROBABILITY_NODATA)
    return np.rint(known).astype(np.uint8)


@pytest.mark.parametrize(
    ("ice", "edge", "doubts"),
    [
        ([1.0] * 9, [0.0] * 9, []),
        ([0.0] * 9, [0.0] * 9, []),
        ([1, 1, 1, 1, 0.5, 1, 1, 1, 1], [0.0] * 9, [3, 4, 5]),
        ([1, 1, 1, 1, 0, 0, 0, 0, 0], [0.0] * 9, [2, 3, 4, 5]),
        ([1.0] * 9, [0, 0, 0, 0, 0, 0, 0, 0.9, 0], [6, 7, 8]),
        ([1, 1, 1, np.nan, np.nan, 1, 1, 1, 1], [0.0] * 9, []),
    ],
)
def test_doubt_is_where_it_is_unsure_or_ice_meets_ocean(
    ice: list[float], edge: list[float], doubts: list[int]
) -> None:
    coarse = Probabilities(steps(np.array([ice])), steps(np.array([edge])))
    assert np.flatnonzero(doubtful(coarse, RULES)[0]).tolist() == doubts
