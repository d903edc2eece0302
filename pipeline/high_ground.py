"""Where an elevation model knows better than the picture: high ground cannot be ocean.

Elevation models are years old and fronts move, so a model may only add ice, and only where no
shelf ever floated. Floating ice beside the ocean stands 52 m above the sea at most on Getz and
34 m (95 %) on Larsen (BedMachine v3 at 5 km); what stands twice as high is grounded and does not
calve away. Where a front has left a stale model behind, its freeboard stays below that, and where
the network is sure of ocean it is believed all the same.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from pipeline.connectivity import Mask
from pipeline.contour import Field
from pipeline.geometry.heights import DemHeight, GeoidHeight
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.grid import Grid

GROUNDED_FROM_M = 100.0
SURELY_OCEAN = 0.1  # of the probability of ice
# Models are placed and smoothed to some hundred metres; nearer to the coast the picture decides.
COAST_MARGIN_M = 500.0
SAMPLE_STEP_M = 200.0


def surely_grounded(heights_m: Field, grid: Grid, from_m: float = GROUNDED_FROM_M) -> Mask:
    """Pixels that stand `from_m` above the sea, from COAST_MARGIN_M inside of such ground.

    `heights_m` over the geoid, shape (height, width), NaN where not known: that is not high.
    """
    high = heights_m >= from_m
    if high.all() or not high.any():
        return high
    inside_px = ndimage.distance_transform_edt(high)  # the edge of the picture is no coast
    return np.asarray(inside_px * grid.pixel_size_m > COAST_MARGIN_M)


def with_high_ground(
    ice: Field, heights_m: Field, grid: Grid, from_m: float = GROUNDED_FROM_M
) -> Mask:
    """Which pixels are ice by the picture, or by their height where the picture is in doubt."""
    is_doubtful = ice >= SURELY_OCEAN
    return np.asarray((ice > 0.5) | (is_doubtful & surely_grounded(heights_m, grid, from_m)))


def heights_over_sea(choice: SurfaceChoice, grid: Grid) -> Field | None:
    """Metres over the geoid on a grid, sampled every SAMPLE_STEP_M; None without a model.

    Where the model has no data, the sea is meant. Raises SceneError where it cannot be read.
    """
    if choice.dem is None:
        return None
    step = max(1, round(SAMPLE_STEP_M / grid.pixel_size_m))
    rows, columns = np.arange(0, grid.height, step), np.arange(0, grid.width, step)
    x, y = np.meshgrid(grid.column_x[columns], grid.row_y[rows])
    points = np.column_stack([x.ravel(), y.ravel()])
    surface = DemHeight(str(choice.dem), grid.crs, grid.bounds, choice.vertical)
    above = surface.at(points) - GeoidHeight(grid.crs).at(points)
    coarse = above.reshape(len(rows), len(columns)).astype(np.float32)
    fine = coarse.repeat(step, axis=0).repeat(step, axis=1)
    return np.asarray(fine[: grid.height, : grid.width])
