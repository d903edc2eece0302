"""`icelines serve` says where it is, and ends when it is told to."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from catalog.items.front import front_to_item
from tests.catalog.records import open_store
from tests.factories import make_front

ICELINES = Path(sys.executable).with_name("icelines")
LONGEST_END_S = 30


@contextmanager
def serving(workspace: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [str(ICELINES), "--workspace", str(workspace), "serve", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def addresses(process: subprocess.Popen[str]) -> dict[str, str]:
    """What it prints with --json once it listens."""
    assert process.stdout is not None
    text = ""
    while not text.endswith("}\n"):
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        text += line
    document: dict[str, str] = orjson.loads(text)
    return document


def ended(process: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str]:
    process.send_signal(how)
    _, errors = process.communicate(timeout=LONGEST_END_S)
    return process.returncode, errors


def run(workspace: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(ICELINES), "--workspace", str(workspace), "serve", *options]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=LONGEST_END_S
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_the_working_state_until_it_is_stopped(
    tmp_path: Path, how: signal.Signals
) -> None:
    with open_store(tmp_path) as store:
        store.record_items([front_to_item(make_front(), [])])
    with serving(tmp_path, "--state", "working", "--port", "0", "--json") as process:
        said = addresses(process)
        page = httpx.get(f"{said['stac']}/search").json()
        code, errors = ended(process, how)
    assert page["numberMatched"] == 1
    assert page["features"][0]["links"][0]["href"].startswith(said["stac"])
    assert (code, errors) == (0, "Stopped.\n")


def test_it_says_when_nothing_is_published_and_what_to_do(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--json", "--public-url", "https://x.org/") as process:
        said = addresses(process)
        page = httpx.get(said["stac"]).json()
        code, errors = ended(process, signal.SIGINT)
    assert "Nothing has been published yet" in errors
    assert "--state working" in errors
    assert code == 0
    assert page["links"][0]["href"] == "https://x.org/stac"
    assert said["public_url"] == "https://x.org"


def test_a_port_that_is_taken_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(tmp_path, "--port", str(port))
    assert result.returncode == 1
    assert f"127.0.0.1:{port}: Another program listens there." in result.stderr
    assert "--port 0" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_the_working_state_is_not_served_to_others(tmp_path: Path, host: str) -> None:
    result = run(tmp_path, "--state", "working", "--host", host)
    assert result.returncode == 1
    assert "for this machine only" in result.stderr


def test_an_address_of_another_machine_is_said_so(tmp_path: Path) -> None:
    result = run(tmp_path, "--host", "192.0.2.1", "--port", "0")
    assert result.returncode == 1
    assert "192.0.2.1:0: Cannot listen there" in result.stderr


def test_a_broken_catalogue_is_said_before_anything_listens(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"this is no database" * 100)
    result = run(tmp_path, "--port", "0")
    assert result.returncode == 1
    assert "cannot be opened" in result.stderr


def test_the_review_desk_is_served_where_passwords_stay_unread(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--json") as process:
        said = addresses(process)
        page = httpx.get(f"{said['review']}login")
        ended(process, signal.SIGINT)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_review_desk_is_left_out_where_passwords_would_travel_in_the_clear(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, "--port", "0", "--host", "0.0.0.0", "--json") as process:
        said = addresses(process)
        page = httpx.get(f"{said['site']}review/login")
        _, errors = ended(process, signal.SIGINT)
    assert said.get("review") is None
    assert page.status_code == 404
    assert "passwords would travel in the clear" in errors
