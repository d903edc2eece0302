"""The application under test: in the process, or behind a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from catalog.settings import Workspace
from catalog.store import CatalogStore
from web.api.exposure import Exposure, State
from web.app import build_app

LOOPBACK = "http://127.0.0.1:8765"
PUBLIC = "https://icelines.example.org"
LONGEST_START_S = 20


def working_client(store: CatalogStore, workspace: Workspace) -> TestClient:
    app = build_app(store, workspace, Exposure(State.WORKING, LOOPBACK))
    return TestClient(app, base_url=LOOPBACK)


def public_client(store: CatalogStore, workspace: Workspace) -> TestClient:
    app = build_app(store, workspace, Exposure(State.RELEASED, PUBLIC))
    return TestClient(app, base_url=PUBLIC)


@contextmanager
def live_server(store: CatalogStore, workspace: Workspace) -> Iterator[str]:
    """The address of the working state on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = build_app(store, workspace, Exposure(State.WORKING, address))
        with running(app, listening):
            yield address


@contextmanager
def running(app: Starlette, listening: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(app, lifespan="off", ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + LONGEST_START_S
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
