"""The site's folder: each file whole or absent, unchanged files untouched, stale ones removed.

A ledger (`.site-files`, one path a line) lists what builds wrote. Only what it lists is ever
removed, so a file that somebody else put into the folder stays.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath

from catalog import atomic
from catalog.errors import StorageError
from web.errors import SiteError
from web.site.rendering import SiteFile

LEDGER = ".site-files"


class SiteFolder:
    """Writes one build. Use `put` and `link` for every file, then `finish`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before = _read_ledger(root / LEDGER)
        self._kept: set[str] = set()
        self.changed = 0

    def put(self, file: SiteFile) -> None:
        """Write a file unless it is there with the same bytes."""
        target = self._target(file.path)
        if _content_of(target) != file.content:
            self._announce(file.path)
            atomic.write_bytes(target, file.content)
            self.changed += 1

    def link(self, path: str, source: Path) -> None:
        """Offer the file `source`: a hard link where the file system allows it, else a copy."""
        target = self._target(path)
        if target.exists() and _are_same(target, source):
            return
        self._announce(path)
        with atomic.staged_file(target) as partial:
            try:
                os.link(source, partial)
            except OSError:  # another file system, or one without hard links
                shutil.copyfile(source, partial)
        self.changed += 1

    def finish(self) -> int:
        """Remove what the build before wrote and this one did not; returns how many files."""
        stale = sorted(self._before - self._kept)
        for path in stale:
            self._remove(path)
        atomic.write_text(self.root / LEDGER, "".join(f"{path}\n" for path in sorted(self._kept)))
        return len(stale)

    def _target(self, path: str) -> Path:
        if not _is_inside(path):
            raise SiteError(
                "would lie outside the site.", where=path, remedy="Check the release's file names."
            )
        self._kept.add(path)
        return self.root / path

    def _announce(self, path: str) -> None:
        # Before the file: a killed build must leave nothing that the ledger does not know of.
        if path not in self._before:
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                with (self.root / LEDGER).open("a", encoding="utf-8") as ledger:
                    ledger.write(f"{path}\n")
            except OSError as error:
                raise _unusable(self.root, error) from error

    def _remove(self, path: str) -> None:
        target = self.root / path
        if target.is_file():
            target.unlink()
        for folder in target.parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _read_ledger(path: Path) -> frozenset[str]:
    try:
        return frozenset(filter(_is_inside, path.read_text("utf-8").splitlines()))
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise _unusable(path.parent, error) from error


def _unusable(folder: Path, error: OSError) -> StorageError:
    remedy = atomic.REMEDIES.get(error.errno or 0, "Choose another folder.")
    return StorageError(f"cannot be written ({error.strerror}).", where=folder, remedy=remedy)


def _is_inside(path: str) -> bool:
    return not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts


def _content_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _are_same(target: Path, source: Path) -> bool:
    a, b = target.stat(), source.stat()
    if (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino):
        return True
    return a.st_size == b.st_size and target.read_bytes() == source.read_bytes()
