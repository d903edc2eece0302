"""A simulated scene: pixels, control points, and the front that is known to be in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from shapely import MultiLineString, MultiPolygon

from catalog.shelf import Part
from pipeline.simulate.acquisition import (
    PIXEL_SIZE_M,
    ImageFrame,
    border_mask,
    image_frame,
    incidence_deg,
)
from pipeline.simulate.backscatter import (
    Appearance,
    draw_texture,
    mean_backscatter_db,
    speckled_sigma0,
)
from pipeline.footprint import footprint
from pipeline.simulate.moving_front import calved_bergs, front_at, front_line, shelf_polygon
from pipeline.simulate.noise import Field, rng_of
from pipeline.simulate.scenario import (
    SCENE_DURATION,
    Conditions,
    Scenario,
    conditions_at,
)
from pipeline.simulate.surfaces import SurfaceMap, coarse_seaward_m, lay_surfaces, wetness

PLATFORM = "simulated"
MODE = "EW"
PRODUCT_TYPE = "GRDM"
PASSES = 2  # viewing geometries that alternate from scene to scene


@dataclass(frozen=True, slots=True)
class SimulatedScene:
    """One scene and its truth.

    `sigma0` is linear, float32, of shape (polarisations, rows, columns), 0 where there is no data.
    `truth` is the front in EPSG:3031, within the part's region.
    """

    id: str
    part: str
    start: datetime
    end: datetime
    polarisations: tuple[str, ...]
    sigma0: npt.NDArray[np.float32]
    frame: ImageFrame
    footprint: MultiPolygon
    truth: MultiLineString
    conditions: Conditions
    seed: int


def scene_id(part_name: str, moment: datetime, polarisations: tuple[str, ...]) -> str:
    """`SIM_EW_GRDM_1SSH_<YYYYMMDDTHHMMSS>_<Part>`; 1SDH where there is HV too."""
    klass = "1SDH" if len(polarisations) > 1 else "1SSH"
    return f"SIM_{MODE}_{PRODUCT_TYPE}_{klass}_{moment:%Y%m%dT%H%M%S}_{part_name}"


def simulate_scene(part: Part, moment: datetime, scenario: Scenario, seed: int) -> SimulatedScene:
    """What a pass over `part` at `moment` (UTC) would measure; the same for the same arguments."""
    conditions = conditions_at(moment, part.name, scenario, seed)
    pass_number = moment.toordinal() % PASSES
    frame = image_frame(part, seed, pass_number)
    rng = rng_of(seed, "scene", part.name, moment.isoformat())
    front = front_at(part, moment, scenario, seed)
    ice = frame.burn([shelf_polygon(front)])
    calved = frame.burn(list(calved_bergs(part, moment, scenario, seed)))
    surfaces = lay_surfaces(coarse_seaward_m(ice, PIXEL_SIZE_M), calved, conditions, rng)
    incidence = incidence_deg(frame, seed, part.name, pass_number)
    sigma0 = _measure(surfaces, incidence, conditions, rng)
    sigma0[:, border_mask(frame, rng)] = 0.0
    return SimulatedScene(
        id=scene_id(part.name, moment, conditions.polarisations),
        part=part.name,
        start=moment,
        end=moment + SCENE_DURATION,
        polarisations=conditions.polarisations,
        sigma0=sigma0,
        frame=frame,
        footprint=footprint(frame.outline()),
        truth=front_line(part, front),
        conditions=conditions,
        seed=seed,
    )


def _measure(
    surfaces: SurfaceMap, incidence: Field, conditions: Conditions, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    appearance = Appearance()
    wet = wetness(surfaces.shape, conditions.melt, rng)
    texture = draw_texture(surfaces.shape, rng)
    channels = []
    for polarisation in conditions.polarisations:
        mean = mean_backscatter_db(
            surfaces, wet, texture, polarisation, appearance, conditions.wind_db
        )
        channels.append(speckled_sigma0(mean, polarisation, incidence, appearance, rng))
    return np.stack(channels)
