"""The long-term archive: an OCFL 1.1 storage root with one object, a version for each release.

A new version is built beside the archive and moved in by renames, the root inventory last, as
OCFL asks. What a killed run left is mended by the next one: content that no inventory names is
removed, a sidecar that is behind its inventory is written again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha512
from pathlib import Path
from typing import Any

from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem

from catalog import atomic
from publish.errors import ArchiveFailed
from publish.manifest import MANIFEST
from publish.quiet_ocfl import ocfl
from publish.staging import staging_folder

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
DECLARATION = "0=ocfl_1.1"
INVENTORY = "inventory.json"
SIDECAR = f"{INVENTORY}.sha512"


@dataclass(frozen=True, slots=True)
class VersionNote:
    """What stands in the inventory of a version; `created` is RFC 3339."""

    message: str
    created: str
    user: str
    address: str


class Archive:
    """The archive below `root`; it is made when the first release comes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, object_id: str, folder: Path, note: VersionNote) -> str:
        """Keep `folder` as a version of the object; returns its name (`v3`).

        Where the object has this very release already, nothing is written.
        """
        with _ocfl_errors(self.root):
            self._ensure_root()
            place = self._place(object_id)
            if not place.exists():
                self._create(object_id, place, folder, note)
            else:
                _mend(place)
            return self.version_of(object_id, folder) or self._append(place, folder, note)

    def version_of(self, object_id: str, folder: Path) -> str | None:
        """The version that holds the release in `folder`, found by the digest of its manifest."""
        place = self._place(object_id)
        if not (place / INVENTORY).is_file():
            return None
        digest = sha512((folder / MANIFEST).read_bytes()).hexdigest()
        versions: dict[str, Any] = _inventory(place)["versions"]
        return next(
            (v for v, body in versions.items() if MANIFEST in body["state"].get(digest, ())), None
        )

    def state(self, object_id: str, version: str) -> dict[str, str]:
        """SHA-512 of each file of a version, by its path."""
        state = _inventory(self._place(object_id))["versions"][version]["state"]
        return {path: digest for digest, paths in state.items() for path in paths}

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the archive, every file read and digested; empty if it is sound."""
        if not self.root.exists():
            return ()
        storage = ocfl.StorageRoot(root=str(self.root))
        with _ocfl_errors(self.root):
            is_valid = storage.validate()
        messages = [text for _, text in storage.errors] + list(storage.log.messages)
        return tuple(messages) or (() if is_valid else ("The storage root is invalid.",))

    def objects(self) -> tuple[str, ...]:
        """The ids of what is archived."""
        if not self.root.exists():
            return ()
        with _ocfl_errors(self.root):
            found = list(ocfl.StorageRoot(root=str(self.root)).list_objects())
        return tuple(sorted(object_id for _, object_id in found))

    def _ensure_root(self) -> None:
        if (self.root / DECLARATION).exists():
            return
        if self.root.exists() and any(self.root.iterdir()):
            raise ArchiveFailed(
                "is neither empty nor an OCFL storage root.",
                where=self.root,
                remedy="Move what is in it elsewhere, or choose another workspace.",
            )
        with self._staging() as staging:
            made = staging / self.root.name
            ocfl.StorageRoot(root=str(made), layout_name=LAYOUT).initialize()
            made.rename(self.root)

    def _place(self, object_id: str) -> Path:
        storage = ocfl.StorageRoot(root=str(self.root), layout_name=LAYOUT)
        return self.root / str(storage.object_path(object_id))

    def _create(self, object_id: str, place: Path, folder: Path, note: VersionNote) -> None:
        with self._staging() as staging:
            made = staging / "object"
            with atomic.staged_folder(made) as partial:
                ocfl.Object(identifier=object_id).create(
                    srcdir=str(folder), metadata=_metadata(note), objdir=str(partial)
                )
            place.parent.mkdir(parents=True, exist_ok=True)
            made.rename(place)

    def _append(self, place: Path, folder: Path, note: VersionNote) -> str:
        present = ocfl.Object(path=str(place))
        version = present.start_new_version(
            objdir=str(place),
            srcdir=str(folder),
            metadata=_metadata(note),
            carry_content_forward=False,
        )
        version.add_from_srcdir()
        head = str(version.inventory.head)
        with self._staging() as staging:
            made = staging / "update"
            with atomic.staged_folder(made) as partial:
                files = DirFileSystem(str(partial), LocalFileSystem())
                ocfl.Object(obj_fs=files).write_new_version(version)
            for name in (head, INVENTORY, SIDECAR):
                (made / name).rename(place / name)
        return head

    def _staging(self) -> AbstractContextManager[Path]:
        # Beside the root, as OCFL allows only objects in it, and on the same disk.
        return staging_folder(self.root.parent, f"{self.root.name}-")


def _mend(place: Path) -> None:
    """Bring an object back to what its root inventory says."""
    head = _inventory(place)["head"]
    newest = place / head
    if (newest / INVENTORY).read_bytes() == (place / INVENTORY).read_bytes():
        atomic.write_bytes(place / SIDECAR, (newest / SIDECAR).read_bytes())
    for folder in place.glob("v*"):
        if int(folder.name[1:]) > int(head[1:]):
            shutil.rmtree(folder)


def _inventory(place: Path) -> dict[str, Any]:
    inventory: dict[str, Any] = json.loads((place / INVENTORY).read_bytes())
    return inventory


def _metadata(note: VersionNote) -> ocfl.VersionMetadata:
    return ocfl.VersionMetadata(
        created=note.created, message=note.message, name=note.user, address=note.address
    )


@contextmanager
def _ocfl_errors(root: Path) -> Iterator[None]:
    try:
        with atomic.storage_errors(root):
            yield
    except (ocfl.ObjectException, ocfl.StorageRootException) as error:
        raise ArchiveFailed(
            f"The archive cannot be used ({error}).",
            where=root,
            remedy="Run `icelines archive verify` to see what is wrong.",
        ) from error
