"""From the parameters of a request to a `Search` of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from catalog.collection import COLLECTIONS
from catalog.filtering.expression import EVERYTHING, Condition
from catalog.filtering.reading import filter_from_json, filter_from_text
from catalog.query import DEFAULT_LIMIT, LARGEST_LIMIT, PageKey, Search
from web.api.errors import BadParameter
from web.api.moments import interval
from web.api.places import bbox_from, geometry_from

MOST_NAMES = 1_000
PARAMETERS = (
    "collections", "ids", "bbox", "intersects", "datetime", "limit", "token", "filter",
    "filter-lang", "filter-crs", "release",
)  # fmt: skip
TEXT, JSON = "cql2-text", "cql2-json"


def refuse_unknown(given: Iterable[str]) -> None:
    """A parameter that is passed over without a word gives an answer to another question."""
    names = list(given)
    for name in names:
        if name not in PARAMETERS:
            remedy = f"Known ones are {', '.join(PARAMETERS)}."
            raise BadParameter("There is no such parameter.", where=name[:80], remedy=remedy)
        if names.count(name) > 1:
            raise BadParameter("It is given more than once.", where=name)


def query_as_body(given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of a GET request in the form of a POST request."""
    body: dict[str, Any] = {"filter-lang": TEXT, **{k: v for k, v in given.items() if v}}
    for name in ("collections", "ids"):
        if name in body:
            body[name] = body[name].split(",")
    if "bbox" in body:
        body["bbox"] = _numbers(body["bbox"])
    if "intersects" in body:
        body["intersects"] = _json("intersects", body["intersects"])
    if body.get("filter") and body["filter-lang"] == JSON:
        body["filter"] = _json("filter", body["filter"])
    if "limit" in body:
        body["limit"] = int(body["limit"])
    return body


def search_from(body: Mapping[str, Any]) -> Search:
    """The search that a body asks for; raises BadParameter or BadFilter."""
    if body.get("bbox") is not None and body.get("intersects") is not None:
        raise BadParameter("Give bbox or intersects, not both.", where="bbox")
    start, end = interval(body["datetime"]) if body.get("datetime") else (None, None)
    bbox, intersects, token = (body.get(name) for name in ("bbox", "intersects", "token"))
    return Search(
        collections=_names(body, "collections"),
        ids=_names(body, "ids"),
        bbox=None if bbox is None else bbox_from(bbox),
        intersects=None if intersects is None else geometry_from(intersects),
        start=start,
        end=end,
        where=_condition(body),
        limit=min(body.get("limit") or DEFAULT_LIMIT, LARGEST_LIMIT),
        after=PageKey.from_token(token) if token else None,
    )


def within(collection_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The same body for one collection; clients repeat its name as a parameter."""
    if body.get("collections") and collection_id not in body["collections"]:
        fault = f"{collection_id} is none of them."
        raise BadParameter(fault, where="collections", remedy="Leave this parameter out here.")
    return {**body, "collections": [collection_id]}


def require_unicode(body: Mapping[str, Any]) -> None:
    """Refuse what Python's json reads though it is no Unicode, or nests beyond all measure."""
    try:
        orjson.dumps(body)
    except TypeError as error:
        raise BadParameter(f"The body cannot be used: {error}.", where="body") from error


def _condition(body: Mapping[str, Any]) -> Condition:
    expression, language = body.get("filter"), body.get("filter-lang") or JSON
    if expression is None:
        return EVERYTHING
    # What only items of other collections have is no queryable where those are not asked for.
    asked = tuple(name for name in _names(body, "collections") if name in COLLECTIONS)
    if language == TEXT and isinstance(expression, str):
        return filter_from_text(expression, asked)
    if language == JSON and not isinstance(expression, str):
        return filter_from_json(expression, asked)
    fault = f"The filter is not written as {language}."
    raise BadParameter(fault, where="filter", remedy="Say how it is written with filter-lang.")


def _names(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    names = tuple(body.get(name) or ())
    if len(names) > MOST_NAMES:
        remedy = f"Ask for at most {MOST_NAMES} at once."
        raise BadParameter(f"There are {len(names)} of them.", where=name, remedy=remedy)
    return names


def _numbers(text: str) -> list[float]:
    try:
        return [float(number) for number in text.split(",")]
    except ValueError as error:
        fault = f"{text[:80]!r} is no list of numbers."
        raise BadParameter(fault, where="bbox", remedy="Write west,south,east,north.") from error


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadParameter(f"It is no JSON ({error}).", where=name) from error
