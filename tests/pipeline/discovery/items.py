"""Real items moved over Antarctic shelves, and small items as archives write them."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shapely import Polygon

from catalog.geometry import polygon_to_lonlat
from catalog.shelf import Part

Item = dict[str, Any]
EW_ITEM = "stactools_S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549.json"
IW_ITEM = "stactools_S1A_IW_GRDH_1SDV_20210809T173953_20210809T174018_039156_049F13.json"
NAME = "S1A_EW_GRDM_1SDH_20260912T081233_20260912T081337_060001_0770AB_BB15"
FOLDER = "s3://eodata/Sentinel-1/SAR/EW_GRDM_1S/2026/09/12"
SIDE_M = 200_000.0


def real_item(shared_data: Path, name: str) -> Item:
    """A published item as it is."""
    item: Item = json.loads((shared_data / "stac" / name).read_text(encoding="utf-8"))
    return item


def moved_over(item: Item, part: Part) -> Item:
    """The item with its footprint over a part; nothing else is changed."""
    return {**copy.deepcopy(item), **place_over(part)}


def place_over(part: Part) -> Item:
    """Geometry and bbox of a square of 400 km over the middle of a part, cut as it should be."""
    centre = part.region.centroid
    square = centre.buffer(SIDE_M, cap_style="square")
    globe = polygon_to_lonlat(square)
    parts = [[[list(p) for p in piece.exterior.coords]] for piece in globe.geoms]
    return {"geometry": {"type": "MultiPolygon", "coordinates": parts}, "bbox": list(globe.bounds)}


def files_of(name: str, folder: str = FOLDER, pols: Sequence[str] = ("hh", "hv")) -> Item:
    """Assets of a product as it came, file by file."""
    root = f"{folder}/{name}.SAFE"
    stem = "s1a-ew-grd"
    assets = {"manifest": {"href": f"{root}/manifest.safe"}}
    for pol in pols:
        assets |= {
            pol: {"href": f"{root}/measurement/{stem}-{pol}.tiff"},
            f"annotation-{pol}": {"href": f"{root}/annotation/{stem}-{pol}.xml"},
            f"cal-{pol}": {"href": f"{root}/annotation/calibration/calibration-{stem}-{pol}.xml"},
            f"noise-{pol}": {"href": f"{root}/annotation/calibration/noise-{stem}-{pol}.xml"},
        }
    return assets


def make_item(name: str, place: Item, **changes: Any) -> Item:
    """An item of STAC 1.1 as Copernicus Data Space writes it, reduced to what matters."""
    item: Item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": name,
        "collection": "sentinel-1-grd",
        "properties": {
            "datetime": "2026-09-12T08:12:33Z",
            "product:timeliness": "PT24H",
            "product:timeliness_category": "Fast-24h",
            "processing:datetime": "2026-09-12T12:00:00Z",
            "sar:instrument_mode": name.split("_")[1],
        },
        "assets": files_of(name),
        "links": [],
        **place,
    }
    return {**item, **changes}


def ring_of(polygon: Polygon) -> list[list[float]]:
    return [list(p) for p in polygon.exterior.coords]
