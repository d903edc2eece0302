"""A mask at a date: the fronts of a shelf become a raster for models, in two formats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import shapely

from catalog.front import Front, Status
from catalog.query import FrontFilter
from catalog.shelf import Unit, find_shelf, unit_of_part
from catalog.store import CatalogStore
from catalog.vanished_shelves import find_charted_unit, vanished_units
from pipeline.errors import MaskError
from pipeline.grid import Grid
from pipeline.mask_account import MaskAccount, sentences
from pipeline.mask_choice import KnownIce, UnitIce, choose_series, ice_on
from pipeline.mask_geotiff import write_geotiff
from pipeline.mask_netcdf import write_netcdf
from pipeline.mask_raster import draw_mask, mask_grid
from pipeline.provenance import code_version
from pipeline.velocity import FARTHEST_CARRIED_M, VelocityField
from pipeline.velocity_file import read_velocity


@dataclass(frozen=True, slots=True)
class MaskRequest:
    """What is asked for: `moment` is in UTC; `command` is how a person would ask again."""

    shelf: str
    moment: datetime
    out: Path
    pixel_size_m: float
    within_days: float
    source: str | None = None
    velocity: Path | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class MaskReport:
    """The files that lie there, and what they were made of."""

    files: tuple[Path, ...]
    grid: Grid
    account: MaskAccount


def make_mask(store: CatalogStore, request: MaskRequest) -> MaskReport:
    """Write a GeoTIFF and a NetCDF file into the folder `out`.

    Raises UnknownUnit, VelocityError, StorageError, and MaskError where no part has a front near
    enough or several series could be meant.
    """
    if not request.within_days >= 0:
        raise MaskError(f"{request.within_days} is no number of days.", remedy="Try --within 400.")
    unit = find_charted_unit(request.shelf)
    units, fronts = _fronts_of(store, unit, request.source)
    velocity = _velocity(request.velocity, units)
    ices = tuple(
        ice_on(request.moment, each, fronts, request.within_days, velocity) for each in units
    )
    _refuse_nothing_known(unit, request, ices)
    grid = mask_grid(ices, request.pixel_size_m)
    pixels = draw_mask(ices, grid)
    account = MaskAccount(
        title=unit.title,
        moment=request.moment,
        ices=ices,
        command=request.command,
        software=f"IceLines {code_version()}",
        velocity=request.velocity.name if request.velocity else None,
    )
    geotiff, netcdf = _places(unit, request, account)
    write_geotiff(geotiff, pixels, grid, account)
    write_netcdf(netcdf, pixels, grid, account)
    return MaskReport((geotiff, netcdf), grid, account)


def _fronts_of(
    store: CatalogStore, unit: Unit, source: str | None
) -> tuple[tuple[Unit, ...], list[Front]]:
    """The units that together are `unit`, the first way it is mapped, with fronts of one series."""
    ways = _ways_to_map(unit)
    wanted = FrontFilter(
        units=tuple({each.name for way in ways for each in way}),
        statuses=(Status.ACCEPTED,),
        sources=(source,) if source else (),
    )
    fronts = choose_series(store.fronts(wanted), unit.name)
    seen = {front.unit for front in fronts}
    return next(way for way in ways if any(each.name in seen for each in way)), fronts


def _ways_to_map(unit: Unit) -> tuple[tuple[Unit, ...], ...]:
    """A shelf by its parts, as ours are, or as one or by sections, as those of others may be."""
    if unit.name != unit.shelf or unit in vanished_units():
        return ((unit,),)
    shelf = find_shelf(unit.name)
    parts, sections = (tuple(map(unit_of_part, some)) for some in (shelf.parts, shelf.sections))
    return tuple(way for way in (parts, (unit,), sections) if way)


def _velocity(path: Path | None, units: tuple[Unit, ...]) -> VelocityField | None:
    if path is None:
        return None
    west, south, east, north = map(
        float, shapely.total_bounds([unit.region.buffer(FARTHEST_CARRIED_M) for unit in units])
    )
    return read_velocity(path, (west, south, east, north))


def _refuse_nothing_known(unit: Unit, request: MaskRequest, ices: tuple[UnitIce, ...]) -> None:
    if any(isinstance(ice, KnownIce) for ice in ices):
        return
    day = f"{request.moment:%Y-%m-%d}"
    raise MaskError(
        f"nothing is known on {day} within {request.within_days:g} days. "
        f"{'; '.join(sentences(ices))}.",
        where=unit.name,
        remedy="Choose another day, allow more days with --within, or another --source.",
    )


def _places(unit: Unit, request: MaskRequest, account: MaskAccount) -> tuple[Path, Path]:
    first = account.known[0]
    use = "" if request.velocity is None else "_advected"
    name = f"{unit.name}_mask_{request.moment:%Y%m%d}_{first.front.source}{use}"
    return request.out / f"{name}.tif", request.out / f"{name}.nc"
