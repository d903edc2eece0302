"""A scene prepared by SNAP: the same product as `pipeline.prepare` makes, by another program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from catalog.errors import InvalidName, SettingsError
from catalog.scene import ProductName, parse_product_name
from pipeline.errors import SceneError
from pipeline.geometry.geocoding import bounds_of
from pipeline.geometry.surface_choice import MEAN_SEA, SurfaceChoice
from pipeline.grid import Bounds, Grid, common_bounds
from pipeline.prepare import PlacedScene, Preparation, PreparedScene, prepared_in_memory
from pipeline.radiometry.multilook import looks_for
from pipeline.safe.open import open_product
from pipeline.scenes.safe_scene import STANDARD, Radiometry
from pipeline.snap.gpt import Gpt, find_gpt, run_gpt
from pipeline.snap.graph import SnapChain, snap_graph
from pipeline.snap.heights import external_dem
from pipeline.snap.raster import open_raster, outline
from pipeline.snap.settings import SnapSettings, load_snap_settings
from pipeline.snap.source import SnapRun, SnapScene

# Between pixels, by ESA's product definition; high resolution is coarser in EW.
SPACING_M = {"GRDF": 3.5, "GRDH": 10.0, "GRDM": 40.0}
EW_GRDH_SPACING_M = 25.0


def prepare_scene_with_snap(
    path: Path,
    *,
    crs: str,
    pixel_size_m: float,
    wanted: tuple[str, ...] | None = None,
    within: Bounds | None = None,
    radiometry: Radiometry = STANDARD,
    surface: SurfaceChoice = MEAN_SEA,
    settings: SnapSettings | None = None,
) -> PreparedScene:
    """As `prepare.prepare_scene`, by SNAP; raises what `placed_by_snap` raises."""
    asked = Preparation(crs, pixel_size_m, (), wanted, within, radiometry, surface)
    with placed_by_snap(path, asked, settings) as scene:
        return prepared_in_memory(scene)


@contextmanager
def placed_by_snap(
    path: Path, asked: Preparation, settings: SnapSettings | None = None
) -> Iterator[PlacedScene]:
    """As `prepare.place_scene`, of what SNAP made of the product at `path`.

    The product is a `.SAFE` folder or a zip file of one. Without an elevation model SNAP takes
    one mean height for the whole scene. Needs room for SNAP's rasters in the system's temporary
    folder; they are there until the block ends and gone afterwards. Raises SettingsError where
    there is no SNAP or it cannot do what is asked, and SceneError.
    """
    _refuse_filter(asked.radiometry)
    settings = settings or load_snap_settings()
    gpt = find_gpt(settings)
    name = _product_name(path)
    with TemporaryDirectory(prefix="icelines-snap-") as folder:
        chain = _chain(path, name, asked, settings, Path(folder))
        try:
            said = _execute(gpt, chain, Path(folder), settings)
            placed = _placed(path, asked, chain, SnapRun(name.text, gpt.version, said))
        except SceneError as error:
            raise SceneError(error.fault, where=path, remedy=error.remedy) from error
        yield placed


def _chain(
    path: Path, name: ProductName, asked: Preparation, settings: SnapSettings, folder: Path
) -> SnapChain:
    radiometry, surface = asked.radiometry, asked.surface
    return SnapChain(
        source=_source(path, name, folder),
        targets={one: folder / f"{one}.tif" for one in _polarisations(path, name, asked.wanted)},
        crs=asked.crs,
        pixel_size_m=asked.pixel_size_m,
        quantity=radiometry.quantity,
        dem=external_dem(Path(surface.dem), surface.vertical) if surface.dem else None,
        denoise=radiometry.denoise,
        drop_border=radiometry.drop_border,
        looks=looks_for(asked.pixel_size_m, _spacing_m(name)),
        border_px=settings.border_px,
        keep_negative_power=settings.keep_negative_power,
    )


def _execute(gpt: Gpt, chain: SnapChain, folder: Path, settings: SnapSettings) -> str:
    graph = folder / "graph.xml"
    graph.write_bytes(snap_graph(chain))
    return run_gpt(gpt, graph, settings)


def _placed(path: Path, asked: Preparation, chain: SnapChain, run: SnapRun) -> PlacedScene:
    rasters = {
        name: open_raster(target, chain.crs, chain.pixel_size_m)
        for name, target in chain.targets.items()
    }
    names = tuple(rasters)
    border = outline(rasters[names[0]])
    extent = bounds_of(border)
    within = extent if asked.within is None else common_bounds(extent, asked.within)
    if within is None:
        raise SceneError("lies outside of what is to be mapped.")
    grid = Grid.around(within, chain.crs, chain.pixel_size_m)
    source = SnapScene.of(chain, run, rasters, grid, border)
    return PlacedScene(path, source, source.place(chain.crs, within), grid, names, border)


def _refuse_filter(radiometry: Radiometry) -> None:
    if radiometry.speckle_window is not None:
        raise SettingsError(
            "The SNAP backend does not filter speckle.",
            remedy="Leave the filter away, or let our own chain prepare the scene.",
        )


def _product_name(path: Path) -> ProductName:
    """By the name of the file or folder, or else of the folder in the zip file."""
    try:
        return parse_product_name(path.name)
    except InvalidName:
        inner = open_product(path).name
    try:
        return parse_product_name(inner)
    except InvalidName as error:
        raise SceneError(
            "is not named like a product, and SNAP tells products by their names.",
            where=path,
            remedy="Give it the name that ESA gave it.",
        ) from error


def _polarisations(
    path: Path, name: ProductName, wanted: tuple[str, ...] | None
) -> tuple[str, ...]:
    held = name.polarisations
    if wanted is not None and not set(wanted) <= set(held):
        raise SceneError(
            f"has {'+'.join(held)}, but the model needs {'+'.join(wanted)}.",
            where=path,
            remedy="Choose another model with --weights.",
        )
    return held if wanted is None else wanted


def _spacing_m(name: ProductName) -> float:
    if (name.mode, name.product_type) == ("EW", "GRDH"):
        return EW_GRDH_SPACING_M
    return SPACING_M.get(name.product_type, SPACING_M["GRDM"])


def _source(path: Path, name: ProductName, folder: Path) -> Path:
    """What SNAP opens: the zip file, or the manifest of a folder; linked under its own name."""
    product = path.absolute()
    if not path.name.startswith(name.text):  # SNAP tells a product by its name
        product = folder / f"{name.text}{'.SAFE' if path.is_dir() else '.zip'}"
        product.symlink_to(path.absolute())
    source = product / "manifest.safe" if product.is_dir() else product
    if not source.is_file():
        raise SceneError("there is no such file.", where=source)
    return source
