"""What every test can count on: no network beyond loopback, shared data, time held still."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.servers.postgres import PostgresServer, running_postgres

# Every day a sample, the whole with `make test-all`. No deadline: a busy machine is not a fault.
settings.register_profile("sample", deadline=None, max_examples=30)
settings.register_profile("whole", deadline=None, max_examples=100)
settings.load_profile("sample")

REPOSITORY = Path(__file__).resolve().parents[1]


class NetworkBlocked(OSError):
    """A test tried to leave this machine. (An OSError, so that sockets are closed as usual.)"""


@pytest.fixture(autouse=True)
def _no_network_beyond_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    real_connect = socket.socket.connect
    real_lookup = socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise NetworkBlocked(f"tests may not reach {address[0]}")
        real_connect(self, address)

    def lookup(host: Any, *rest: Any, **options: Any) -> Any:
        if host is not None and not _is_loopback(host):
            raise NetworkBlocked(f"tests may not look up {host}")
        return real_lookup(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def _is_loopback(host: str | bytes) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    if text in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def shared_folder(name: str) -> Path:
    """A folder of the shared reference data; skips the test where there is none (CI: fails)."""
    override = os.environ.get(f"ICELINES_SHARED_{name.upper()}")
    folder = Path(override) if override else REPOSITORY.parent / "shared" / name
    if folder.is_dir():
        return folder
    message = f"shared {name} not found at {folder} (set ICELINES_SHARED_{name.upper()})"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return shared_folder("data")


@pytest.fixture(scope="session")
def shared_schemas() -> Path:
    return shared_folder("schemas")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every catalogue that the test opens is on SQLite, then on PostgreSQL."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        monkeypatch.setenv("ICELINES_CATALOG_URL", server.fresh_url())
