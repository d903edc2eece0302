"""A DataCite that runs on this machine and behaves as the real one does, faults included.

Rules (DataCite REST API): drafts take any metadata, `register` and `publish` validate; draft ->
registered -> findable; a change of state that does not exist is passed over in silence; POST of a
known DOI is 422, PUT of an unknown one makes it (201), DELETE of what is no draft is 405; what is
not findable is shown to its owner only. Answers are reshaped as the service does: the year is a
number, publishers and affiliations are strings unless asked for in full.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

Attributes = dict[str, Any]
USER, PASSWORD, PREFIX = "ICE.LINES", "melting point", "10.5072"
TRANSITIONS = {
    ("draft", "register"): "registered",
    ("draft", "publish"): "findable",
    ("registered", "publish"): "findable",
    ("findable", "hide"): "registered",
}
NEEDED = ("titles", "creators", "publisher", "publicationYear", "types", "url")


class Fault(Enum):
    """What the service does wrong once."""

    TOO_MANY_REQUESTS = 429
    SERVER_ERROR = 500
    TIME_OUT = "no answer, nothing done"
    LOST_RESPONSE = "done, but the answer is lost"
    REFUSED = 422
    SILENT = "200, but nothing done"


class DataCiteServer:
    """The service and what it holds. `faults` are used up one by one, by method."""

    def __init__(self) -> None:
        self.dois: dict[str, Attributes] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: dict[str, deque[Fault]] = {}
        self.user, self.password = USER, PASSWORD
        self.url = ""

    def inject(self, method: str, *faults: Fault) -> None:
        """The next requests with this method end so."""
        self.faults.setdefault(method, deque()).extend(faults)

    def state(self, doi: str) -> str | None:
        return self.dois.get(doi, {}).get("state")

    def relations(self, doi: str) -> set[tuple[str, str]]:
        related = self.dois[doi]["relatedIdentifiers"]
        return {(r["relationType"], r["relatedIdentifier"]) for r in related}

    def next_fault(self, method: str) -> Fault | None:
        waiting = self.faults.get(method)
        return waiting.popleft() if waiting else None

    def post(self, sent: Attributes) -> tuple[int, Any]:
        doi = sent["doi"].lower()
        if doi in self.dois:
            return 422, _errors("This DOI has already been taken")
        if not doi.startswith(f"{PREFIX}/"):
            return 403, _errors("You are not authorized to access this resource.")
        return self._write(doi, {"state": "draft"}, sent, created=True)

    def put(self, doi: str, sent: Attributes) -> tuple[int, Any]:
        known = self.dois.get(doi)
        return self._write(doi, known or {"state": "draft"}, sent, created=known is None)

    def delete(self, doi: str) -> tuple[int, Any]:
        if doi not in self.dois:
            return 404, _errors("The resource you are looking for doesn't exist.")
        if self.state(doi) != "draft":
            return 405, _errors("Method not allowed")
        del self.dois[doi]
        return 204, None

    def _write(
        self, doi: str, known: Attributes, sent: Attributes, *, created: bool
    ) -> tuple[int, Any]:
        changed = {**known, **deepcopy(sent), "doi": doi}
        event = changed.pop("event", None)
        state = TRANSITIONS.get((known["state"], event), known["state"])
        missing = [name for name in NEEDED if not changed.get(name)]
        if state != "draft" and missing:
            return 422, _errors(f"{missing[0]} can't be blank")
        self.dois[doi] = {**changed, "state": state}
        return (201 if created else 200), {"data": {"id": doi, "attributes": self.dois[doi]}}


def _errors(title: str) -> Any:
    return {"errors": [{"title": title}]}


def _as_answered(attributes: Attributes, query: dict[str, list[str]]) -> Attributes:
    answer = deepcopy(attributes)
    if "publicationYear" in answer:
        answer["publicationYear"] = int(answer["publicationYear"])
    if "publisher" in answer and query.get("publisher") != ["true"]:
        answer["publisher"] = answer["publisher"]["name"]
    if query.get("affiliation") != ["true"]:
        for creator in answer.get("creators", ()):
            creator["affiliation"] = [place["name"] for place in creator.get("affiliation", ())]
    answer["types"] = {**answer.get("types", {}), "bibtex": "misc", "ris": "DATA"}
    return {**answer, "identifiers": [], "contributors": [], "viewCount": 0}


class _Handler(BaseHTTPRequestHandler):
    service: DataCiteServer

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def do_PUT(self) -> None:
        self._handle("PUT")

    def do_DELETE(self) -> None:
        self._handle("DELETE")

    def log_message(self, *_: Any) -> None:
        """Tests print their own words."""

    def _handle(self, method: str) -> None:
        doi = unquote(urlparse(self.path).path).removeprefix("/dois").strip("/").lower()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.service.requests.append((method, doi))
        fault = self.service.next_fault(method)
        if fault in (Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.REFUSED):
            self._answer(int(fault.value), _errors(fault.name))
        elif fault is Fault.TIME_OUT:
            self._hang_up()
        elif fault is Fault.SILENT:
            self._answer(200, {"data": {"attributes": self.service.dois.get(doi, {})}})
        else:
            status, answer = self._carry_out(method, doi, body)
            if fault is Fault.LOST_RESPONSE:
                self._hang_up()
            else:
                self._answer(status, answer)

    def _carry_out(self, method: str, doi: str, body: bytes) -> tuple[int, Any]:
        if method == "GET":
            return self._show(doi)
        if not self._is_owner():
            return 401, _errors("Bad credentials.")
        if method == "DELETE":
            return self.service.delete(doi)
        sent = json.loads(body)["data"]["attributes"]
        return self.service.post(sent) if method == "POST" else self.service.put(doi, sent)

    def _show(self, doi: str) -> tuple[int, Any]:
        if self.headers.get("Authorization") and not self._is_owner():
            return 401, _errors("Bad credentials.")
        attributes = self.service.dois.get(doi)
        if attributes is None or (attributes["state"] != "findable" and not self._is_owner()):
            return 404, _errors("The resource you are looking for doesn't exist.")
        query = parse_qs(urlparse(self.path).query)
        return 200, {"data": {"id": doi, "attributes": _as_answered(attributes, query)}}

    def _is_owner(self) -> bool:
        pair = f"{self.service.user}:{self.service.password}".encode()
        return self.headers.get("Authorization") == f"Basic {base64.b64encode(pair).decode()}"

    def _hang_up(self) -> None:
        # The client sees the connection end without an answer, as after a time-out.
        self.close_connection = True

    def _answer(self, status: int, body: Any) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.api+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def running_datacite() -> Iterator[DataCiteServer]:
    """The service on a free port of this machine."""
    service = DataCiteServer()
    handler = type("Handler", (_Handler,), {"service": service})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        service.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
