"""What SNAP made of a scene, as a source of backscatter that lies on a map already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.geometry.geocoding import AffineMap, Points
from pipeline.grid import Bounds, Grid
from pipeline.scenes.source import Band, Placed
from pipeline.snap.graph import SnapChain
from pipeline.snap.heights import covers, described
from pipeline.snap.raster import RasterWindow, SnapRaster, read_power

NO_ORBIT = "no valid orbit file"  # as SNAP words it when nothing fits or nothing can be fetched
MARGIN_PX = 2  # around what is mapped, to interpolate at its edge


@dataclass(frozen=True, slots=True)
class SnapRun:
    """A run of SNAP: the product's name, SNAP's version, and what `gpt` said."""

    product: str
    version: str
    said: str


@dataclass(frozen=True, slots=True, eq=False)
class SnapScene:
    """A `scene_source.SceneSource`: the window of SNAP's rasters that `grid` needs."""

    chain: SnapChain
    run: SnapRun
    rasters: Mapping[str, SnapRaster]
    window: RasterWindow
    degradations: tuple[str, ...]

    @classmethod
    def of(
        cls,
        chain: SnapChain,
        run: SnapRun,
        rasters: Mapping[str, SnapRaster],
        grid: Grid,
        border: Points,
    ) -> SnapScene:
        first = next(iter(rasters.values()))
        window = first.window(grid.bounds, MARGIN_PX)
        return cls(chain, run, rasters, window, _degradations(chain, run, border))

    @property
    def polarisations(self) -> tuple[str, ...]:
        return tuple(self.rasters)

    @property
    def width(self) -> int:
        return self.window.columns

    @property
    def height(self) -> int:
        return self.window.rows

    @property
    def account(self) -> Mapping[str, Any]:
        chain = self.chain
        return {
            "backend": "SNAP",
            "snap_version": self.run.version,
            "product": self.run.product,
            "looks": chain.looks,
            "quantity": str(chain.quantity),
            "speckle": "not filtered",
            "border_px": chain.border_px if chain.drop_border else None,
            "keeps_negative_power": chain.keep_negative_power,
        }

    def place(self, crs: str, within: Bounds | None) -> Placed:  # noqa: ARG002
        """On SNAP's own pixels, which lie on those of our lattice unless `shift_px` says other."""
        first = self.rasters[self.polarisations[0]]
        west, north = first.corner(self.window)
        size = first.pixel_size_m
        pixels = AffineMap((size, 0.0, west, 0.0, -size, north), crs, crs)
        operator = "Ellipsoid-Correction-RD" if self.chain.dem is None else "Terrain-Correction"
        account: dict[str, Any] = {
            "geocoding": f"SNAP {operator}",
            "surface": described(self.chain.dem),
            "shift_px": None if first.is_on_lattice else list(first.shift_px),
        }
        return Placed(pixels, account)

    def read(self, polarisation: str, rows: slice) -> Band:
        image = read_power(self.rasters[polarisation], self.window.part(rows))
        valid = float(np.isfinite(image).mean()) if image.size else 0.0
        account = {"noise_removed": self.chain.denoise, "valid_share": round(valid, 6)}
        return Band(image, rows.start, account)


def _degradations(chain: SnapChain, run: SnapRun, border: Points) -> tuple[str, ...]:
    found = []
    if NO_ORBIT in run.said.lower():
        found.append("SNAP found no precise orbit; the annotation's was used")
    if chain.dem is None:
        found.append("no heights were given: one mean height for the whole scene")
    elif not covers(chain.dem, border, chain.crs):
        found.append("the heights do not cover the scene; SNAP took the EGM96 geoid for the rest")
    return tuple(found)
