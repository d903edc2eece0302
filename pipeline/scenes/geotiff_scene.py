"""A GeoTIFF of calibrated backscatter as a source: what others made of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.geometry.geocoding import AffinePlacement, pixel_map
from pipeline.grid import Bounds
from pipeline.scenes.geotiff import SceneFile, open_scene, read_sigma0
from pipeline.scenes.source import Band, Placed

AS_GIVEN = "as in the file"


@dataclass(frozen=True, slots=True)
class GeoTiffScene:
    """Linear backscatter, taken as it is: nothing is known of its noise."""

    file: SceneFile

    @classmethod
    def of(cls, path: Path, stated: tuple[str, ...] = ()) -> GeoTiffScene:
        """`stated` polarisations go before what the file says; raises SceneError."""
        return cls(open_scene(path, stated))

    @property
    def polarisations(self) -> tuple[str, ...]:
        return self.file.polarisations

    @property
    def width(self) -> int:
        return self.file.width

    @property
    def height(self) -> int:
        return self.file.height

    @property
    def account(self) -> Mapping[str, Any]:
        return {"product": self.file.path.name, "quantity": AS_GIVEN, "looks": 1}

    @property
    def degradations(self) -> tuple[str, ...]:
        return ()

    def place(self, crs: str, within: Bounds | None) -> Placed:  # noqa: ARG002
        pixels = pixel_map(self.file.placement, crs)
        on_grid = isinstance(self.file.placement, AffinePlacement)
        how = "map grid of the file" if on_grid else "ground control points, thin-plate spline"
        return Placed(pixels, {"geocoding": how, "surface": AS_GIVEN})

    def read(self, polarisation: str, rows: slice) -> Band:
        band = self.polarisations.index(polarisation) + 1
        image = read_sigma0(self.file, band, rows)
        return Band(image, rows.start, {"noise_removed": AS_GIVEN})
