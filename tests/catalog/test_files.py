"""Files are whole or absent; content names them; full and read-only disks are said so."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import atomic
from catalog.canonical import canonical_json, multihash, sha256_hex, sha256_of_file
from catalog.errors import NotRecorded, RecordError, StorageError
from catalog.objects import ObjectStore

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


class Killed(BaseException):
    """As a signal would end it: not an Exception."""


def _write_half(target: Path) -> None:
    with atomic.staged_file(target) as partial:
        partial.write_bytes(b"half")
        raise Killed


def _write_half_a_folder(target: Path) -> None:
    with atomic.staged_folder(target) as partial:
        (partial / "a").write_bytes(b"half")
        raise Killed


@given(json_values)
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value: object) -> None:
    def turned(inner: object) -> object:
        if isinstance(inner, dict):
            return {key: turned(inner[key]) for key in reversed(list(inner))}
        return [turned(entry) for entry in inner] if isinstance(inner, list) else inner

    assert canonical_json(turned(value)) == canonical_json(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_hold_is_refused_by_its_place(number: float) -> None:
    with pytest.raises(RecordError, match="/a/1 is"):
        canonical_json({"a": [1.0, number]})


def test_the_multihash_is_that_of_the_file_extension() -> None:
    assert multihash(sha256_hex(b"")).startswith("1220e3b0c442")


def test_a_killed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "front.geojson"
    atomic.write_bytes(target, b"old")
    with pytest.raises(Killed):
        _write_half(target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_killed_folder_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        _write_half_a_folder(tmp_path / "release")
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_power_cut_are_found_and_removed(tmp_path: Path) -> None:
    (tmp_path / f"{atomic.PARTIAL_PREFIX}x-scene.tif").write_bytes(b"half")
    (tmp_path / f"{atomic.PARTIAL_PREFIX}y-release").mkdir()
    (tmp_path / "kept").write_bytes(b"whole")
    now = datetime.now(UTC)
    assert atomic.remove_partials(tmp_path, now - timedelta(days=1)) == 0
    assert atomic.remove_partials(tmp_path, now + timedelta(days=1)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    first, second = store.put_bytes(b"line", ".geojson"), store.put_bytes(b"line", ".GeoJSON")
    assert first == second
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
    assert sha256_of_file(store.existing_path(first.href)) == first.sha256


def test_a_file_and_its_bytes_have_the_same_name(tmp_path: Path) -> None:
    source = tmp_path / "scene.tif"
    source.write_bytes(b"pixels")
    store = ObjectStore(tmp_path / "store")
    assert store.put_file(source) == store.put_bytes(b"pixels", ".tif")


def test_a_missing_object_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(NotRecorded, match="not in the store"):
        ObjectStore(tmp_path).existing_path("objects/ab/abc.tif")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB; needs the right to mount, which containers may withhold."""
    mount_point = tmp_path / "disk"
    mount_point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount_point)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"cannot mount a small disk here: {made.stderr.strip()}")
    yield mount_point
    subprocess.run(["umount", str(mount_point)], check=True)


def test_a_full_disk_is_said_so_and_leaves_nothing_half_written(small_disk: Path) -> None:
    with pytest.raises(StorageError, match=r"No space left.*free some space"):
        atomic.write_bytes(small_disk / "scene.tif", bytes(1 << 20))
    assert list(small_disk.iterdir()) == []


def test_a_read_only_disk_is_said_so(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match=r"Read-only.*another folder"):
        atomic.write_bytes(small_disk / "scene.tif", b"x")
