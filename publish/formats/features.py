"""A front as a row of attributes: the same in every file, with licence and citation inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapely.geometry.base import BaseGeometry

from catalog.columns import COLUMNS, Column, Kind
from catalog.front import Front, Interval, Origin
from catalog.front_dates import dates_text, parts_text
from catalog.items.front import POLAR_CODE
from catalog.lineage import InputKind
from catalog.publisher import Publisher
from catalog.release import Doi
from publish.content import ReleasedFront

if TYPE_CHECKING:
    import geopandas
    import pandas

GEOMETRY_TYPE = "MultiLineString"
NOT_AN_OBSERVATION = "Simulated front: no observation, not to be cited as data"


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is to be named for a front, and under which licence it may be used."""

    licence: str
    attribution: str
    citation: str
    doi: str | None
    provider: str


def credit_of(front: Front, publisher: Publisher, concept_doi: Doi) -> Credit:
    """The credit that travels with `front`.

    Ours names the concept DOI, never a version: a line that does not change from release to
    release keeps its bytes.
    """
    if front.imported_from is not None:
        source = front.imported_from
        provider = source.provider or source.title
        attribution = f"{source.title} by {provider}, {source.licence}"
        return Credit(source.licence, attribution, source.citation, source.doi, provider)
    if front.origin is Origin.SIMULATED:
        simulated = NOT_AN_OBSERVATION
        return Credit(publisher.licence, simulated, simulated, None, publisher.name)
    citation = f"{publisher.title}. {publisher.name}. {concept_doi.url}"
    attribution = publisher.attribution_for(str(front.start.year))
    return Credit(publisher.licence, attribution, citation, str(concept_doi), publisher.name)


def feature_row(released: ReleasedFront, credit: Credit) -> dict[str, Any]:
    """The attributes of one front by column name; None where there is no value."""
    front, lineage = released.front, released.front.lineage
    scenes = [entry.name for entry in lineage.inputs_of(InputKind.SCENE)]
    models = [entry.name for entry in lineage.inputs_of(InputKind.MODEL)]
    return {
        "id": front.id,
        "unit": front.unit,
        "shelf": front.shelf,
        "interval": str(front.interval),
        "origin": str(front.origin),
        "source": front.source,
        "status": str(front.status),
        "reasons": ",".join(front.reasons) or None,
        "start": front.start,
        "end": front.end,
        "area_km2": front.area_km2,
        "area_change_km2": front.area_change_km2,
        "length_km": round(front.length_km, 3),
        "uncertainty_m": front.uncertainty_m,
        "confidence": front.confidence,
        "observations": front.observations,
        "spread_m": front.spread_m,
        "dates": dates_text(front),
        "parts": parts_text(front),
        "grid_m": front.grid_m,
        "scenes": " ".join(scenes) or None,
        "model": " ".join(models) or None,
        "baseline": front.baseline,
        "revision": released.stored.revision,
        "digest": released.stored.digest,
        "licence": credit.licence,
        "attribution": credit.attribution,
        "citation": credit.citation,
        "doi": credit.doi,
        "provider": credit.provider,
    }


@dataclass(frozen=True, slots=True)
class Feature:
    """A front and its attributes."""

    front: Front
    row: dict[str, Any]


def features_of(
    fronts: Iterable[ReleasedFront], publisher: Publisher, concept_doi: Doi
) -> tuple[Feature, ...]:
    """Features by unit, interval, source and time."""
    rows = (
        Feature(f.front, feature_row(f, credit_of(f.front, publisher, concept_doi))) for f in fronts
    )
    return tuple(sorted(rows, key=lambda f: (f.front.series, f.front.start, f.front.id)))


def by_interval(features: Iterable[Feature]) -> dict[Interval, tuple[Feature, ...]]:
    """Features of each interval that has any: averages never share a layer with observations."""
    kept = tuple(features)
    groups = {i: tuple(f for f in kept if f.front.interval is i) for i in Interval}
    return {interval: group for interval, group in groups.items() if group}


def feature_frame(features: Iterable[Feature]) -> geopandas.GeoDataFrame:
    """Features as a table in EPSG:3031 with one column for each of `COLUMNS`, of its kind."""
    kept = tuple(features)
    return attribute_frame(COLUMNS, [f.row for f in kept], [f.front.line for f in kept])


def attribute_frame(
    columns: Iterable[Column], rows: Sequence[dict[str, Any]], geometries: Sequence[BaseGeometry]
) -> geopandas.GeoDataFrame:
    """One row for each geometry (EPSG:3031), one column of its kind for each of `columns`."""
    import geopandas

    series = {c.name: _series([row[c.name] for row in rows], c.kind) for c in columns}
    return geopandas.GeoDataFrame(series, geometry=list(geometries), crs=POLAR_CODE)


def _series(values: list[Any], kind: Kind) -> pandas.Series[Any]:
    import pandas

    if kind is Kind.MOMENT:
        return pandas.Series(pandas.to_datetime(values, utc=True)).astype("datetime64[ms, UTC]")
    return pandas.Series(
        values, dtype={Kind.NUMBER: "float64", Kind.INTEGER: "Int64"}.get(kind, object)
    )
