"""A front as a STAC item, and back.

The exact line stands in `proj:geometry` (EPSG:3031); the item's own geometry is the same line in
EPSG:4326, cut at the antimeridian.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import shapely
from shapely import MultiLineString

from catalog import extensions
from catalog.canonical import canonical_json
from catalog.front import Front, Interval, JoinedPart, Origin, Reason, Status
from catalog.geometry import lonlat_bbox, to_lonlat
from catalog.items.envelope import (
    GEOJSON,
    Asset,
    Item,
    build_item,
    derived_from,
    format_time,
    parse_time,
    start_and_end,
    times,
)
from catalog.lineage import Input, InputKind, Judgement, Lineage
from catalog.objects import ObjectStore
from catalog.review import Action, DecisionReason
from catalog.source import Source

POLAR_CODE = "EPSG:3031"
POLAR_URN = "urn:ogc:def:crs:EPSG::3031"
COLLECTION_OF_INPUT = {
    InputKind.SCENE: "scenes",
    InputKind.MODEL: "models",
    InputKind.ANCILLARY: "ancillary",
}
FRONT_ID = re.compile(rf"[^_]+_(?P<interval>{'|'.join(Interval)})_[^_]+_[^_]+")
OPTIONAL = (
    "grid_m", "confidence", "uncertainty_m", "area_km2", "area_change_km2", "observations",
    "spread_m", "baseline",
)  # fmt: skip


def front_to_item(front: Front, assets: Iterable[Asset]) -> Item:
    """The canonical item of `front` with its files."""
    line = to_lonlat(front.line)
    return build_item(
        item_id=front.id,
        collection=front.collection,
        geometry=_geojson(line),
        bbox=lonlat_bbox(line),
        properties={
            **times(front.start, front.end),
            "title": _title(front),
            **_projection(front),
            **_own_properties(front),
            **_processing(front),
            **_source_properties(front.imported_from),
        },
        extensions=_extensions(front),
        assets=assets,
        links=_input_links(front.lineage),
    )


def item_to_front(item: Item) -> Front:
    """The front that `front_to_item` was given."""
    properties = item["properties"]
    own = {k.removeprefix("icelines:"): v for k, v in properties.items() if k[:9] == "icelines:"}
    start, end = start_and_end(item)
    return Front(
        unit=own["unit"],
        shelf=own["shelf"],
        interval=Interval(own["interval"]),
        origin=Origin(own["origin"]),
        source=own["source"],
        start=start,
        end=end,
        line=_line(properties["proj:geometry"]),
        status=Status(own["status"]),
        reasons=tuple(Reason(reason) for reason in own["reasons"]),
        vertex_uncertainty_m=tuple(own.get("vertex_uncertainty_m", ())),
        dates=_dates_from(own.get("dates", ())),
        parts=tuple(map(_part_from, own.get("parts", ()))),
        lineage=_lineage_from(own, properties),
        imported_from=Source(**own["imported_from"]) if "imported_from" in own else None,
        attributes=MappingProxyType(own.get("attributes", {})),
        **{name: own.get(name) for name in OPTIONAL},
    )


def line_asset(front: Front, objects: ObjectStore) -> Asset:
    """Keep the exact line as a GeoJSON file in EPSG:3031 and describe it.

    GeoJSON proper is lon/lat; the `crs` member of the 2008 specification is what GDAL, QGIS and
    R read, so the file says its system in that way.
    """
    document = {
        "type": "FeatureCollection",
        "name": front.id,
        "crs": {"type": "name", "properties": {"name": POLAR_URN}},
        "features": [
            {
                "type": "Feature",
                "id": front.id,
                "geometry": _geojson(front.line),
                "properties": {
                    "unit": front.unit,
                    "origin": str(front.origin),
                    "source": front.source,
                    "start": front.start.isoformat(),
                    "end": front.end.isoformat(),
                },
            }
        ],
    }
    stored = objects.put_bytes(canonical_json(document), ".geojson")
    return Asset.of_object(
        "line",
        stored,
        GEOJSON,
        "Front line in EPSG:3031, exact",
        ("data",),
        {"proj:code": POLAR_CODE},
    )


def collection_of_input(entry: Input) -> str | None:
    """The collection of an input that is an item of the catalogue; None for other inputs."""
    if entry.kind is InputKind.FRONT:
        match = FRONT_ID.fullmatch(entry.name)
        return f"fronts-{match['interval']}" if match else None
    return COLLECTION_OF_INPUT.get(entry.kind)


def _title(front: Front) -> str:
    mark = " (simulated)" if front.origin is Origin.SIMULATED else ""
    rest = " without January to March" if front.is_without_q1 else ""
    return f"{front.unit}, {front.interval} front of {front.start:%Y-%m-%d}{rest}{mark}"


def _dates(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in days]


def _dates_from(texts: Iterable[str]) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, texts))


def _part_properties(part: JoinedPart) -> dict[str, Any]:
    if part.is_missing:
        return {"unit": part.unit}
    return {
        "unit": part.unit,
        "front": part.front_id,
        "dates": _dates(part.dates),
        "gap_days": part.gap_days,
    }


def _part_from(entry: Mapping[str, Any]) -> JoinedPart:
    return JoinedPart(
        entry["unit"],
        entry.get("front", ""),
        _dates_from(entry.get("dates", ())),
        entry.get("gap_days"),
    )


def _projection(front: Front) -> dict[str, Any]:
    return {
        "proj:code": POLAR_CODE,
        "proj:geometry": _geojson(front.line),
        "proj:bbox": list(front.line.bounds),
    }


def _own_properties(front: Front) -> dict[str, Any]:
    optional = {f"icelines:{name}": getattr(front, name) for name in OPTIONAL}
    return {
        "icelines:unit": front.unit,
        "icelines:shelf": front.shelf,
        "icelines:interval": str(front.interval),
        "icelines:origin": str(front.origin),
        "icelines:source": front.source,
        "icelines:status": str(front.status),
        "icelines:reasons": [str(reason) for reason in front.reasons],
        "icelines:length_km": round(front.length_km, 3),
        "icelines:vertex_uncertainty_m": list(front.vertex_uncertainty_m) or None,
        "icelines:dates": _dates(front.dates) or None,
        "icelines:parts": [_part_properties(part) for part in front.parts] or None,
        "icelines:attributes": dict(front.attributes) or None,
        **optional,
    }


def _processing(front: Front) -> dict[str, Any]:
    lineage = front.lineage
    return {
        "processing:level": "L4",
        "processing:software": dict(lineage.software) or None,
        "icelines:inputs": [
            {"kind": str(i.kind), "name": i.name, "sha256": i.sha256} for i in lineage.inputs
        ],
        "icelines:code_version": lineage.code_version or None,
        "icelines:configuration_sha256": lineage.configuration_sha256 or None,
        "icelines:parameters": dict(lineage.parameters) or None,
        "icelines:judgements": [_judgement_properties(j) for j in lineage.judgements] or None,
    }


def _judgement_properties(judgement: Judgement) -> dict[str, Any]:
    return {
        "number": judgement.number,
        "action": str(judgement.action),
        "reason": str(judgement.reason),
        "reviewer": judgement.reviewer,
        "decided_at": format_time(judgement.decided_at),
        "revision_sha256": judgement.revision_sha256,
    }


def _judgement_from(entry: Mapping[str, Any]) -> Judgement:
    return Judgement(
        number=entry["number"],
        action=Action(entry["action"]),
        reason=DecisionReason(entry["reason"]),
        reviewer=entry["reviewer"],
        decided_at=parse_time(entry["decided_at"]),
        revision_sha256=entry["revision_sha256"],
    )


def _lineage_from(own: Mapping[str, Any], properties: Mapping[str, Any]) -> Lineage:
    inputs = (Input(InputKind(i["kind"]), i["name"], i["sha256"]) for i in own["inputs"])
    return Lineage(
        inputs=tuple(inputs),
        code_version=own.get("code_version", ""),
        configuration_sha256=own.get("configuration_sha256", ""),
        software=MappingProxyType(properties.get("processing:software", {})),
        parameters=MappingProxyType(own.get("parameters", {})),
        judgements=tuple(map(_judgement_from, own.get("judgements", ()))),
    )


def _source_properties(source: Source | None) -> dict[str, Any]:
    if source is None:
        return {}
    # The DOI is usually that of the article, so it is a publication and not `sci:doi`.
    publication = {"doi": source.doi, "citation": source.citation}
    return {
        "license": source.licence,
        "providers": [{"name": source.provider or source.title, "roles": ["producer", "licensor"]}],
        "sci:publications": [{k: v for k, v in publication.items() if v}],
        "icelines:imported_from": {
            name: getattr(source, name)
            for name in ("name", "title", "citation", "licence", "doi", "provider", "url")
        },
    }


def _extensions(front: Front) -> list[str]:
    always = [extensions.ICELINES, extensions.PROJECTION, extensions.PROCESSING, extensions.FILE]
    return always + ([extensions.SCIENTIFIC] if front.imported_from else [])


def _input_links(lineage: Lineage) -> list[dict[str, str]]:
    named = ((collection_of_input(entry), entry.name) for entry in lineage.inputs)
    return [derived_from(collection, name) for collection, name in named if collection]


def _geojson(geometry: MultiLineString) -> dict[str, Any]:
    coordinates = [shapely.get_coordinates(part).tolist() for part in geometry.geoms]
    return {"type": "MultiLineString", "coordinates": coordinates}


def _line(geojson: Mapping[str, Any]) -> MultiLineString:
    return MultiLineString(geojson["coordinates"])
