"""The real EW annotation, as it is and moved to Antarctica."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.safe.annotation import Annotation
from pipeline.safe.annotation_xml import parse_annotation

ARCHIVE = "sentinel1/stactools_EW_GRDM_SAFE.tar.xz"
Floats = npt.NDArray[np.float64]


@lru_cache
def real_annotation(shared_data: Path, polarisation: str = "HH") -> Annotation:
    """S1A EW GRDM HH+HV of 2022-11-30 at 77 to 82 degrees north."""
    with tarfile.open(shared_data / ARCHIVE) as archive:
        ending = f"/annotation/ew-{polarisation.lower()}.xml"
        (name,) = (name for name in archive.getnames() if name.endswith(ending))
        content = archive.extractfile(name)
        assert content is not None
        return parse_annotation(content.read(), name).value


def turned_south(annotation: Annotation) -> Annotation:
    """Half a turn around the x axis: the other pole, still looking right."""
    return _moved(annotation, np.array([1.0, -1.0, -1.0]))


def mirrored_south(annotation: Annotation) -> Annotation:
    """Latitudes and the orbit's z negated: the other pole, looking left."""
    return _moved(annotation, np.array([1.0, 1.0, -1.0]))


def _moved(annotation: Annotation, signs: Floats) -> Annotation:
    orbit, grid = annotation.orbit, annotation.geolocation
    return replace(
        annotation,
        orbit=replace(
            orbit,
            positions_m=orbit.positions_m * signs,
            velocities_m_s=orbit.velocities_m_s * signs,
        ),
        geolocation=replace(
            grid,
            latitudes_deg=grid.latitudes_deg * signs[2],
            longitudes_deg=grid.longitudes_deg * signs[1],
        ),
    )


def grid_points(annotation: Annotation) -> tuple[Floats, Floats, Floats]:
    """ESA's own geolocation grid: (line, pixel) (n, 2), longitude and latitude (n, 2), heights."""
    grid = annotation.geolocation
    image = np.column_stack((grid.lines.ravel(), grid.pixels.ravel())).astype(np.float64)
    lonlat = np.column_stack((grid.longitudes_deg.ravel(), grid.latitudes_deg.ravel()))
    return image, lonlat, grid.heights_m.ravel()
