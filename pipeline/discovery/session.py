"""A search in one archive: what it can be asked, and every page of what it answers."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urljoin

import pystac
from pystac_client import Client, ItemSearch
from pystac_client.conformance import ConformanceClasses
from pystac_client.errors import ClientTypeError
from pystac_client.warnings import PystacClientWarning

from catalog.geometry import BoundingBox
from pipeline.discovery.archives import Archive, ArchiveSettings
from pipeline.discovery.polite_io import CHECK_ADDRESS, PoliteIO, RefusedRequest
from pipeline.discovery.refusal import plain

NOT_FOUND = 404
REFUSES_METHOD = (404, 405, 501)
REFUSES_FILTER = (400, 422, 501)
MOST_EMPTY_PAGES = 3  # some archives offer a next page for ever
COLLECTIONS_SHOWN = 12
NOT_STAC = "answers, but not as a STAC API does"
MODE = "sar:instrument_mode"
# What pystac raises on a landing page that is none.
NOT_OPENED = (
    pystac.STACError, ClientTypeError, AttributeError, KeyError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: one box (EPSG:4326), an interval, and modes where the archive can filter."""

    box: BoundingBox
    start: datetime
    end: datetime
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Request:
    href: str
    method: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str] | None = None

    @property
    def mark(self) -> str:
        return _json_text([self.href, self.method, dict(self.parameters)])


class ArchiveSession:
    """An archive that has been opened and holds the collection. Use it as a context manager."""

    def __init__(self, archive: Archive, settings: ArchiveSettings) -> None:
        """Raises ArchiveError where the archive cannot be used."""
        self.archive = archive
        self._settings = settings
        self._io = PoliteIO(archive, settings)
        try:
            self._client = self._opened()
            self._method = self._search_method()
            self._check_collection()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._io.session.close()

    def __enter__(self) -> ArchiveSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def items(self, question: Question) -> list[Any]:
        """Every item of the answer, as it came; raises ArchiveError for an incomplete one.

        A filter is a favour to the archive and never believed: where it is refused, or nothing
        is found with it, the question is asked again without.
        """
        if self._can_filter(question):
            try:
                found = self._all_items(question, with_filter=True)
            except RefusedRequest as refused:
                if refused.status not in REFUSES_FILTER:
                    raise
            else:
                if found:
                    return found
        return self._all_items(question, with_filter=False)

    # --- opening -------------------------------------------------------------------------------

    def _opened(self) -> Client:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PystacClientWarning)
            try:
                client = Client.open(self.archive.url, stac_io=self._io)
                if not client.conforms_to(ConformanceClasses.ITEM_SEARCH):
                    # Several archives search well and do not say so.
                    client.add_conforms_to("ITEM_SEARCH")
            except NOT_OPENED:
                raise self._io.error(f"{NOT_STAC}.", CHECK_ADDRESS) from None
        return client

    def _search_method(self) -> str:
        links = [link for link in self._client.links if link.rel == "search"]
        methods = {str(link.extra_fields.get("method", "")).upper() for link in links}
        return "GET" if methods == {"GET"} else "POST"

    def _check_collection(self) -> None:
        wanted = self.archive.collection
        base = self._collections_address()
        try:
            self._json(_Request(f"{base}/{quote(wanted, safe='')}", "GET", {}))
        except RefusedRequest as refused:
            if refused.status != NOT_FOUND:
                raise
            raise self._io.error(
                f"has no collection {wanted!r}{self._offered(base)}.",
                "Name one with --collection or ICELINES_ARCHIVE_COLLECTION.",
            ) from None

    def _collections_address(self) -> str:
        link = self._client.get_single_link("data")
        root = self.archive.url if self.archive.url.endswith("/") else f"{self.archive.url}/"
        href = str(link.get_href(transform_href=False)) if link else "collections"
        return urljoin(root, href).rstrip("/")

    def _offered(self, base: str) -> str:
        try:
            found = self._json(_Request(base, "GET", {})).get("collections")
        except RefusedRequest:
            return ""
        names = [c["id"] for c in found or () if isinstance(c, Mapping) and "id" in c]
        shown = ", ".join(plain(name) for name in names[:COLLECTIONS_SHOWN])
        return f"; it has {shown}{' and more' if len(names) > COLLECTIONS_SHOWN else ''}"

    # --- searching -----------------------------------------------------------------------------

    def _can_filter(self, question: Question) -> bool:
        classes = (ConformanceClasses.FILTER, ConformanceClasses.QUERY)
        return bool(question.modes) and any(map(self._client.conforms_to, classes))

    def _all_items(self, question: Question, *, with_filter: bool) -> list[Any]:
        search = self._search(question, with_filter=with_filter)
        request = _Request(search.url, search.method or "POST", search.get_parameters())
        try:
            return self._collected(request)
        except RefusedRequest as refused:
            if self._method == "GET" or refused.status not in REFUSES_METHOD:
                raise
        self._method = "GET"
        return self._all_items(question, with_filter=with_filter)

    def _search(self, question: Question, *, with_filter: bool) -> ItemSearch:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PystacClientWarning)
            return self._client.search(
                method=self._method,
                collections=[self.archive.collection],
                bbox=question.box,
                datetime=[question.start, question.end],
                limit=self._settings.page_size,
                **(self._filter(question.modes) if with_filter else {}),
            )

    def _filter(self, modes: tuple[str, ...]) -> dict[str, Any]:
        if self._client.conforms_to(ConformanceClasses.FILTER):
            equal = [{"op": "=", "args": [{"property": MODE}, mode]} for mode in modes]
            return {"filter": equal[0] if len(equal) == 1 else {"op": "or", "args": equal}}
        return {"query": {MODE: {"in": list(modes)}}}

    def _collected(self, request: _Request) -> list[Any]:
        items: list[Any] = []
        seen: set[str] = set()
        for page in self._pages(request):
            fresh = {mark: item for item in page if (mark := _mark(item)) not in seen}
            if page and not fresh:
                raise self._io.error("gives the same page again and again.", CHECK_ADDRESS)
            seen |= fresh.keys()
            items += fresh.values()
            if len(items) > self._settings.most_items:
                raise self._io.error(
                    f"has more than {self._settings.most_items} items for one region.",
                    "Raise ICELINES_ARCHIVE_MOST_ITEMS, or check the collection.",
                )
        return items

    def _pages(self, request: _Request) -> Iterator[list[Any]]:
        asked: set[str] = set()
        empty = 0
        for _ in range(self._settings.most_pages):
            asked.add(request.mark)
            document = self._json(request)
            features = document.get("features")
            if not isinstance(features, list):
                raise self._io.error(f"{NOT_STAC} (no features).", CHECK_ADDRESS)
            yield features
            empty = 0 if features else empty + 1
            following = self._following(document, request)
            if following is None or empty >= MOST_EMPTY_PAGES:
                return
            request = following
            if request.mark in asked:
                raise self._io.error("sends from page to page in a circle.", CHECK_ADDRESS)
        raise self._io.error(
            f"has more than {self._settings.most_pages} pages for one region.",
            "Raise ICELINES_ARCHIVE_MOST_PAGES or _PAGE_SIZE.",
        )

    def _following(self, document: Mapping[str, Any], request: _Request) -> _Request | None:
        links = document.get("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, Mapping) and link.get("rel") == "next":
                return self._request_of(link, request)
        return None

    def _request_of(self, link: Mapping[str, Any], request: _Request) -> _Request:
        href, body = link.get("href"), link.get("body") or {}
        if not isinstance(href, str) or not isinstance(body, Mapping):
            raise self._io.error(f"{NOT_STAC} (a next page without address).", CHECK_ADDRESS)
        address = urljoin(request.href, href)
        if str(link.get("method", "GET")).upper() != "POST":
            return _Request(address, "GET", {}, _headers(link))
        merged = {**request.parameters, **body} if link.get("merge") else dict(body)
        return _Request(address, "POST", merged, _headers(link))

    def _json(self, request: _Request) -> Mapping[str, Any]:
        text = self._io.request(
            request.href,
            method=request.method,
            headers=dict(request.headers) if request.headers else None,
            parameters=dict(request.parameters),
        )
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise self._io.error(f"{NOT_STAC} (no JSON).", CHECK_ADDRESS) from None
        if not isinstance(document, Mapping):
            raise self._io.error(f"{NOT_STAC} (no JSON object).", CHECK_ADDRESS)
        return document


def _headers(link: Mapping[str, Any]) -> Mapping[str, str] | None:
    headers = link.get("headers")
    if not isinstance(headers, Mapping):
        return None
    return {k: v for k, v in headers.items() if isinstance(k, str) and isinstance(v, str)}


def _mark(item: Any) -> str:
    """What an item is known by within one answer."""
    name = item.get("id") if isinstance(item, Mapping) else None
    return _json_text(item if name is None else name)


def _json_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
