"""A small STAC API on loopback that can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CORE = "https://api.stacspec.org/v1.0.0/core"
SEARCH = "https://api.stacspec.org/v1.0.0/item-search"
FILTER = "https://api.stacspec.org/v1.0.0/item-search#filter"
QUERY = "https://api.stacspec.org/v1.0.0/item-search#query"


@dataclass(frozen=True)
class Ask:
    """One request: method, path and what it asks for, from its body or its query."""

    method: str
    path: str
    parameters: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    claimed_length: int | None = None
    dribble: Callable[[], Iterator[bytes]] | None = None


Handler = Callable[[Ask], Reply]


@dataclass
class ArchiveServer:
    """What was asked, and the address. `search` answers searches; other paths are as usual."""

    search: Handler
    conforms_to: Sequence[str] | None = (CORE, SEARCH)
    methods: Sequence[str] = ()
    collection: str = "sentinel-1-grd"
    landing: Handler | None = None
    address: str = ""
    asked: list[Ask] = field(default_factory=list)

    @property
    def searches(self) -> list[Ask]:
        return [ask for ask in self.asked if ask.path == "/search"]

    def answer(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        if ask.path == "/":
            return self.landing(ask) if self.landing else Reply(self._landing_page())
        if ask.path == "/search":
            return self.search(ask)
        if ask.path == "/collections":
            return Reply({"collections": [{"id": self.collection}], "links": []})
        if ask.path == f"/collections/{self.collection}":
            return Reply({"id": self.collection, "type": "Collection"})
        return Reply({"code": "NotFound"}, 404)

    def _landing_page(self) -> dict[str, Any]:
        link = {"rel": "search", "href": f"{self.address}search", "type": "application/geo+json"}
        page: dict[str, Any] = {
            "type": "Catalog",
            "id": "archive",
            "stac_version": "1.0.0",
            "description": "An archive of a test.",
            "links": [
                {"rel": "self", "href": self.address},
                *({**link, "method": method} for method in self.methods),
            ],
        }
        return page if self.conforms_to is None else {**page, "conformsTo": list(self.conforms_to)}


def page_of(items: Sequence[Any], following: Any = None) -> Reply:
    """A page of items, with a link to the next where there is one."""
    links = [following] if following else []
    return Reply({"type": "FeatureCollection", "features": list(items), "links": links})


@contextmanager
def running(server: ArchiveServer) -> Iterator[ArchiveServer]:
    """The server behind a real socket of this machine."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    listening.daemon_threads = False
    server.address = f"http://127.0.0.1:{listening.server_address[1]}/"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def _handler_of(server: ArchiveServer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._reply(Ask("GET", parts.path, asked, dict(self.headers)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = json.loads(body or b"{}")
            self._reply(Ask("POST", urlsplit(self.path).path, asked, dict(self.headers)))

        def _reply(self, ask: Ask) -> None:
            reply = server.answer(ask)
            content = (
                reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            )
            self.send_response(reply.status)
            length = len(content) if reply.claimed_length is None else reply.claimed_length
            self.send_header("Content-Length", str(length))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in reply.dribble() if reply.dribble else [content]:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                return  # the client has had enough

        def log_message(self, *_: Any) -> None:
            return

    return Answering
