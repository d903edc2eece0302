"""Writing through GDAL: warnings are errors, and the clock is given, not read."""

from __future__ import annotations

import errno
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from catalog.atomic import REMEDIES
from catalog.errors import IceLinesError, StorageError
from publish.errors import PackagingFailed

CURRENT_DATE, SYNCHRONOUS = "OGR_CURRENT_DATE", "OGR_SQLITE_SYNCHRONOUS"
LITTLE_ROOM_BYTES = 1 << 20


@contextmanager
def gdal_writing(path: Path, day: date) -> Iterator[None]:
    """Inside, GDAL believes it is midnight of `day`; any warning raises PackagingFailed.

    GDAL warns, and goes on, where it cuts names and texts or drops values: in a release that is
    a loss.
    """
    import pyogrio

    # The release folder is flushed as a whole, so that SQLite need not do it at each commit.
    pyogrio.set_gdal_config_options(
        {CURRENT_DATE: f"{day.isoformat()}T00:00:00.000Z", SYNCHRONOUS: "OFF"}
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    except (Warning, RuntimeError, ValueError) as error:
        # pyogrio's own errors derive from RuntimeError and ValueError.
        raise _refusal(path, error) from error
    finally:
        pyogrio.set_gdal_config_options({CURRENT_DATE: None, SYNCHRONOUS: None})


def _refusal(path: Path, error: Exception) -> IceLinesError:
    folder = path.parent
    # GDAL and SQLite say in many ways that there is no room.
    if folder.is_dir() and shutil.disk_usage(folder).free < LITTLE_ROOM_BYTES:
        remedy = REMEDIES[errno.ENOSPC]
        return StorageError("cannot be written (no room).", where=path.name, remedy=remedy)
    return PackagingFailed(
        f"cannot be written ({str(error)[:200]}).",
        where=path.name,
        remedy="This is a fault of the program: please report it.",
    )
