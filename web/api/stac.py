"""The API put together: stac-fastapi's routes and descriptions around our client."""

from __future__ import annotations

from importlib.metadata import version

from stac_fastapi.api.app import StacApi
from stac_fastapi.extensions.filter import FilterExtension
from stac_fastapi.types.config import ApiSettings
from stac_fastapi.types.conformance import BASE_CONFORMANCE_CLASSES
from starlette.applications import Starlette

from catalog.items.envelope import STAC_VERSION
from catalog.store import CatalogStore
from web.api import request_models
from web.api.client import CatalogClient, QueryablesClient
from web.api.documents import ABOUT, TITLE
from web.api.exposure import Exposure
from web.api.refusals import add_refusals
from web.api.served_items import ServedItems

OGC = "http://www.opengis.net/spec"
# Only what exists here and is tested.
FILTER_CONFORMANCE = [
    f"{OGC}/ogcapi-features-3/1.0/conf/queryables",
    f"{OGC}/ogcapi-features-3/1.0/conf/filter",
    f"{OGC}/ogcapi-features-3/1.0/conf/features-filter",
    "https://api.stacspec.org/v1.0.0-rc.2/item-search#filter",
    f"{OGC}/cql2/1.0/conf/cql2-text",
    f"{OGC}/cql2/1.0/conf/cql2-json",
    f"{OGC}/cql2/1.0/conf/basic-cql2",
    f"{OGC}/cql2/1.0/conf/advanced-comparison-operators",
    f"{OGC}/cql2/1.0/conf/case-insensitive-comparison",
    f"{OGC}/cql2/1.0/conf/accent-insensitive-comparison",
    f"{OGC}/cql2/1.0/conf/basic-spatial-functions",
    f"{OGC}/cql2/1.0/conf/basic-spatial-functions-plus",
    f"{OGC}/cql2/1.0/conf/spatial-functions",
    f"{OGC}/cql2/1.0/conf/temporal-functions",
    f"{OGC}/cql2/1.0/conf/property-property",
    f"{OGC}/cql2/1.0/conf/arithmetic",
]


def build_stac_api(store: CatalogStore, exposure: Exposure) -> Starlette:
    """The STAC API as an application of its own, to be mounted at /stac."""
    client = CatalogClient(
        store=store,
        exposure=exposure,
        items=ServedItems(exposure.public_url),
        base_conformance_classes=[str(uri) for uri in BASE_CONFORMANCE_CLASSES],
    )
    queryables = FilterExtension(
        client=QueryablesClient(exposure=exposure), conformance_classes=FILTER_CONFORMANCE
    )
    api = StacApi(
        settings=_settings(),
        client=client,
        extensions=[queryables],
        stac_version=STAC_VERSION,
        search_get_request_model=request_models.SearchRequest,
        search_post_request_model=request_models.SearchBody,
        collections_get_request_model=request_models.ReleaseRequest,
        collection_get_request_model=request_models.CollectionRequest,
        items_get_request_model=request_models.ItemsRequest,
        item_get_request_model=request_models.ItemRequest,
        exceptions={},
        middlewares=[],
    )
    add_refusals(api.app)
    return api.app


def _settings() -> ApiSettings:
    return ApiSettings(
        _env_file=None,  # type: ignore[call-arg]
        stac_fastapi_title=TITLE,
        stac_fastapi_description=ABOUT,
        stac_fastapi_version=version("icelines"),
        stac_fastapi_landing_id="icelines",
        docs_url="",  # its page loads scripts from a host of somebody else's
    )
