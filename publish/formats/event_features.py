"""A calving event as a row of attributes, with licence and citation inside, as fronts have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog.calving import CalvingEvent
from catalog.columns import EVENT_COLUMNS
from catalog.front import Front
from catalog.publisher import Publisher
from catalog.release import Doi
from publish.content import FrozenContent, ReleasedEvent
from publish.formats.features import Credit, attribute_frame, credit_of

if TYPE_CHECKING:
    import geopandas

EVENT_GEOMETRY_TYPE = "MultiPolygon"
EVENTS_LAYER = "calving_events"


@dataclass(frozen=True, slots=True)
class EventFeature:
    """An event and its attributes."""

    event: CalvingEvent
    row: dict[str, Any]


def event_features_of(
    content: FrozenContent, publisher: Publisher, concept_doi: Doi
) -> tuple[EventFeature, ...]:
    """Features by unit, origin, source and time."""
    fronts = {released.front.id: released.front for released in content.fronts}
    features = (
        EventFeature(
            one.event,
            event_row(one, event_credit(fronts[one.event.front_after], publisher, concept_doi)),
        )
        for one in content.events
    )
    return tuple(sorted(features, key=lambda f: (f.event.series, f.event.start, f.event.id)))


def event_credit(front_after: Front, publisher: Publisher, concept_doi: Doi) -> Credit:
    """The credit of an event: that of its fronts, whose authors did not find it themselves."""
    credit = credit_of(front_after, publisher, concept_doi)
    if front_after.imported_from is None:
        return credit
    attribution = f"Found by {publisher.name} in {credit.attribution}"
    return replace(credit, attribution=attribution, provider=publisher.name)


def event_row(released: ReleasedEvent, credit: Credit) -> dict[str, Any]:
    """The attributes of one event by column name; None where there is no value."""
    event = released.event
    return {
        "id": event.id,
        "unit": event.unit,
        "shelf": event.shelf,
        "interval": str(event.interval),
        "origin": str(event.origin),
        "source": event.source,
        "event": str(event.kind),
        "status": str(event.status),
        "start": event.start,
        "end": event.end,
        "window_days": round(event.window_days, 3),
        "wide_window": "yes" if event.is_wide else "no",
        "area_km2": event.area_km2,
        "area_uncertainty_km2": event.area_uncertainty_km2,
        "outflow_km2": event.outflow_km2,
        "calved_km2": round(event.calved_km2, 3),
        "width_km": event.width_km,
        "front_before": event.front_before,
        "front_after": event.front_after,
        "confirmed_by": " ".join(event.confirmed_by) or None,
        "scenes_before": " ".join(event.scenes_before) or None,
        "scenes_after": " ".join(event.scenes_after) or None,
        "revision": released.stored.revision,
        "digest": released.stored.digest,
        "licence": credit.licence,
        "attribution": credit.attribution,
        "citation": credit.citation,
        "doi": credit.doi,
        "provider": credit.provider,
    }


def event_frame(features: Iterable[EventFeature]) -> geopandas.GeoDataFrame:
    """Events as a table in EPSG:3031 with one column for each of `EVENT_COLUMNS`, of its kind."""
    kept = tuple(features)
    return attribute_frame(EVENT_COLUMNS, [f.row for f in kept], [f.event.polygon for f in kept])
