"""What a filter may ask for, told as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.filtering.queryables import Kind, Queryable, queryables_of

SCHEMAS: Mapping[Kind, Mapping[str, str]] = {
    Kind.TEXT: {"type": "string"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.NUMBER: {"type": "number"},
    Kind.TRUTH: {"type": "boolean"},
    # OGC 19-079r2, section 6.2.3.4: a geometry has a format and no type.
    Kind.GEOMETRY: {"format": "geometry-any"},
}


def queryables_document(address: str, collection: str | None) -> dict[str, Any]:
    """The JSON Schema of what may be queried, for all collections or for one of them."""
    found = queryables_of([collection] if collection else [])
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": address,
        "type": "object",
        "title": f"Queryables of {collection or 'all collections'}",
        "properties": {name: _schema(queryable) for name, queryable in found.items()},
        "additionalProperties": False,
    }


def _schema(queryable: Queryable) -> dict[str, Any]:
    choices = {"enum": list(queryable.choices)} if queryable.choices else {}
    return {**SCHEMAS[queryable.kind], "description": queryable.description, **choices}
