"""The canonical zip file of a product: the same files always make the same bytes.

Names are sorted, times are the first that zip knows, nothing is deflated: so the digest says
what is inside, and GDAL reads the rasters through `/vsizip/` at the speed of the disk.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from catalog.atomic import storage_errors
from pipeline.fetching.errors import FetchError

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
UNIX = 3  # as the system that made it, wherever it is made
READABLE = 0o100644 << 16
COPY_BYTES = 4 * 2**20


def pack(files: Mapping[str, Path], product: str, to: Path) -> None:
    """Write `files` (place in the product -> file) as `<product>.SAFE/...` into the zip `to`."""
    with storage_errors(to), zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            _add(archive, f"{product}.SAFE/{name}", files[name])


def refuse_bad_names(names: list[str], where: str) -> None:
    """Names from strangers: each once, and none that leads out of the product; FetchError."""
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise FetchError(f"holds a file with a name that leads elsewhere ({name!r}).",
                             where=where)  # fmt: skip
    if len(set(names)) != len(names):
        twice = sorted(name for name in set(names) if names.count(name) > 1)
        raise FetchError(f"holds {twice[0]!r} twice.", where=where)


def _add(archive: zipfile.ZipFile, name: str, file: Path) -> None:
    entry = zipfile.ZipInfo(name, FIRST_MOMENT)
    entry.create_system, entry.external_attr = UNIX, READABLE
    entry.file_size = file.stat().st_size  # so that zip64 is used where it is needed, only there
    with file.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, COPY_BYTES)
