from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
import xarray
from pyproj import CRS, Transformer
from shapely import box

from catalog.errors import StorageError
from catalog.shelf import find_unit
from pipeline.errors import MaskError
from pipeline.grid import Grid
from pipeline.mask_account import MaskAccount
from pipeline.mask_choice import KnownIce, UnitIce, UnknownIce, ice_on
from pipeline.mask_geotiff import write_geotiff
from pipeline.mask_netcdf import write_netcdf
from pipeline.mask_raster import MaskPixels, Surface, draw_mask, mask_grid
from tests.factories import make_imported_front
from tests.pipeline.dated_fronts import day, front_at, line_at

NOON = day("2024-03-15")
PIXEL_M = 2_000.0
GETZ = tuple(find_unit(f"Getz{n}") for n in (1, 2, 3))
FRONT = front_at("Getz1", 0.5, NOON - timedelta(days=3))

Written = tuple[Path, MaskPixels, Grid]


def ices() -> tuple[UnitIce, ...]:
    """Getz1 is known, Getz2 is not, Getz3 comes from a front two days later."""
    fronts = [FRONT, front_at("Getz3", 0.4, NOON + timedelta(days=2))]
    return tuple(ice_on(NOON, unit, fronts, 400.0) for unit in GETZ)


def account(of: tuple[UnitIce, ...] | None = None) -> MaskAccount:
    return MaskAccount("Getz Ice Shelf", NOON, of or ices(), "icelines mask", "IceLines 0.1.0")


def write_both(folder: Path, about: MaskAccount | None = None) -> Written:
    about = about or account()
    grid = mask_grid(about.ices, PIXEL_M)
    pixels = draw_mask(about.ices, grid)
    write_netcdf(folder / "mask.nc", pixels, grid, about)
    write_geotiff(folder / "mask.tif", pixels, grid, about)
    return folder, pixels, grid


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write_both(tmp_path_factory.mktemp("masks"))


@pytest.fixture
def mask(written: Written) -> xarray.Dataset:
    with xarray.open_dataset(written[0] / "mask.nc") as opened:
        return opened.load()


def area_m2(pixels: MaskPixels, surface: Surface) -> float:
    return float((pixels == surface).sum()) * PIXEL_M**2


def test_the_grid_lies_on_multiples_of_the_pixel() -> None:
    grid = mask_grid(ices(), 700.0)
    assert grid.west % 700.0 == grid.north % 700.0 == 0.0
    assert box(*grid.bounds).covers(shapely.union_all([unit.region for unit in GETZ]))


def test_ice_pixels_add_up_to_the_polygon(written: Written) -> None:
    known = [ice for ice in ices() if isinstance(ice, KnownIce)]
    expected = sum(ice.ice.area for ice in known)
    assert area_m2(written[1], Surface.ICE) == pytest.approx(expected, rel=5e-3)


def test_every_region_is_filled_and_the_rest_is_outside(written: Written) -> None:
    _, pixels, grid = written
    inside = sum(unit.region.area for unit in GETZ)
    assert (pixels != Surface.OUTSIDE).sum() * PIXEL_M**2 == pytest.approx(inside, rel=5e-3)
    unknown = grid.covered_by(GETZ[1].region)
    assert set(np.unique(pixels[unknown])) <= {Surface.UNKNOWN, Surface.ICE, Surface.OCEAN}
    assert area_m2(pixels, Surface.UNKNOWN) == pytest.approx(GETZ[1].region.area, rel=5e-3)


@pytest.mark.parametrize(("share", "surface"), [(0.3, Surface.ICE), (0.7, Surface.OCEAN)])
def test_ice_lies_landward_of_the_front(written: Written, share: float, surface: Surface) -> None:
    _, pixels, grid = written
    points = shapely.get_coordinates(line_at("Getz1", share))[5:-5]
    columns = ((points[:, 0] - grid.west) / PIXEL_M).astype(int)
    rows = ((grid.north - points[:, 1]) / PIXEL_M).astype(int)
    assert (pixels[rows, columns] == surface).all()


def test_netcdf_holds_the_same_pixels(written: Written, mask: xarray.Dataset) -> None:
    _, pixels, grid = written
    assert mask["mask"].dims == ("time", "y", "x")
    assert np.array_equal(mask["mask"].values[0], pixels)
    assert np.array_equal(mask["x"].values, grid.column_x)
    assert np.array_equal(mask["y"].values, grid.row_y)


def test_gdal_sees_the_same_pixels_in_the_same_place(written: Written) -> None:
    folder, pixels, grid = written
    with rasterio.open(f"netcdf:{folder / 'mask.nc'}:mask") as raster:
        assert np.array_equal(raster.read(1), pixels)
        assert raster.crs.to_epsg() == 3031
        assert raster.transform.almost_equals(grid.transform)


def test_netcdf_follows_the_conventions(mask: xarray.Dataset) -> None:
    pixels = mask["mask"]
    assert mask.attrs["Conventions"] == "CF-1.11"
    assert pixels.attrs["flag_values"].dtype == pixels.dtype == np.uint8
    meanings = dict(
        zip(pixels.attrs["flag_values"], pixels.attrs["flag_meanings"].split(), strict=True)
    )
    assert meanings == {0: "ocean", 1: "ice", 2: "unknown", 3: "outside"}
    mapping = mask[pixels.attrs["grid_mapping"]].attrs
    assert mapping["grid_mapping_name"] == "polar_stereographic"
    assert mapping["standard_parallel"] == -71.0
    assert mapping["latitude_of_projection_origin"] == -90.0
    assert CRS.from_cf(mapping).to_epsg() == 3031
    assert mask["x"].attrs["standard_name"] == "projection_x_coordinate"
    assert mask["y"].attrs["units"] == "m"
    assert mask["lat"].attrs == mask["lat"].attrs | {
        "standard_name": "latitude", "units": "degrees_north",
    }  # fmt: skip
    assert mask["lon"].attrs["units"] == "degrees_east"
    assert mask["time"].values[0] == np.datetime64("2024-03-15T12:00")


def test_every_pixel_knows_where_it_is_on_the_globe(mask: xarray.Dataset) -> None:
    to_polar = Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)
    x, y = to_polar.transform(mask["lon"].values.astype(float), mask["lat"].values.astype(float))
    assert np.abs(x - mask["x"].values[None, :]).max() < 1.0
    assert np.abs(y - mask["y"].values[:, None]).max() < 1.0


def test_pixels_across_the_antimeridian_have_their_place(tmp_path: Path) -> None:
    unit = find_unit("Ross2")
    known = ice_on(NOON, unit, [front_at("Ross2", 0.5, NOON)], 400.0)
    write_both(tmp_path, account((known,)))
    with xarray.open_dataset(tmp_path / "mask.nc") as opened:
        longitude = opened["lon"].values
        assert longitude.min() < -179.0
        assert longitude.max() > 179.0
        assert float((opened["mask"] == Surface.ICE).mean()) > 0.2


def test_netcdf_says_which_front_each_part_comes_from(mask: xarray.Dataset) -> None:
    assert list(mask["front_id"].coords["part_name"].values) == ["Getz1", "Getz2", "Getz3"]
    assert mask["front_id"].values[0] == FRONT.id
    assert list(mask["front_use"].values) == ["nearest", "unknown", "nearest"]
    assert mask["days_off"].values == pytest.approx([-3.0, np.nan, 2.0], nan_ok=True)
    assert FRONT.id in mask["mask"].attrs["front_ids"].split()
    known = [ice for ice in ices() if isinstance(ice, KnownIce)]
    assert mask["ice_area"].values[[0, 2]] == pytest.approx([ice.area_km2 for ice in known])


def test_geotiff_holds_the_same_and_says_the_same(written: Written) -> None:
    folder, pixels, grid = written
    with rasterio.open(folder / "mask.tif") as raster:
        assert np.array_equal(raster.read(1), pixels)
        assert raster.crs.to_epsg() == 3031
        assert raster.transform == grid.transform
        assert raster.tags(1)["value_2"] == "unknown"
        assert raster.colormap(1)[int(Surface.OUTSIDE)][3] == 0
        parts = json.loads(raster.tags()["parts"])
    assert parts[0]["front"] == FRONT.id
    assert parts[0]["use"] == "nearest"
    assert parts[1] == {
        "part": "Getz2", "use": "unknown", "reason": "no accepted front on record",
    }  # fmt: skip


def test_what_is_simulated_says_so(mask: xarray.Dataset) -> None:
    assert mask.attrs["title"].startswith("SIMULATED FRONTS, NO OBSERVATION.")
    assert mask.attrs["license"] == "Simulated, no observation"


def test_licence_and_citation_of_imported_fronts_travel_along() -> None:
    front = make_imported_front(unit="Getz1", shelf="Getz", line=FRONT.line, start=NOON)
    texts = account((ice_on(NOON, GETZ[0], [front], 400.0),)).texts
    assert texts["license"] == "MIT"
    assert "10.1038/s41586-022-05037-w" in texts["references"]
    assert "SIMULATED" not in texts["title"]


def test_the_same_mask_is_the_same_file(written: Written, tmp_path: Path) -> None:
    write_both(tmp_path)
    for name in ("mask.nc", "mask.tif"):
        assert (tmp_path / name).read_bytes() == (written[0] / name).read_bytes()


@pytest.mark.parametrize("write", [write_netcdf, write_geotiff])
def test_a_file_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    grid = Grid("EPSG:3031", 0.0, 0.0, 10.0, 4, 4)
    with pytest.raises(StorageError, match="cannot be written"):
        write(tmp_path / "taken" / "mask", np.zeros((4, 4), dtype=np.uint8), grid, account())
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize(
    ("pixel_m", "fault"), [(0.0, "has no size"), (float("nan"), "has no size"), (1.0, "too large")]
)
def test_pixels_that_cannot_be_are_refused(pixel_m: float, fault: str) -> None:
    with pytest.raises(MaskError, match=fault):
        mask_grid((UnknownIce(GETZ[0], "nothing"),), pixel_m)
