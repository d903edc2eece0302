"""A mask as NetCDF-4 by the CF conventions 1.11, with the place of every pixel on the globe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from catalog.atomic import staged_file
from pipeline.grid import Grid
from pipeline.mask_account import MaskAccount
from pipeline.mask_choice import KnownIce, UnitIce
from pipeline.mask_raster import MaskPixels, Surface

CONVENTIONS = "CF-1.11"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAYS_SINCE = "days since 1970-01-01 00:00:00"
ROWS_AT_ONCE = 512
LARGEST_CHUNK_PX = 512
GRID_MAPPING = "crs"
# CF wants it of a polar stereographic mapping; pyproj leaves it out.
SOUTH_POLE = {"latitude_of_projection_origin": -90.0}
PART_NAME = "part_name"  # a label: coordinates of the dimension's own name must be numbers
LABELLED = {"coordinates": PART_NAME}
NAN = math.nan
PLACES = (("lat", "latitude", "degrees_north"), ("lon", "longitude", "degrees_east"))
PACKED: dict[str, Any] = {"compression": "gzip", "compression_opts": 4, "shuffle": True}


def write_netcdf(path: Path, pixels: MaskPixels, grid: Grid, account: MaskAccount) -> None:
    """Write `pixels`, shape (height, width), whole or not at all; raises StorageError.

    Latitude and longitude are in single precision: half a metre at most.
    """
    with staged_file(path) as partial, h5netcdf.File(partial, "w") as file:
        file.attrs.update({"Conventions": CONVENTIONS, **account.texts})
        file.dimensions = {"time": 1, "y": grid.height, "x": grid.width, "part": len(account.ices)}
        _write_axes(file, grid, account.moment)
        _write_grid_mapping(file, grid.crs)
        _write_mask(file, pixels, account)
        _write_places(file, grid)
        _write_parts(file, account.ices)


def _write_axes(file: Any, grid: Grid, moment: datetime) -> None:
    for name, values in (("x", grid.column_x), ("y", grid.row_y)):
        about = {
            "standard_name": f"projection_{name}_coordinate",
            "long_name": f"{name} of the pixel centre",
            "units": "m",
            "axis": name.upper(),
        }
        _write(file, name, (name,), values, about)
    about = {
        "standard_name": "time",
        "long_name": "time of the mask",
        "units": DAYS_SINCE,
        "calendar": "standard",
        "units_metadata": "leap_seconds: none",
        "axis": "T",
    }
    _write(file, "time", ("time",), np.array([_days(moment)]), about)


def _write_grid_mapping(file: Any, crs: str) -> None:
    found = {"long_name": crs, **SOUTH_POLE, **CRS.from_user_input(crs).to_cf()}
    about = {key: value for key, value in found.items() if value is not None}
    _write(file, GRID_MAPPING, (), np.int32(0), about)


def _write_mask(file: Any, pixels: MaskPixels, account: MaskAccount) -> None:
    about = {
        "long_name": "ice mask",
        "flag_values": np.array([int(surface) for surface in Surface], dtype=np.uint8),
        "flag_meanings": " ".join(surface.name.lower() for surface in Surface),
        "grid_mapping": GRID_MAPPING,
        "coordinates": "lat lon",
        "front_ids": account.texts["front_ids"],
        "front_use": account.texts["front_use"],
    }
    chunks = (1, *_chunks(pixels.shape))
    _write(file, "mask", ("time", "y", "x"), pixels[None], about, chunks=chunks, **PACKED)


def _write_places(file: Any, grid: Grid) -> None:
    chunks = _chunks((grid.height, grid.width))
    for name, standard_name, units in PLACES:
        about = {
            "standard_name": standard_name,
            "long_name": f"{standard_name} of the pixel centre",
            "units": units,
        }
        _write(file, name, ("y", "x"), None, about, dtype="f4", chunks=chunks, **PACKED)
    for rows, longitude, latitude in _places(grid):
        file["lat"][rows], file["lon"][rows] = latitude, longitude


def _places(
    grid: Grid,
) -> Iterator[tuple[slice, npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    to_lonlat = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    for first in range(0, grid.height, ROWS_AT_ONCE):
        rows = slice(first, min(first + ROWS_AT_ONCE, grid.height))
        x, y = np.meshgrid(grid.column_x, grid.row_y[rows])
        longitude, latitude = to_lonlat.transform(x, y)
        yield rows, longitude, latitude


def _write_parts(file: Any, ices: Sequence[UnitIce]) -> None:
    known = [ice if isinstance(ice, KnownIce) else None for ice in ices]
    texts = {
        PART_NAME: ("part of the shelf", [ice.unit.name for ice in ices]),
        "front_id": ("front of the part", [i.front.id if i else "" for i in known]),
        "front_use": (
            "how the front is used: the nearest, or moved along with the ice (advected)",
            [str(i.way) if i else "unknown" for i in known],
        ),
    }
    numbers = {
        "days_off": (
            "days",
            "from the mask to its front",
            [i.days_off if i else NAN for i in known],
        ),
        "ice_area": ("km2", "true area of the ice", [i.area_km2 if i else NAN for i in known]),
    }
    for name, (long_name, words) in texts.items():
        values = np.array(words, dtype=object)
        about = {"long_name": long_name} | (LABELLED if name != PART_NAME else {})
        _write(file, name, ("part",), values, about, dtype=h5py.string_dtype())
    for name, (units, long_name, found) in numbers.items():
        about = {"long_name": long_name, "units": units, **LABELLED}
        _write(file, name, ("part",), np.array(found), about, fillvalue=NAN)


def _write(
    file: Any,
    name: str,
    dimensions: tuple[str, ...],
    values: Any,
    about: Mapping[str, Any],
    **storage: Any,
) -> None:
    file.create_variable(name, dimensions, data=values, **storage).attrs.update(about)


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(min(side, LARGEST_CHUNK_PX) for side in shape)


def _days(moment: datetime) -> float:
    return (moment - EPOCH) / timedelta(days=1)
