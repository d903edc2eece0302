"""A calving event as a STAC item, and back.

The exact polygon stands in `proj:geometry` (EPSG:3031); the item's own geometry is the same
polygon in EPSG:4326, cut at the antimeridian and without holes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from catalog import extensions
from catalog.calving import COLLECTION, CalvingEvent, CalvingKind, EventStatus
from catalog.front import Interval, Origin
from catalog.geometry import lonlat_bbox, polygon_to_lonlat
from catalog.items.envelope import (
    Item,
    build_item,
    derived_from,
    multipolygon_geometry,
    start_and_end,
    times,
)
from catalog.lineage import Input, InputKind, Lineage

POLAR_CODE = "EPSG:3031"
NUMBERS = ("area_km2", "area_uncertainty_km2", "outflow_km2", "width_km")
TEXTS = ("front_before", "front_after", "withdrawn")
TITLE_BEFORE, TITLE_AFTER = "Front before", "Front after"
LISTS = ("scenes_before", "scenes_after", "confirmed_by", "superseded_by")


def calving_to_item(event: CalvingEvent) -> Item:
    """The canonical item of `event`; it has no files."""
    footprint = polygon_to_lonlat(event.polygon)
    return build_item(
        item_id=event.id,
        collection=COLLECTION,
        geometry=multipolygon_geometry(footprint),
        bbox=lonlat_bbox(footprint),
        properties={
            **times(event.start, event.end),
            "title": _title(event),
            "proj:code": POLAR_CODE,
            "proj:geometry": multipolygon_geometry(event.polygon),
            "proj:bbox": list(event.polygon.bounds),
            "processing:level": "L4",
            "processing:software": dict(event.lineage.software) or None,
            **_own_properties(event),
        },
        extensions=[extensions.ICELINES, extensions.PROJECTION, extensions.PROCESSING],
        assets=(),
        links=[
            {**derived_from(f"fronts-{event.interval}", front), "title": title}
            for title, front in (
                (TITLE_BEFORE, event.front_before),
                (TITLE_AFTER, event.front_after),
            )
        ],
    )


def item_to_calving(item: Item) -> CalvingEvent:
    """The event that `calving_to_item` was given."""
    properties = item["properties"]
    own = {k.removeprefix("icelines:"): v for k, v in properties.items() if k[:9] == "icelines:"}
    start, end = start_and_end(item)
    return CalvingEvent(
        unit=own["unit"],
        shelf=own["shelf"],
        interval=Interval(own["interval"]),
        origin=Origin(own["origin"]),
        source=own["source"],
        kind=CalvingKind(own["event"]),
        status=EventStatus(own["status"]),
        polygon=_polygon(properties["proj:geometry"]),
        start=start,
        end=end,
        is_wide=own["wide_window"],
        number=own["number"],
        lineage=Lineage(
            inputs=tuple(
                Input(InputKind(i["kind"]), i["name"], i["sha256"]) for i in own["inputs"]
            ),
            code_version=own.get("code_version", ""),
            configuration_sha256=own.get("configuration_sha256", ""),
            software=MappingProxyType(properties.get("processing:software", {})),
            parameters=MappingProxyType(own.get("parameters", {})),
        ),
        **_as_they_are(own),
    )


def _own_properties(event: CalvingEvent) -> dict[str, Any]:
    lineage = event.lineage
    return {
        "icelines:event": str(event.kind),
        "icelines:unit": event.unit,
        "icelines:shelf": event.shelf,
        "icelines:interval": str(event.interval),
        "icelines:origin": str(event.origin),
        "icelines:source": event.source,
        "icelines:status": str(event.status),
        "icelines:wide_window": event.is_wide,
        "icelines:number": event.number,
        "icelines:calved_km2": round(event.calved_km2, 3),
        "icelines:inputs": [
            {"kind": str(i.kind), "name": i.name, "sha256": i.sha256} for i in lineage.inputs
        ],
        "icelines:code_version": lineage.code_version or None,
        "icelines:configuration_sha256": lineage.configuration_sha256 or None,
        "icelines:parameters": dict(lineage.parameters) or None,
        **{f"icelines:{name}": getattr(event, name) for name in (*NUMBERS, *TEXTS)},
        **{f"icelines:{name}": list(getattr(event, name)) or None for name in LISTS},
    }


def _as_they_are(own: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: own[name] for name in NUMBERS},
        **{name: own.get(name) for name in TEXTS},
        **{name: tuple(own.get(name, ())) for name in LISTS},
    }


def _title(event: CalvingEvent) -> str:
    mark = " (simulated)" if event.origin is Origin.SIMULATED else ""
    mark += " (withdrawn)" if event.status is EventStatus.WITHDRAWN else ""
    between = f"between {event.start:%Y-%m-%d} and {event.end:%Y-%m-%d}"
    return f"{event.unit}, {event.kind} of {event.calved_km2:.0f} km2 {between}{mark}"


def _polygon(geojson: dict[str, Any]) -> MultiPolygon:
    parts = geojson["coordinates"]
    return shapely.MultiPolygon([Polygon(rings[0], rings[1:]) for rings in parts])
