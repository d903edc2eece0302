"""What stac-fastapi asks of a catalogue, answered by the CatalogStore with ready bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import attr
import orjson
from stac_fastapi.extensions.filter.client import BaseFiltersClient
from stac_fastapi.types.core import BaseCoreClient
from starlette.requests import Request
from starlette.responses import Response

from catalog.collection import COLLECTIONS, CollectionText
from catalog.errors import NotRecorded
from catalog.items.envelope import GEOJSON, JSON
from catalog.query import PageKey, Released, Search, View
from catalog.store import CatalogStore
from web.api import documents
from web.api.documents import Link, collection_address, link
from web.api.exposure import Exposure
from web.api.parameters import (
    query_as_body,
    refuse_unknown,
    require_unicode,
    search_from,
    within,
)
from web.api.queryables import queryables_document
from web.api.request_models import SearchBody
from web.api.served_items import ServedItems


@attr.s(auto_attribs=True, kw_only=True)
class CatalogClient(BaseCoreClient):
    """The questions of a STAC API. Every answer is a `Response`, which is sent as it is.

    Parameters are read from the request: the models of stac-fastapi check and describe them.
    """

    store: CatalogStore
    exposure: Exposure
    items: ServedItems

    def landing_page(self, **context: Any) -> Any:
        view = self._view(context["request"])
        release = self.store.release(view.version) if isinstance(view, Released) else None
        root, classes = self.exposure.root, self.conformance_classes()
        return _json(documents.landing_page(root, view, release, classes))

    def conformance(self, **_context: Any) -> Any:
        return _json({"conformsTo": self.conformance_classes()})

    def all_collections(self, **context: Any) -> Any:
        view = self._view(context["request"])
        served = [self._collection(text, view) for text in COLLECTIONS.values()]
        return _json(documents.collections(self.exposure.root, served))

    def get_collection(self, collection_id: str, **context: Any) -> Any:
        text = known_collection(collection_id)
        return _json(self._collection(text, self._view(context["request"])))

    def get_item(self, item_id: str, collection_id: str, **context: Any) -> Any:
        known_collection(collection_id)
        view = self._view(context["request"])
        stored = self.store.get(collection_id, item_id, view)
        return Response(self.items.content(stored), media_type=GEOJSON)

    def item_collection(self, collection_id: str, **context: Any) -> Any:  # type: ignore[override]
        known_collection(collection_id)
        request: Request = context["request"]
        asked = _query(request)
        search = search_from(within(collection_id, query_as_body(asked)))
        own = collection_address(self.exposure.root, collection_id)
        links = [
            link("parent", own, JSON, COLLECTIONS[collection_id].title),
            link("collection", own, JSON, COLLECTIONS[collection_id].title),
        ]
        return self._get_page(search, self._view(request), f"{own}/items", asked, links)

    def get_search(self, **context: Any) -> Any:  # type: ignore[override]
        request: Request = context["request"]
        asked = _query(request)
        search = search_from(query_as_body(asked))
        address = f"{self.exposure.root}/search"
        return self._get_page(search, self._view(request), address, asked, [])

    def post_search(self, search_request: Any, **context: Any) -> Any:
        body = _body(search_request)
        search = search_from(body)
        view = self._view(context["request"], body.get("release"))
        address = f"{self.exposure.root}/search"

        def next_link(following: PageKey) -> Link:
            asked = {**body, "token": following.to_token(), **_pinned(view)}
            following_page = link("next", address, GEOJSON, "Next page")
            return {**following_page, "method": "POST", "merge": False, "body": asked}

        return self._page(search, view, [], next_link)

    def _get_page(
        self, search: Search, view: View, address: str, asked: Mapping[str, str], links: list[Link]
    ) -> Response:
        def next_link(following: PageKey) -> Link:
            further = urlencode({**asked, "token": following.to_token(), **_pinned(view)})
            following_page = link("next", f"{address}?{further}", GEOJSON, "Next page")
            return {**following_page, "method": "GET"}

        own = f"{address}?{urlencode(asked)}" if asked else address
        return self._page(
            search, view, [link("self", own, GEOJSON, "This page"), *links], next_link
        )

    def _page(self, search: Search, view: View, links: Iterable[Link], next_link: Any) -> Response:
        page = self.store.search(search, view)
        matched = self.store.count(search, view)
        all_links = [*links, link("root", self.exposure.root, JSON, documents.TITLE)]
        if page.following is not None:
            all_links.append(next_link(page.following))
        items = [self.items.content(stored) for stored in page.items]
        return Response(documents.item_collection(items, matched, all_links), media_type=GEOJSON)

    def _collection(self, text: CollectionText, view: View) -> dict[str, Any]:
        return documents.collection(self.exposure.root, text, self.store.extent(text.id, view))

    def _view(self, request: Request, release: str | None = None) -> View:
        return self.exposure.view(self.store, release or request.query_params.get("release"))


@attr.s(auto_attribs=True, kw_only=True)
class QueryablesClient(BaseFiltersClient):
    """What a filter may ask for."""

    exposure: Exposure

    def get_queryables(self, collection_id: str | None = None, **_context: Any) -> Any:
        root = self.exposure.root
        if collection_id is not None:
            known_collection(collection_id)
            root = collection_address(root, collection_id)
        return queryables_document(f"{root}/queryables", collection_id)


def known_collection(collection_id: str) -> CollectionText:
    """The collection with this id; raises NotRecorded."""
    if collection_id not in COLLECTIONS:
        known = ", ".join(COLLECTIONS)
        fault = f"{collection_id[:80]!r} is no collection."
        raise NotRecorded(fault, remedy=f"Collections are {known}.")
    return COLLECTIONS[collection_id]


def _query(request: Request) -> dict[str, str]:
    refuse_unknown(name for name, _ in request.query_params.multi_items())
    return dict(request.query_params)


def _body(asked: SearchBody) -> dict[str, Any]:
    body: dict[str, Any] = asked.model_dump(by_alias=True, exclude_none=True)
    require_unicode(body)
    return body


def _pinned(view: View) -> dict[str, str]:
    # Pages of one search are pages of one release, also when a newer one appears in between.
    return {"release": str(view.version)} if isinstance(view, Released) else {}


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type=JSON)
