"""The parameters of each request, as stac-fastapi reads and documents them.

What they mean is for `parameters`; here they only have types. No `from __future__ import
annotations`: FastAPI cannot resolve postponed annotations of attrs classes.
"""

from typing import Annotated, Any, Literal

import attr
from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from stac_fastapi.types.search import APIRequest

from catalog.query import DEFAULT_LIMIT, LARGEST_LIMIT

RELEASE = "A published release, such as 2026.11; without it, the latest one."
LIMIT = f"Items of a page; more than {LARGEST_LIMIT} are not given at once."
BBOX = (
    "west,south,east,north in degrees (or six numbers with heights); "
    "west > east is a box over the antimeridian."
)
DATETIME = "An RFC 3339 instant, or an interval whose ends may be open (..)."
INTERSECTS = "A GeoJSON geometry in longitude and latitude."
TOKEN = "Where the page starts, from the link `next` of the page before."  # noqa: S105
FILTER = "A CQL2 expression over the queryables."
FILTER_LANG = "How the filter is written."
CRS = "The reference system of places in the filter: this one only."
Crs84 = Literal["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
CRS84: Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

FilterLang = Literal["cql2-text", "cql2-json"]
Limit = Annotated[int, Field(ge=1)]
ReleaseParameter = Annotated[str | None, Query(description=RELEASE)]


@attr.define(kw_only=True, slots=False)
class ReleaseRequest(APIRequest):
    """A request that only chooses what is seen."""

    release: ReleaseParameter = None


@attr.define(kw_only=True, slots=False)
class CollectionRequest(ReleaseRequest):
    collection_id: Annotated[str, Path(description="Collection id")]


@attr.define(kw_only=True, slots=False)
class ItemRequest(CollectionRequest):
    item_id: Annotated[str, Path(description="Item id")]


@attr.define(kw_only=True, slots=False)
class SearchRequest(ReleaseRequest):
    """GET /search"""

    collections: Annotated[str | None, Query(description="Collection ids, comma-separated")] = None
    ids: Annotated[str | None, Query(description="Item ids, comma-separated")] = None
    bbox: Annotated[str | None, Query(description=BBOX)] = None
    intersects: Annotated[str | None, Query(description=INTERSECTS)] = None
    datetime: Annotated[str | None, Query(description=DATETIME)] = None
    limit: Annotated[int, Query(ge=1, description=LIMIT)] = DEFAULT_LIMIT
    token: Annotated[str | None, Query(description=TOKEN)] = None
    filter: Annotated[str | None, Query(description=FILTER)] = None
    filter_lang: Annotated[FilterLang, Query(alias="filter-lang", description=FILTER_LANG)] = (
        "cql2-text"
    )
    filter_crs: Annotated[Crs84, Query(alias="filter-crs", description=CRS)] = CRS84


@attr.define(kw_only=True, slots=False)
class ItemsRequest(SearchRequest, CollectionRequest):
    """GET /collections/{collection_id}/items"""


class SearchBody(BaseModel):
    """POST /search"""

    model_config = ConfigDict(extra="forbid")

    collections: list[str] | None = None
    ids: list[str] | None = None
    bbox: list[float] | None = Field(None, description=BBOX)
    intersects: dict[str, Any] | None = Field(None, description=INTERSECTS)
    datetime: str | None = Field(None, description=DATETIME)
    limit: Limit | None = Field(None, description=LIMIT)
    token: str | None = Field(None, description=TOKEN)
    filter: dict[str, Any] | bool | str | None = Field(None, description=FILTER)
    filter_lang: FilterLang | None = Field(None, alias="filter-lang", description=FILTER_LANG)
    filter_crs: Crs84 | None = Field(None, alias="filter-crs", description=CRS)
    release: str | None = Field(None, description=RELEASE)
