"""Quick-look: a picture of the scene with its line, for a person to judge at a glance."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from pipeline.grid import Bounds, Grid

LONGEST_SIDE_PX = 1000
LEAST_SIDE_PX = 320
BAND_PX = 30
FONT_PX = 15
DARKEST_PERCENTILE, BRIGHTEST_PERCENTILE = 1.0, 99.0
NODATA_GREY, INK, PAPER = (58, 64, 72), (235, 238, 242), (18, 22, 28)
LINE, HALO, REFERENCE = (255, 140, 0), (20, 20, 20), (90, 190, 255)
LINE_PX, HALO_PX, REFERENCE_PX = 3, 6, 2
BAR_LENGTHS_KM = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
BAR_SHARE = 0.3
COLOURS = 64
PLACE_CHUNK = "Place"  # of the PNG: where the picture lies, for whoever puts it on a map


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands above and below the picture."""

    title: str
    note: str


def draw_quicklook(
    sigma0_db: npt.NDArray[np.float32],
    grid: Grid,
    line: shapely.Geometry | None,
    caption: Caption,
    *,
    reference: shapely.Geometry | None = None,
    within: Bounds | None = None,
) -> bytes:
    """A PNG of one band, shape (height, width) in dB, in grey, with the line in orange.

    `reference` is drawn in blue; `within` cuts the picture. All in the system of the grid. The
    text chunk `Place` says as JSON where the picture lies: `crs`, `extent` (west, south, east,
    north in metres) and `band_px`, the height of the bands above and below the scene.
    """
    window = grid.window(within or grid.bounds)
    sigma0_db, grid = sigma0_db[window], grid.cut(*window)
    picture = _grey(sigma0_db)
    pixel_m = grid.pixel_size_m * grid.width / picture.width
    draw = ImageDraw.Draw(picture)
    if reference is not None:
        _draw_line(draw, reference, grid, pixel_m, REFERENCE, REFERENCE_PX)
    if line is not None:
        _draw_line(draw, line, grid, pixel_m, HALO, HALO_PX)
        _draw_line(draw, line, grid, pixel_m, LINE, LINE_PX)
    _draw_scale_bar(draw, picture, pixel_m)
    place = {"crs": grid.crs, "extent": grid.bounds, "band_px": BAND_PX}
    return _png(_framed(picture, caption), json.dumps(place))


def _grey(sigma0_db: npt.NDArray[np.float32]) -> Image.Image:
    known = np.isfinite(sigma0_db)
    levels = (DARKEST_PERCENTILE, BRIGHTEST_PERCENTILE)
    low, high = np.percentile(sigma0_db[known], levels) if known.any() else (0.0, 1.0)
    stretched = (np.where(known, sigma0_db, low) - low) / max(high - low, 1e-6)
    grey = np.rint(np.clip(stretched, 0.0, 1.0) * 255).astype(np.uint8)
    colour = np.repeat(grey[..., None], 3, axis=2)
    colour[~known] = NODATA_GREY
    picture = Image.fromarray(colour)
    height, width = grey.shape
    share = LONGEST_SIDE_PX / max(height, width)
    size = (max(LEAST_SIDE_PX, round(width * share)), max(1, round(height * share)))
    kind = Image.Resampling.BOX if share < 1 else Image.Resampling.BICUBIC
    return picture.resize(size, kind)


def _draw_line(
    draw: ImageDraw.ImageDraw,
    line: shapely.Geometry,
    grid: Grid,
    pixel_m: float,
    colour: tuple[int, int, int],
    width_px: int,
) -> None:
    for part in shapely.get_parts(line):
        points = (shapely.get_coordinates(part) - [grid.west, grid.north]) / [pixel_m, -pixel_m]
        draw.line([(float(x), float(y)) for x, y in points], colour, width_px, joint="curve")


def _draw_scale_bar(draw: ImageDraw.ImageDraw, picture: Image.Image, pixel_m: float) -> None:
    reach_km = picture.width * pixel_m * BAR_SHARE / 1000
    length_km = max((km for km in BAR_LENGTHS_KM if km <= reach_km), default=BAR_LENGTHS_KM[0])
    length_px = length_km * 1000 / pixel_m
    left, bottom = 16, picture.height - 16
    text = f"{length_km:g} km"
    box = (left - 8, bottom - 32, left + max(length_px, 60) + 8, bottom + 8)
    draw.rectangle(box, fill=PAPER)
    draw.line([(left, bottom), (left + length_px, bottom)], INK, 3)
    for end in (left, left + length_px):
        draw.line([(end, bottom - 5), (end, bottom + 1)], INK, 2)
    draw.text((left, bottom - 28), text, INK, _font())


def _framed(picture: Image.Image, caption: Caption) -> Image.Image:
    framed = Image.new("RGB", (picture.width, picture.height + 2 * BAND_PX), PAPER)
    framed.paste(picture, (0, BAND_PX))
    draw = ImageDraw.Draw(framed)
    for text, top in ((caption.title, 0), (caption.note, picture.height + BAND_PX)):
        draw.text((10, top + BAND_PX // 2), _fitting(text, picture.width - 20), INK, _font(), "lm")
    return framed


def _fitting(text: str, width_px: int) -> str:
    font = _font()
    if font.getlength(text) <= width_px:
        return text
    while text and font.getlength(f"{text}…") > width_px:
        text = text[:-1]
    return f"{text}…"


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(FONT_PX)  # comes with Pillow: the same letters everywhere


def _png(picture: Image.Image, place: str) -> bytes:
    stream, texts = io.BytesIO(), PngImagePlugin.PngInfo()
    texts.add_text(PLACE_CHUNK, place)
    # Speckle does not compress: 64 colours look the same at a quarter of the size.
    small = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.save(stream, "PNG", pnginfo=texts)
    return stream.getvalue()
