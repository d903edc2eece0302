"""A scene as a STAC item, and back."""

from __future__ import annotations

from pathlib import PurePosixPath

from shapely.geometry import MultiPolygon, shape

from catalog import extensions
from catalog.errors import RecordError
from catalog.geometry import lonlat_bbox
from catalog.items.envelope import (
    Asset,
    Item,
    build_item,
    multipolygon_geometry,
    start_and_end,
    times,
)
from catalog.scene import Scene

COLLECTION = "scenes"
MEDIA_TYPES = {".tif": "image/tiff; application=geotiff", ".zip": "application/zip"}
FREQUENCY_BAND = "C"


def scene_to_item(scene: Scene) -> Item:
    """The canonical item of `scene`, with its file as the asset `product`."""
    asset = Asset(
        "product", scene.href, _media_type(scene), "Ground-range detected product", ("data",),
        scene.sha256, scene.size_bytes,
    )  # fmt: skip
    return build_item(
        item_id=scene.id,
        collection=COLLECTION,
        geometry=multipolygon_geometry(scene.footprint),
        bbox=lonlat_bbox(scene.footprint),
        properties={
            **times(scene.start, scene.end),
            "platform": scene.platform,
            "constellation": "sentinel-1",
            "instruments": ["c-sar"],
            "sar:instrument_mode": scene.mode,
            "sar:frequency_band": FREQUENCY_BAND,
            "sar:polarizations": list(scene.polarisations),
            "product:type": scene.product_type,
            "sat:absolute_orbit": scene.absolute_orbit,
            "icelines:simulated": scene.simulated,
            "icelines:datatake": scene.datatake,
        },
        extensions=_extensions(scene),
        assets=[asset],
    )


def item_to_scene(item: Item) -> Scene:
    """The scene that `scene_to_item` was given."""
    properties, asset = item["properties"], item["assets"]["product"]
    start, end = start_and_end(item)
    return Scene(
        id=item["id"],
        platform=properties["platform"],
        mode=properties["sar:instrument_mode"],
        product_type=properties["product:type"],
        polarisations=tuple(properties["sar:polarizations"]),
        start=start,
        end=end,
        footprint=MultiPolygon(shape(item["geometry"])),
        sha256=asset["file:checksum"][4:],
        size_bytes=asset["file:size"],
        href=asset["href"],
        simulated=properties["icelines:simulated"],
        absolute_orbit=properties.get("sat:absolute_orbit"),
        datatake=properties.get("icelines:datatake"),
    )


def _extensions(scene: Scene) -> list[str]:
    always = [extensions.ICELINES, extensions.SAR, extensions.FILE]
    return always + ([extensions.SAT] if scene.absolute_orbit is not None else [])


def _media_type(scene: Scene) -> str:
    """By the file's ending: a raster, or a SAFE product as a zip file."""
    suffix = PurePosixPath(scene.href).suffix
    if suffix not in MEDIA_TYPES:
        raise RecordError(
            f"a scene is no {suffix or 'file without ending'}.",
            where=scene.id,
            remedy=f"Known are {', '.join(MEDIA_TYPES)}.",
        )
    return MEDIA_TYPES[suffix]
