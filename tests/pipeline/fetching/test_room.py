from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.atomic import remove_partials
from pipeline.fetching.errors import BeingFetched
from pipeline.fetching.room import own_room


def _leave(parent: Path, key: str) -> Path:
    """What a run that breaks leaves behind."""
    with suppress(RuntimeError), own_room(parent, key) as room:
        (room / "part").write_bytes(b"kept")
        raise RuntimeError
    return room


def test_a_room_is_kept_when_its_work_fails_and_goes_when_it_is_done(tmp_path: Path) -> None:
    _leave(tmp_path, "a")
    with own_room(tmp_path, "a") as room:
        assert (room / "part").read_bytes() == b"kept"
    assert list(tmp_path.iterdir()) == []


def test_two_runs_do_not_share_one(tmp_path: Path) -> None:
    with own_room(tmp_path, "a"):
        with pytest.raises(BeingFetched), own_room(tmp_path, "a"):
            pass
        with own_room(tmp_path, "b"):
            pass


def test_a_room_that_was_left_a_day_ago_is_swept_and_one_in_use_is_not(tmp_path: Path) -> None:
    for key in ("old", "used"):
        room = _leave(tmp_path, key)
        long_ago = time.time() - 2 * 86_400
        os.utime(room, (long_ago, long_ago))
    with own_room(tmp_path, "used") as room:
        remove_partials(tmp_path, datetime.now(UTC) - timedelta(days=1))
        assert [path.name for path in tmp_path.iterdir()] == [room.name]
