from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Thread

import pytest

from catalog.errors import SettingsError
from pipeline.errors import SceneError
from pipeline.snap.gpt import Gpt, find_gpt, gpt_arguments, run_gpt
from pipeline.snap.graph import SnapChain, snap_graph
from pipeline.snap.settings import SnapSettings, load_snap_settings
from tests.pipeline.snap.installation import install_fake, make_product


def write_graph(folder: Path) -> Path:
    product = make_product(folder)
    source, targets = product / "manifest.safe", {"HH": folder / "HH.tif"}
    graph = folder / "graph.xml"
    graph.write_bytes(snap_graph(SnapChain(source, targets, "EPSG:3031", 40.0)))
    return graph


def is_running(process: int) -> bool:
    """Whether it lives; one that ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_the_gpt_of_the_settings_goes_before_that_of_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, on_path = tmp_path / "named", tmp_path / "on-path"
    named.mkdir()
    on_path.mkdir()
    monkeypatch.setenv("PATH", str(on_path), prepend=":")
    assert find_gpt(SnapSettings(gpt=install_fake(named))).path == named / "gpt"
    install_fake(on_path)
    assert find_gpt(SnapSettings()) == Gpt(on_path / "gpt", "13.0.0")


def test_without_snap_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SettingsError, match=r"no gpt on PATH.*ICELINES_SNAP_GPT"):
        find_gpt(SnapSettings())


def test_a_gpt_that_is_no_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gpt: is no program"):
        find_gpt(SnapSettings(gpt=tmp_path / "gpt"))
    (tmp_path / "gpt").write_text("not executable")
    with pytest.raises(SettingsError, match="gpt: is no program"):
        find_gpt(SnapSettings(gpt=tmp_path / "gpt"))


def test_another_program_of_that_name_is_not_taken_for_snap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GPT", "another program")
    with pytest.raises(SettingsError, match="does not answer like SNAP's gpt"):
        find_gpt(SnapSettings(gpt=install_fake(tmp_path)))


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICELINES_SNAP_GPT", "/opt/snap/bin/gpt")
    monkeypatch.setenv("ICELINES_SNAP_MEMORY_GB", "24")
    settings = load_snap_settings()
    assert (settings.gpt, settings.memory_gb) == (Path("/opt/snap/bin/gpt"), 24)
    monkeypatch.setenv("ICELINES_SNAP_THREADS", "none")
    with pytest.raises(SettingsError, match="ICELINES_SNAP_"):
        load_snap_settings()


def test_memory_cache_and_threads_are_limited(tmp_path: Path) -> None:
    settings = SnapSettings(memory_gb=24, cache_gb=10, threads=3)
    arguments = gpt_arguments(Gpt(Path("/gpt"), "13"), tmp_path / "graph.xml", settings)
    assert arguments[:2] == ["/gpt", str(tmp_path / "graph.xml")]
    assert {"-J-Xmx24G", f"-J-Djava.io.tmpdir={tmp_path}"} <= set(arguments)
    assert arguments[arguments.index("-c") + 1] == "10G"
    assert arguments[arguments.index("-q") + 1] == "3"


def test_what_it_said_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GPT", "no orbit")
    gpt = Gpt(install_fake(tmp_path), "13.0.0")
    assert "No valid orbit file found" in run_gpt(gpt, write_graph(tmp_path), SnapSettings())
    assert (tmp_path / "HH.tif").is_file()


def test_a_failure_comes_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GPT", "fails")
    gpt = Gpt(install_fake(tmp_path), "13.0.0")
    with pytest.raises(
        SceneError, match=r"ended with 3;(?s:.*)NodeId: Calibration\] Java heap space"
    ):
        run_gpt(gpt, write_graph(tmp_path), SnapSettings())


def test_a_gpt_that_hangs_is_stopped_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GPT", "hangs")
    monkeypatch.setenv("FAKE_GPT_CHILD", str(tmp_path / "child"))
    gpt, settings = Gpt(install_fake(tmp_path), "13.0.0"), SnapSettings(time_limit_s=5)
    with pytest.raises(SceneError, match=r"stopped after 5 s(?s:.*)computing tile 7") as caught:
        run_gpt(gpt, write_graph(tmp_path), settings)
    assert "ICELINES_SNAP_TIME_LIMIT_S" in caught.value.remedy
    assert ends(int((tmp_path / "child").read_text()))


def test_an_interrupted_run_stops_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child"
    monkeypatch.setenv("FAKE_GPT", "hangs")
    monkeypatch.setenv("FAKE_GPT_CHILD", str(child))
    usual = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    Thread(target=interrupt_once_there, args=(child,), daemon=True).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run_gpt(Gpt(install_fake(tmp_path), "13.0.0"), write_graph(tmp_path), SnapSettings())
    finally:
        signal.signal(signal.SIGUSR1, usual)
    assert ends(int(child.read_text()))


def interrupt_once_there(path: Path) -> None:
    while not (path.is_file() and path.read_text()):
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGUSR1)


def ends(process: int) -> bool:
    """Whether it ends within five seconds."""
    until = time.monotonic() + 5
    while is_running(process) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(process)
