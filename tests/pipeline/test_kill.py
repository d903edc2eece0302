"""A run that is killed, wherever it is, leaves nothing half-visible, and the next completes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from catalog.atomic import PARTIAL_PREFIX
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.run import Bench, process_scenes, scenes_on_record
from pipeline.settings import ProcessingSettings
from tests.pipeline.networks import store_threshold_model
from tests.pipeline.painted_scenes import MOMENT, PART, record_scene

SETTINGS = ProcessingSettings(pixel_size_m=80.0, threads=1)
MOST_WRITES = 60


class Killed(BaseException):
    """Raised in place of a durable write; nothing in the program catches it."""


@contextmanager
def killed_at_write(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The `number`-th rename or commit, and what would follow it, does not happen."""
    count = 0

    def instead_of(real: Callable[..., object]) -> Callable[..., object]:
        def write(*arguments: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count >= number:
                raise Killed
            return real(*arguments, **options)

        return write

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", instead_of(Path.replace))
        patch.setattr(Session, "commit", instead_of(Session.commit))
        yield


def run_all(workspace: Path, weights: Path) -> None:
    with CatalogStore.open(load_settings(workspace)) as store:
        process_scenes(Bench(store, (PART,), SETTINGS, weights), scenes_on_record(store))


def prepare_workspace(folder: Path) -> Path:
    workspace = folder / "workspace"
    with CatalogStore.open(load_settings(workspace)) as store:
        for days, front_m in ((0, 8_000.0), (12, 8_050.0)):
            record_scene(store, folder, front_m, MOMENT + timedelta(days=days))
    return workspace


def digests(workspace: Path) -> dict[str, str]:
    """Every front on record; all of its files have to be there."""
    with CatalogStore.open(load_settings(workspace)) as store:
        for stored in store.stored_fronts():
            for asset in stored.item["assets"].values():
                path = store.objects.existing_path(asset["href"])
                assert path.stat().st_size == asset["file:size"]
        return {stored.item_id: stored.digest for stored in store.stored_fronts()}


def visible_files(workspace: Path) -> set[str]:
    files = (path for path in (workspace / "store").rglob("*") if path.is_file())
    return {path.name for path in files if not path.name.startswith(PARTIAL_PREFIX)}


def test_a_run_killed_at_any_write_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = store_threshold_model(tmp_path)
    undisturbed = prepare_workspace(tmp_path / "undisturbed")
    run_all(undisturbed, weights)
    expected = digests(undisturbed)
    assert len(expected) == 2

    workspace = prepare_workspace(tmp_path / "killed")
    kills = 0
    for number in range(1, MOST_WRITES):
        try:
            with killed_at_write(number, monkeypatch):
                run_all(workspace, weights)
        except Killed:
            kills += 1
            assert digests(workspace).items() <= expected.items()
            # Killed again in every later try, the run must still get one write further.
            continue
        break
    assert kills > 2
    assert digests(workspace) == expected
    assert visible_files(workspace) == visible_files(undisturbed)


@pytest.mark.parametrize("number", [1, 3, 5, 7, 9, 11, 13])
def test_one_kill_is_repaired_by_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    weights = store_threshold_model(tmp_path)
    workspace = prepare_workspace(tmp_path)
    with pytest.raises(Killed), killed_at_write(number, monkeypatch):
        run_all(workspace, weights)
    run_all(workspace, weights)
    assert len(digests(workspace)) == 2
    with CatalogStore.open(load_settings(workspace)) as store:
        assert all(len(store.revisions("fronts-daily", i)) == 1 for i in digests(workspace))
