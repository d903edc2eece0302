"""An HTTP archive on loopback that misbehaves as told, and writes down what it was asked."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

BLOCK_BYTES = 64 * 1024
GATE_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    """How one answer goes wrong; all that is left out is as it should be.

    `cut_after`: bytes of the body after which the connection is closed. `length`: what
    Content-Length says. `shift`: by how much the range begins too late. `block_s`: pause after
    every 64 kB. `gate`: opened by the test before the second 64 kB go out. `then`: the file's
    content (and ETag) from this answer on.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    length: int | None = None
    ignores_range: bool = False
    shift: int = 0
    block_s: float = 0.0
    gate: threading.Event | None = None
    then: bytes | None = None
    body: bytes = b""


GOOD = Fault()


@dataclass(slots=True)
class Asked:
    """One request, and how many bytes of the body went out."""

    path: str
    headers: dict[str, str]
    sent: int = 0


class ArchiveServer:
    """`files` by path; `faults` of a path are used up, one for each request, before it is good."""

    def __init__(self, *, etags: bool = True, host: str = "127.0.0.1") -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.always: dict[str, Fault] = {}
        self.asked: list[Asked] = []
        self.etags = etags
        self.most_at_once = 0
        self._now_at_once = 0
        self._lock = threading.Lock()
        self._server = _QuietServer((host, 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def host(self) -> str:
        address, port = self._server.server_address[:2]
        return f"{address!s}:{port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def put(self, path: str, content: bytes, *faults: Fault) -> str:
        """Offer a file, after these faults; returns its URL."""
        self.files[path] = content
        self.faults[path].extend(faults)
        return self.url(path)

    def sent(self, path: str) -> int:
        """Bytes of the file's body that have gone out in all."""
        return sum(asked.sent for asked in self.asked if asked.path == path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> ArchiveServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def begin(self, asked: Asked) -> Fault:
        with self._lock:
            self.asked.append(asked)
            queue = self.faults[asked.path]
            return queue.popleft() if queue else self.always.get(asked.path, GOOD)

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self._now_at_once += 1
            self.most_at_once = max(self.most_at_once, self._now_at_once)
        try:
            yield
        finally:
            with self._lock:
                self._now_at_once -= 1


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away in the middle are what the tests are about."""


def _handler(archive: ArchiveServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked = Asked(path, {name.lower(): value for name, value in self.headers.items()})
            fault = archive.begin(asked)
            with archive.counted():
                try:
                    self._answer(asked, fault)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        def _answer(self, asked: Asked, fault: Fault) -> None:
            if fault.then is not None:
                archive.files[asked.path] = fault.then
            content = archive.files.get(asked.path)
            if fault.status is not None:
                self._send(asked, fault, fault.status, fault.body, dict(fault.headers))
            elif content is None:
                self._send(asked, fault, 404, b"", {})
            else:
                start = None if fault.ignores_range else self._start(asked, content)
                tag = {"ETag": _etag(content)} if archive.etags else {}
                self._send_file(asked, fault, content, start, {**tag, **fault.headers})

        def _send_file(
            self,
            asked: Asked,
            fault: Fault,
            content: bytes,
            start: int | None,
            headers: dict[str, str],
        ) -> None:
            size = len(content)
            if start is None:
                self._send(asked, fault, 200, content, headers)
            elif start >= size:
                self._send(asked, fault, 416, b"", {**headers, "Content-Range": f"bytes */{size}"})
            else:
                start += fault.shift
                span = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
                self._send(asked, fault, 206, content[start:], {**headers, **span})

        def _start(self, asked: Asked, content: bytes) -> int | None:
            found = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
            condition = asked.headers.get("if-range")
            if found is None or (condition is not None and condition != _etag(content)):
                return None
            return int(found[1])

        def _send(
            self, asked: Asked, fault: Fault, status: int, body: bytes, headers: dict[str, str]
        ) -> None:
            self.send_response(status)
            length = len(body) if fault.length is None else fault.length
            for name, value in {"Content-Length": str(length), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            out = body if fault.cut_after is None else body[: fault.cut_after]
            for begin in range(0, len(out), BLOCK_BYTES):
                block = out[begin : begin + BLOCK_BYTES]
                asked.sent += len(block)  # before, or the client may be done before we have counted
                self.wfile.write(block)
                time.sleep(fault.block_s)
                if fault.gate is not None:
                    fault.gate.wait(GATE_PATIENCE_S)
            self.close_connection = len(out) != length

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to standard error."""

    return Handler


def _etag(content: bytes) -> str:
    return f'"{hash(content) & 0xFFFFFFFF:08x}"'
