"""What a simulated image shows, row by row: surfaces and their backscatter under its incidence.

All that is random is drawn when the scenery is made, over the whole image; blocks of rows are
worked out from it, so a full swath needs no more memory than a piece of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely import Polygon

from pipeline.simulate.backscatter import (
    Appearance,
    TextureFields,
    mean_backscatter_db,
    seen_sigma0,
)
from pipeline.simulate.noise import Field
from pipeline.simulate.radar_frame import RadarFrame
from pipeline.simulate.scenario import Conditions
from pipeline.simulate.surfaces import (
    PIXEL_SIZE_M,
    Mask,
    OceanCover,
    SeawardDistance,
    SurfaceMap,
    Wetness,
)

BORDER_M = 1_600.0  # widest wedge without data on either side


@dataclass(frozen=True, slots=True, eq=False)
class Scenery:
    """One image's contents. `calved` (rows, columns) marks the bergs of a calving, if any."""

    seaward: SeawardDistance
    calved: Mask | None
    ocean: OceanCover
    wet: Wetness
    texture: TextureFields
    incidence_deg: Field
    border: Border
    wind_db: float
    appearance: Appearance

    @classmethod
    def of(
        cls,
        frame: RadarFrame,
        shelf: Polygon,
        calved: list[Polygon],
        conditions: Conditions,
        rng: np.random.Generator,
        appearance: Appearance | None = None,
    ) -> Scenery:
        """The scenery of a frame: ice in `shelf`, bergs in `calved`, the rest ocean."""
        gain = PIXEL_SIZE_M / frame.pixel_size_m
        looks = appearance or Appearance()
        return cls(
            seaward=SeawardDistance.of(frame.burn([shelf]), frame.pixel_size_m),
            calved=frame.burn(calved) if calved else None,
            ocean=OceanCover.draw(frame.shape, conditions.sea_ice, rng, gain),
            wet=Wetness.draw(frame.shape, conditions.melt, rng, gain),
            texture=TextureFields.draw(frame.shape, rng, gain * looks.scale_gain),
            incidence_deg=frame.incidence_deg(),
            border=Border.draw(frame, rng),
            wind_db=conditions.wind_db,
            appearance=looks,
        )

    def surfaces(self, rows: slice) -> SurfaceMap:
        """What covers the pixels of these rows."""
        calved = None if self.calved is None else self.calved[rows]
        return self.ocean.lay(self.seaward.rows(rows), calved, rows)

    def sigma0(self, rows: slice, polarisations: tuple[str, ...]) -> npt.NDArray[np.float32]:
        """Linear sigma0 (polarisations, rows, columns) without noise and speckle; NaN: no data."""
        surfaces, wet = self.surfaces(rows), self.wet.rows(rows)
        texture, border = self.texture.rows(rows), self.border.rows(rows)
        channels = []
        for polarisation in polarisations:
            mean_db = mean_backscatter_db(
                surfaces, wet, texture, polarisation, self.appearance, self.wind_db
            )
            channels.append(seen_sigma0(mean_db, polarisation, self.incidence_deg))
        sigma0 = np.stack(channels)
        sigma0[:, border] = np.nan
        return sigma0


@dataclass(frozen=True, slots=True)
class Border:
    """Wedges along the near and far edge that hold no data, in pixels at first and last row."""

    shape: tuple[int, int]
    near: tuple[float, float]
    far: tuple[float, float]

    @classmethod
    def draw(cls, frame: RadarFrame, rng: np.random.Generator) -> Border:
        widest = BORDER_M / frame.pixel_size_m
        near, far = rng.uniform(0, widest, size=(2, 2))
        return cls(frame.shape, (float(near[0]), float(near[1])), (float(far[0]), float(far[1])))

    def rows(self, rows: slice) -> Mask:
        """True where these rows hold no data."""
        height, width = self.shape
        progress = (np.arange(height)[rows] / max(height - 1, 1))[:, None]
        column = np.arange(width)[None, :]
        left = self.near[0] + (self.near[1] - self.near[0]) * progress
        right = width - (self.far[0] + (self.far[1] - self.far[0]) * progress)
        return np.asarray((column < left) | (column >= right))
