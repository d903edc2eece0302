"""What a filter may ask for: names of STAC properties and the fields of the catalogue behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from catalog.calving import COLLECTION as CALVING_EVENTS
from catalog.calving import CalvingKind, EventStatus
from catalog.front import Interval, Origin, Status


class Kind(Enum):
    TEXT = auto()
    MOMENT = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property by its STAC name; `record_field` is that of `catalog.condition`."""

    name: str
    record_field: str
    kind: Kind
    description: str
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the values."""
        return {**SCHEMAS[self.kind], "description": self.description, **self.more}


SCHEMAS: Mapping[Kind, Mapping[str, str]] = {
    Kind.TEXT: {"type": "string"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.NUMBER: {"type": "number"},
}
INSTANT = "Moment of the item; the first one where it spans an interval"


def _choice(*kinds: type[Enum]) -> Mapping[str, Any]:
    return {"enum": [member.value for kind in kinds for member in kind]}


QUERYABLES = {
    queryable.name: queryable
    for queryable in (
        Queryable("id", "item_id", Kind.TEXT, "Item id"),
        Queryable("collection", "collection", Kind.TEXT, "Collection id"),
        Queryable("datetime", "start", Kind.MOMENT, INSTANT),
        Queryable("start_datetime", "start", Kind.MOMENT, "First moment"),
        Queryable("end_datetime", "end", Kind.MOMENT, "Last moment"),
        Queryable("icelines:unit", "unit", Kind.TEXT, "Shelf, or part of a shelf"),
        Queryable("icelines:shelf", "shelf", Kind.TEXT, "Ice shelf"),
        Queryable("icelines:interval", "interval", Kind.TEXT, "Time span", _choice(Interval)),
        Queryable("icelines:origin", "origin", Kind.TEXT, "Where it is from", _choice(Origin)),
        Queryable("icelines:source", "source", Kind.TEXT, "Short name of the data set"),
        Queryable("icelines:status", "status", Kind.TEXT, "Result of checks", _choice(Status)),
        Queryable("icelines:length_km", "length_km", Kind.NUMBER, "Length of the line in km"),
        Queryable("icelines:area_km2", "area_km2", Kind.NUMBER, "Area behind the line in km2"),
        Queryable("icelines:area_change_km2", "area_change_km2", Kind.NUMBER, "Its change in km2"),
        Queryable("icelines:confidence", "confidence", Kind.NUMBER, "Confidence from 0 to 1"),
        Queryable("icelines:uncertainty_m", "uncertainty_m", Kind.NUMBER, "Uncertainty in m"),
        Queryable("icelines:observations", "observations", Kind.NUMBER, "Lines in an average"),
        Queryable("icelines:event", "event", Kind.TEXT, "Kind of event", _choice(CalvingKind)),
        Queryable("icelines:calved_km2", "calved_km2", Kind.NUMBER, "Area with outflow in km2"),
        Queryable("icelines:outflow_km2", "outflow_km2", Kind.NUMBER, "Outflow in km2"),
        Queryable(
            "icelines:area_uncertainty_km2",
            "area_uncertainty_km2",
            Kind.NUMBER,
            "One standard error of the area in km2",
        ),
        Queryable("icelines:width_km", "width_km", Kind.NUMBER, "Width that was lost in km"),
        Queryable("icelines:front_before", "front_before", Kind.TEXT, "Id of the front before"),
        Queryable("icelines:front_after", "front_after", Kind.TEXT, "Id of the front after"),
    )
}
PREFIX = "icelines:"
EVENT_ONLY_FIELDS = (
    "event", "calved_km2", "outflow_km2", "area_uncertainty_km2", "width_km", "front_before",
    "front_after",
)  # fmt: skip
EVENT_ONLY = {f"{PREFIX}{name}" for name in EVENT_ONLY_FIELDS}
FRONT_ONLY = {name for name in QUERYABLES if name.startswith(PREFIX)} - EVENT_ONLY
EVENT_NAMES = ("unit", "shelf", "interval", "origin", "source")
STATUS, AREA = f"{PREFIX}status", f"{PREFIX}area_km2"
EVENT_STATUS = "Whether later fronts confirm the calving"
ANY_STATUS = Queryable(
    STATUS, "status", Kind.TEXT, "Result of checks", _choice(Status, EventStatus)
)
# What calving events have; some of it means something else there.
OF_EVENTS = {
    **{name: queryable for name, queryable in QUERYABLES.items() if name not in FRONT_ONLY},
    **{f"{PREFIX}{name}": QUERYABLES[f"{PREFIX}{name}"] for name in EVENT_NAMES},
    STATUS: Queryable(STATUS, "status", Kind.TEXT, EVENT_STATUS, _choice(EventStatus)),
    AREA: Queryable(AREA, "area_km2", Kind.NUMBER, "Area of the ice that is missing in km2"),
}


def queryables_document(address: str, collection: str | None) -> dict[str, Any]:
    """The JSON Schema of what may be queried, for all collections or for one of them."""
    found = _queryables_of(collection)
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": address,
        "type": "object",
        "title": f"Queryables of {collection or 'all collections'}",
        "properties": {queryable.name: queryable.schema for queryable in found},
        "additionalProperties": False,
    }


def _queryables_of(collection: str | None) -> list[Queryable]:
    if collection is None:
        return list({**QUERYABLES, STATUS: ANY_STATUS}.values())
    if collection.startswith("fronts-"):
        return [q for q in QUERYABLES.values() if q.name not in EVENT_ONLY]
    if collection == CALVING_EVENTS:
        return list(OF_EVENTS.values())
    return [q for q in QUERYABLES.values() if not q.name.startswith(PREFIX)]
