"""From the backscatter to the line: the tiles of a scene leave no trace in its front."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from pipeline.grid import Grid
from pipeline.inference.choices import EngineChoice, Kind, Segmentation, Tiling
from pipeline.probability import as_fraction
from pipeline.segment import segment_scene
from pipeline.settings import ProcessingSettings
from pipeline.trace import TracedFront, trace_front
from tests.pipeline.networks import threshold_network
from tests.pipeline.painted_scenes import (
    ICE_DB,
    REFERENCE,
    REGION,
    SOUTH,
    WATER_DB,
    WEST,
    WIDTH_M,
    Image,
)

PIXEL_M = 80.0
GRID = Grid.around(REGION.buffer(4_000, join_style="mitre").bounds, "EPSG:3031", PIXEL_M)
HOW = Segmentation(Tiling(1024), engine=EngineChoice(Kind.FOLDED))
RULES = replace(ProcessingSettings().trace_rules, shortest_piece_m=1_000.0)


def backscatter() -> Image:
    """A bending front with speckle, a berg before it and a strip without data."""
    x, y = np.meshgrid(GRID.column_x - WEST, GRID.row_y - SOUTH)
    front = 9_000.0 + 900.0 * np.sin(x / 2_500.0)
    is_berg = (abs(x - 8_000) < 1_500) & (abs(y - 14_000) < 1_000)
    sigma0_db = np.where((y < front) | is_berg, ICE_DB, WATER_DB)
    sigma0_db = sigma0_db + np.random.default_rng(5).normal(0.0, 1.0, x.shape)
    sigma0_db[(x > 15_000) & (x < 15_400) & (y < 5_000)] = np.nan
    return sigma0_db[None].astype(np.float32)


def front_by(tiling: Tiling) -> TracedFront:
    found = segment_scene(backscatter(), threshold_network(), replace(HOW, tiling=tiling))
    traced = trace_front(as_fraction(found.ice), GRID, REGION, REFERENCE, RULES)
    assert isinstance(traced, TracedFront)
    return traced


@pytest.mark.parametrize("largest_px", [128, 160, 224])
def test_the_front_is_the_same_whatever_the_tiles(largest_px: int) -> None:
    whole, tiled = front_by(Tiling(1024)), front_by(Tiling(largest_px, 32))
    assert max(GRID.width, GRID.height) > largest_px
    # A step of eight bits may tip over between two tiles, and a vertex go to the next of the grid.
    assert shapely.hausdorff_distance(tiled.line, whole.line, densify=0.05) <= 10.0
    assert tiled.area_km2 == pytest.approx(whole.area_km2, rel=1e-4)


def test_no_edge_of_a_tile_and_no_gap_is_front() -> None:
    (line,) = front_by(Tiling(128, 32)).line.geoms
    x, y = shapely.get_coordinates(line).T
    assert np.abs(y - SOUTH - 9_000 - 900 * np.sin((x - WEST) / 2_500)).max() < 2 * PIXEL_M
    assert line.bounds[0] == pytest.approx(WEST, abs=10)
    assert line.bounds[2] == pytest.approx(WEST + WIDTH_M, abs=10)
