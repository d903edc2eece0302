from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog.canonical import sha256_hex
from catalog.cli import main
from catalog.cli.context import CommandContext
from catalog.cli.month import MonthJob
from catalog.release import Month
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.discovery.candidate import RemoteFile
from pipeline.discovery.candidate_ledger import FoundCandidate, record_candidates
from pipeline.month import fetch_month
from tests.pipeline.candidates import make_candidate
from tests.pipeline.fetching.products import PRODUCT, esa_files, write_safe, zip_of
from tests.servers.archive import BLOCK_BYTES, ArchiveServer, Fault

PATIENCE_S = 60.0
TOKEN = "t0ken-of-the-test"

Program = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def esa(shared_data: Path) -> dict[str, bytes]:
    return esa_files(shared_data)


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Program:
    """Runs `icelines fetch` in this process; returns exit code, standard output and error."""
    monkeypatch.setenv("ICELINES_FETCH_FIRST_WAIT_S", "0")
    monkeypatch.setenv("ICELINES_FETCH_ATTEMPTS", "2")

    def run(*arguments: str) -> tuple[int, str, str]:
        workspace = str(tmp_path / "workspace")
        command = ["icelines", "--workspace", workspace, "fetch", *arguments]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        return int(str(ended.value.code)), printed.out, printed.err

    return run


@pytest.fixture
def offered(tmp_path: Path, archive: ArchiveServer, esa: dict[str, bytes]) -> str:
    """One candidate on record; returns its URL."""
    url = archive.put(f"/{PRODUCT}.zip", zip_of(esa))
    file = RemoteFile(f"{PRODUCT}.SAFE.zip", url)
    with CatalogStore.open(load_settings(tmp_path / "workspace")) as store:
        candidate = make_candidate(PRODUCT, files=(file,))
        record_candidates(store, [FoundCandidate(candidate, ("Ross2",))])
    return url


def test_candidates_become_scenes_and_a_second_run_fetches_nothing(
    offered: str, archive: ArchiveServer, program: Program
) -> None:
    code, printed, _ = program("--month", "2022-11")
    assert code == 0
    assert "1 products, 0 on record before: 1 new scenes" in printed
    assert "Next: `icelines process`" in printed
    code, printed, _ = program("--json")
    document = orjson.loads(printed)
    assert (code, document["products"], document["done_before"]) == (0, 1, 1)
    assert len(archive.asked) == 1


def test_one_can_be_named(offered: str, program: Program) -> None:
    assert program(PRODUCT)[0] == 0
    code, _, said = program("S1A_EW_GRDM_1SDH_20200101T000000")
    assert code == 1
    assert "no such candidate is on record" in said


@pytest.mark.parametrize("kind", ["zip", "folder", "file-url"])
def test_an_operator_brings_a_scene_from_this_machine(
    tmp_path: Path, program: Program, esa: dict[str, bytes], kind: str
) -> None:
    given: Any = write_safe(esa, tmp_path)
    if kind == "zip":
        given = tmp_path / f"{PRODUCT}.SAFE.zip"
        given.write_bytes(zip_of(esa))
    code, printed, _ = program(given.as_uri() if kind == "file-url" else str(given), "--json")
    assert code == 0
    assert orjson.loads(printed)["scenes"]["new"] == 1


def test_what_fails_is_told_and_the_exit_code_says_so(program: Program, tmp_path: Path) -> None:
    code, printed, said = program(str(tmp_path / "none.zip"))
    assert code == 1
    assert "none.zip: cannot be read (No such file or directory). Check the path." in said
    assert "1 failed (see above)" in printed


def test_with_nothing_to_fetch_the_next_step_is_named(program: Program) -> None:
    code, printed, _ = program()
    assert code == 0
    assert "`icelines discover`" in printed


def test_a_month_and_names_do_not_go_together(program: Program) -> None:
    assert program("--month", "2022-11", PRODUCT)[0] == 2


def test_the_monthly_job_fetches(offered: str, tmp_path: Path, program: Program) -> None:
    context = CommandContext(tmp_path / "workspace")
    for month, summary in ((Month(2022, 10), "0 products"), (Month(2022, 11), "1 new scenes")):
        report = fetch_month(MonthJob(context, month, None, (), doi_dry_run=True))
        assert summary in report.summary
        assert report.failures == ()


def test_a_failed_product_does_not_end_the_monthly_job(
    offered: str, tmp_path: Path, archive: ArchiveServer, program: Program
) -> None:
    archive.files[f"/{PRODUCT}.zip"] = b"no zip"
    job = MonthJob(CommandContext(tmp_path / "workspace"), Month(2022, 11), None, (), True)
    for _ in range(3):
        assert "is no zip file" in fetch_month(job).failures[0]
    report = fetch_month(job)
    assert "1 in quarantine" in report.summary
    assert report.failures == ()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `icelines fetch` as a program of its own; whatever still runs is ended afterwards."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [str(Path(sys.executable).parent / "icelines"), "--workspace"]
        command += [str(tmp_path / "workspace"), "fetch", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "ICELINES_FETCH_FIRST_WAIT_S": "0"},
            # A shell's background job ignores SIGINT, and so would what it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )  # fmt: skip
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def wait_until_sent(archive: ArchiveServer, path: str, size: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while archive.sent(path) < size:
        assert time.monotonic() < until, "nothing was asked for"
        time.sleep(0.01)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_goes_on_where_it_was_and_fetches_no_byte_twice(
    tmp_path: Path,
    archive: ArchiveServer,
    esa: dict[str, bytes],
    started: Callable[..., subprocess.Popen[str]],
    how: signal.Signals,
) -> None:
    path, content = f"/{PRODUCT}.zip", zip_of(esa)
    url = archive.put(path, content, Fault(block_s=0.1))
    first = started(url)
    wait_until_sent(archive, path, 4 * BLOCK_BYTES)
    first.send_signal(how)
    assert first.wait(PATIENCE_S) != 0
    out, said = started(url, "--json").communicate(timeout=PATIENCE_S)
    assert orjson.loads(out)["scenes"]["new"] == 1, said
    begun = int(archive.asked[1].headers["range"].removeprefix("bytes=").rstrip("-"))
    assert begun >= 3 * BLOCK_BYTES
    assert archive.asked[1].sent == len(content) - begun
    store = tmp_path / "workspace/store"
    assert [sha256_hex(p.read_bytes()) for p in store.rglob("*.zip")] == [sha256_hex(content)]
    assert list(store.glob(".partial-*")) == []


def test_two_runs_at_once_do_not_spoil_each_other(
    tmp_path: Path,
    archive: ArchiveServer,
    esa: dict[str, bytes],
    started: Callable[..., subprocess.Popen[str]],
) -> None:
    path = f"/{PRODUCT}.zip"
    gate = threading.Event()
    url = archive.put(path, zip_of(esa), Fault(gate=gate))
    first = started(url)
    wait_until_sent(archive, path, BLOCK_BYTES)
    _, said = started(url).communicate(timeout=PATIENCE_S)
    gate.set()
    assert "another run is fetching this product" in said
    out, _ = first.communicate(timeout=PATIENCE_S)
    assert "1 new scenes" in out
    assert len(archive.asked) == 1


def test_no_secret_is_printed(
    program: Program, archive: ArchiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICELINES_ARCHIVE_HOST", archive.host)
    monkeypatch.setenv("ICELINES_ARCHIVE_TOKEN", TOKEN)
    url = archive.put("/a.zip", b"no zip") + "?sig=s1gnature"
    code, printed, said = program(url)
    assert code == 1
    assert archive.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in printed + said
    assert "s1gnature" not in printed + said


def test_s3_is_not_imported_for_other_sources(tmp_path: Path) -> None:
    # Heavy ones: only what a source needs is loaded.
    code = (
        "import sys; import pipeline.cli.fetch; "
        "print([m for m in ('s3fs', 'httpx', 'rasterio', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
