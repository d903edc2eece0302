"""A real PostgreSQL server on loopback, with its own data and password, gone after the tests."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

USER, DATABASE = "icelines", "postgres"
DEBIAN_FOLDERS = "/usr/lib/postgresql"
DEBIAN_USER = "postgres"  # the server refuses to run as root
PATIENCE_S = 60.0
# Of a database whose words sort by language, as an installation's usually do: "a" before "B".
COLLATION = ("--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8", "--locale=C.UTF-8")
QUICK = (
    "fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB",
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where it is; `fresh_url` names an empty catalogue each time."""

    port: int
    password: str
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def fresh_url(self) -> str:
        """The URL of a schema of its own, which takes milliseconds where a database takes more."""
        schema = f"catalogue_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return f"{self.url}?options=-csearch_path%3D{schema}"

    def connect(self) -> Any:
        import psycopg

        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """The server in a temporary folder; skips the test where there is none (CI: fails)."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="icelines-postgres-"))
    server = PostgresServer(_free_port(), secrets.token_urlsafe(24))
    try:
        _make_cluster(programs, folder, server.password)
        with (folder / "log").open("wb") as log:
            options = [word for option in QUICK for word in ("-c", option)]
            process = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-p", str(server.port), *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **_as_user(),
            )
        try:
            _await(server, process, folder / "log")
            yield server
        finally:
            process.terminate()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of the server's programs, which Debian keeps out of the path."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        _unavailable("psycopg is not installed (pip install 'icelines[postgres]')")
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path(DEBIAN_FOLDERS).glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not versions:
        _unavailable("PostgreSQL is not installed (apt-get install postgresql)")
    return versions[-1].parent


def _make_cluster(programs: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if _as_user():
        shutil.chown(folder, DEBIAN_USER)
        shutil.chown(secret, DEBIAN_USER)
    made = subprocess.run(
        [
            programs / "initdb", "-D", folder / "data", "-U", USER, "--no-sync",
            "--auth=scram-sha-256", f"--pwfile={secret}", *COLLATION,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **_as_user(),
    )  # fmt: skip
    if made.returncode:
        _unavailable(f"PostgreSQL could not be set up:\n{made.stderr[-2000:]}")


def _as_user() -> dict[str, Any]:
    is_root = os.geteuid() == 0
    return {"user": DEBIAN_USER, "group": DEBIAN_USER, "extra_groups": []} if is_root else {}


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def _await(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            server.connect().close()
        except Exception:  # whatever it says while it starts
            time.sleep(0.1)
        else:
            return
    _unavailable(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _unavailable(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
