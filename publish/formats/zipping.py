"""Zip files whose bytes depend on names and contents only."""

from __future__ import annotations

import zipfile
from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip knows no time before, and the true one would differ
UNIX = 3
READABLE_FILE = 0o100644


def write_zip(path: Path, folder: Path) -> None:
    """The files of `folder` in order of their names, without dates, owners or extra fields."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EARLIEST)
            entry.create_system = UNIX
            entry.external_attr = READABLE_FILE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
