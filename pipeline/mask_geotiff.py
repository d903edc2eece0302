"""A mask as a cloud-optimised GeoTIFF with a palette; what it says of itself stands in its tags."""

from __future__ import annotations

from pathlib import Path

from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.shutil import copy

from catalog.atomic import staged_file
from catalog.errors import StorageError
from pipeline.grid import Grid
from pipeline.mask_account import MaskAccount
from pipeline.mask_raster import MaskPixels, Surface

BLOCK_PX = 512
# Red, green, blue, alpha: what is outside is no data, and not drawn.
PALETTE = {
    Surface.OCEAN: (38, 84, 124, 255),
    Surface.ICE: (235, 243, 250, 255),
    Surface.UNKNOWN: (150, 150, 150, 255),
    Surface.OUTSIDE: (0, 0, 0, 0),
}


def write_geotiff(path: Path, pixels: MaskPixels, grid: Grid, account: MaskAccount) -> None:
    """Write `pixels`, shape (height, width), whole or not at all; raises StorageError."""
    meanings = {f"value_{int(surface)}": surface.name.lower() for surface in Surface}
    layout = {
        "driver": "GTiff", "count": 1, "height": grid.height, "width": grid.width,
        "dtype": "uint8", "crs": grid.crs, "transform": grid.transform,
        "nodata": int(Surface.OUTSIDE),
    }  # fmt: skip
    try:
        with staged_file(path) as partial, MemoryFile() as plain:
            with plain.open(**layout) as raster:
                raster.write(pixels, 1)
                raster.write_colormap(1, {int(s): colour for s, colour in PALETTE.items()})
                raster.set_band_description(1, "ice mask")
                raster.update_tags(**account.texts)
                raster.update_tags(1, **meanings)
            copy(
                plain.name, partial, driver="COG", compress="DEFLATE", blocksize=BLOCK_PX,
                overview_resampling="MODE",
            )  # fmt: skip
    except RasterioError as error:
        raise StorageError(
            f"cannot be written ({error}).", where=path, remedy="Is the disk full?"
        ) from error
