from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
import xarray_sentinel
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from pipeline.errors import SceneError
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.geometry.terrain_map import RangeDopplerMap
from pipeline.radiometry.calibration import Calibrator, Quantity
from pipeline.radiometry.multilook import multilook
from pipeline.safe.annotation import OrbitStates
from pipeline.safe.open import open_product
from pipeline.safe.product import SafeProduct
from pipeline.scenes.safe_scene import Radiometry, SafeScene
from tests.pipeline.simulate.products import SMALL, SMALL_IW, ramp, written

CRS = "EPSG:3031"
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> SafeProduct:
    """EW, HH and HV, 60 x 90 pixels."""
    return open_product(written(tmp_path_factory.mktemp("ew")).path)


@pytest.fixture(scope="module")
def fine(tmp_path_factory: pytest.TempPathFactory) -> SafeProduct:
    """IW, HH and HV, pixels of 10 m; the size fills no whole number of boxes of 4."""
    acquisition = replace(SMALL_IW, lines=70, pixels=102)
    return open_product(written(tmp_path_factory.mktemp("iw"), acquisition).path)


def whole(scene: SafeScene) -> slice:
    return slice(0, scene.height)


def test_backscatter_is_what_was_simulated(product: SafeProduct) -> None:
    scene = SafeScene.of(product, 40.0)
    band = scene.read("HH", whole(scene))
    truth = ramp(product.channel("HH").annotation)
    known = np.isfinite(truth)
    assert np.array_equal(np.isfinite(band.image), known)
    # Numbers are whole: near 200 they round sigma0 by 0.5 %.
    assert np.median(np.abs(band.image[known] / truth[known] - 1)) < 0.01
    assert band.account["noise_removed"] is True
    assert band.account["valid_share"] == pytest.approx(known.mean(), abs=1e-6)


def test_rows_are_read_alone_as_they_are_in_the_whole(product: SafeProduct) -> None:
    scene = SafeScene.of(product, 40.0)
    image = scene.read("HV", whole(scene)).image
    part = scene.read("HV", slice(11, 29))
    assert part.first_row == 11
    assert np.array_equal(part.image, image[11:29], equal_nan=True)


def test_products_finer_than_the_map_are_averaged_first(fine: SafeProduct) -> None:
    scene, plain = SafeScene.of(fine, 40.0), SafeScene.of(fine, 10.0)
    assert (scene.looks, scene.height, scene.width) == (4, 17, 25)
    expected = multilook(plain.read("HH", whole(plain)).image, 4)
    assert np.array_equal(scene.read("HH", whole(scene)).image, expected, equal_nan=True)
    rows = scene.read("HH", slice(5, 9)).image
    assert np.array_equal(rows, expected[5:9], equal_nan=True)


def test_noise_stays_where_it_is_not_to_be_removed(product: SafeProduct) -> None:
    denoised = SafeScene.of(product, 40.0)
    noisy = SafeScene.of(product, 40.0, Radiometry(denoise=False))
    channel = product.channel("HH")
    noise = Calibrator.of(channel.calibration, channel.noise, 90).noise_equivalent(0, 60)
    images = [scene.read("HH", whole(scene)).image for scene in (noisy, denoised)]
    known = np.isfinite(images[0])
    assert np.allclose((images[0] - images[1])[known], noise[known], rtol=1e-3, atol=1e-7)
    assert noisy.read("HH", whole(noisy)).account["noise_removed"] is False


def test_a_product_without_noise_table_says_that_noise_was_left(product: SafeProduct) -> None:
    bare = replace(product, channels=tuple(replace(c, noise=None) for c in product.channels))
    scene = SafeScene.of(bare, 40.0)
    account = scene.read("HH", whole(scene)).account
    assert account["noise_removed"] is False
    assert "noise_db" not in account


def test_gamma0_is_another_quantity(product: SafeProduct) -> None:
    gamma0 = SafeScene.of(product, 40.0, Radiometry(Quantity.GAMMA0))
    sigma0 = SafeScene.of(product, 40.0)
    ratio = gamma0.read("HH", whole(gamma0)).image / sigma0.read("HH", whole(sigma0)).image
    assert np.nanmin(ratio) > 1.0
    assert gamma0.account["quantity"] == "gamma0"


def test_speckle_is_filtered_where_asked(product: SafeProduct) -> None:
    scene = SafeScene.of(product, 40.0, Radiometry(speckle_window=5))
    plain = SafeScene.of(product, 40.0)
    calm, rough = (s.read("HH", whole(s)).image for s in (scene, plain))
    assert np.array_equal(np.isfinite(calm), np.isfinite(rough))
    assert not np.array_equal(calm, rough, equal_nan=True)
    assert scene.account["speckle"] == "Lee, 5 px"


def test_it_is_placed_by_its_orbit_on_the_mean_sea(product: SafeProduct) -> None:
    placed = SafeScene.of(product, 40.0).place(CRS, None)
    assert isinstance(placed.pixels, RangeDopplerMap)
    assert placed.account["geocoding"] == "range-Doppler"
    assert placed.account["surface"]["height"] == "geoid"
    assert placed.degradations == ()


def test_a_broken_orbit_leaves_the_product_on_esas_own_grid(product: SafeProduct) -> None:
    annotation = product.channels[0].annotation
    orbit = annotation.orbit
    single = OrbitStates(orbit.times_s[:1], orbit.positions_m[:1], orbit.velocities_m_s[:1])
    lost = replace(product.channels[0], annotation=replace(annotation, orbit=single))
    placed = SafeScene.of(replace(product, channels=(lost,)), 40.0).place(CRS, None)
    assert placed.account["geocoding"].startswith("ESA's geolocation grid")
    assert "Not placed by range-Doppler" in placed.degradations[0]
    true = SafeScene.of(product, 40.0, surface=SurfaceChoice()).place(CRS, None)
    middle = np.array([[45.0, 30.0]])
    apart = np.linalg.norm(placed.pixels.to_ground(middle) - true.pixels.to_ground(middle))
    assert apart < 200.0  # ESA's heights are not the mean sea


def test_the_lineage_names_an_elevation_model_without_its_folder(
    product: SafeProduct, tmp_path: Path
) -> None:
    path = tmp_path / "flat.tif"
    scene = SafeScene.of(product, 40.0, surface=SurfaceChoice(path, "ellipsoid"))
    sea = SafeScene.of(product, 40.0).place(CRS, None)
    x, y = sea.pixels.to_ground(np.array([[45.0, 30.0]]))[0]
    with rasterio.open(
        path, "w", driver="GTiff", height=200, width=200, count=1, dtype="float32", crs=CRS,
        transform=Affine(1_000, 0, x - 100_000, 0, -1_000, y + 100_000),
    ) as raster:  # fmt: skip
        raster.write(np.full((200, 200), 30.0, dtype=np.float32), 1)
    surface = scene.place(CRS, None).account["surface"]
    assert surface["dem"] == "flat.tif"
    assert str(tmp_path) not in str(surface)


# -- what can be wrong with an image -------------------------------------------------------------


def damaged(folder: Path, **what: bytes | None) -> SafeProduct:
    """The product with images replaced: bytes, or None to remove the file."""
    product = open_product(written(folder).path)
    for name, content in what.items():
        path = Path(product.channel(name).measurement)
        path.unlink()
        if content is not None:
            path.write_bytes(content)
    return product


def test_an_empty_image_costs_its_polarisation(tmp_path: Path) -> None:
    scene = SafeScene.of(damaged(tmp_path, HV=b""), 40.0)
    assert scene.polarisations == ("HH",)
    assert any("HV is left out" in note and "0 bytes" in note for note in scene.degradations)
    assert str(tmp_path) not in str(scene.degradations)


def test_a_product_without_any_image_is_refused_with_all_names(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"HH is left out: .*-hh-.*no such file.*HV is left out"):
        SafeScene.of(damaged(tmp_path, HV=b"", HH=None), 40.0)


def test_an_image_of_another_size_is_refused(tmp_path: Path) -> None:
    product = damaged(tmp_path)
    other = open_product(written(tmp_path / "other", replace(SMALL, lines=61)).path)
    swapped = tuple(
        replace(mine, measurement=theirs.measurement)
        for mine, theirs in zip(product.channels, other.channels, strict=True)
    )
    with pytest.raises(SceneError, match="61 x 90 pixels, its annotation 60 x 90"):
        SafeScene.of(replace(product, channels=swapped), 40.0)


def test_an_image_cut_short_is_refused_by_name(tmp_path: Path) -> None:
    product = open_product(written(tmp_path).path)
    path = Path(product.channel("HH").measurement)
    content = path.read_bytes()
    with pytest.raises(SceneError) as refusal:  # noqa: PT012 (each cut may show at either step)
        for share in (0.2, 0.6, 0.95):
            path.write_bytes(content[: int(share * len(content))])
            scene = SafeScene.of(product, 40.0)
            if "HH" in scene.polarisations:
                scene.read("HH", whole(scene))
            else:
                raise SceneError(scene.degradations[-1])
    assert "-hh-" in str(refusal.value)


def test_numbers_that_are_no_16_bits_are_refused(tmp_path: Path) -> None:
    product = open_product(written(tmp_path, polarisations=("HH",)).path)
    with (
        pytest.warns(NotGeoreferencedWarning),
        rasterio.open(
            product.channels[0].measurement, "w", driver="GTiff", height=60, width=90, count=1,
            dtype="float32",
        ),
    ):  # fmt: skip
        pass
    with pytest.raises(SceneError, match="1 bands of float32"):
        SafeScene.of(product, 40.0)


# -- an independent reader -------------------------------------------------------------------------


@pytest.mark.parametrize("polarisation", ["HH", "HV"])
@pytest.mark.filterwarnings("ignore")  # of xarray-sentinel and what it uses
def test_iw_agrees_with_xarray_sentinel(fine: SafeProduct, polarisation: str) -> None:
    """The whole image calibrated, and denoised where it knows the azimuth factors.

    It reads those of the first block alone, so that the noise is compared there.
    """
    table = fine.channel(polarisation).noise
    assert table is not None
    block = table.azimuth[0]
    there = (
        slice(block.first_line, block.last_line + 1),
        slice(block.first_pixel, block.last_pixel + 1),
    )
    plain, theirs, theirs_denoised = by_xarray_sentinel(fine, polarisation)
    noisy = SafeScene.of(fine, 10.0, Radiometry(denoise=False))
    calibrated = noisy.read(polarisation, whole(noisy)).image
    known = np.isfinite(calibrated)
    assert np.abs(10 * np.log10(calibrated[known] / theirs[known])).max() < 2e-6

    scene = SafeScene.of(fine, 10.0)
    ours = scene.read(polarisation, whole(scene)).image[there]
    positive = known[there] & (theirs_denoised[there] > 1e-3)
    assert positive.sum() > 500
    expected = theirs_denoised[there][positive]
    assert np.abs(10 * np.log10(ours[positive] / expected)).max() < 2e-6
    assert np.abs(10 * np.log10(plain[there][positive] / expected)).max() > 0.01


def by_xarray_sentinel(product: SafeProduct, polarisation: str) -> tuple[Floats, Floats, Floats]:
    """Sigma0 as it interpolates: in double precision, by its own function, and denoised."""

    def opened(kind: str = "") -> Any:
        group = f"IW/{polarisation}{kind}"
        return xarray_sentinel.open_sentinel1_dataset(str(product.path), group=group)

    numbers, table = opened().measurement, opened("/calibration").sigmaNought
    at = {"line": numbers.line, "pixel": numbers.pixel}
    along = opened("/noise_range").noiseRangeLut.interp(**at).values
    factor = opened("/noise_azimuth").noiseAzimuthLut.interp(line=numbers.line).values
    power, amplitude = numbers.values.astype(float) ** 2, table.interp(**at).values
    denoised = (power - along * factor[:, None]) / amplitude**2
    by_function = xarray_sentinel.calibrate_intensity(numbers, table).values
    return power / amplitude**2, by_function, denoised
