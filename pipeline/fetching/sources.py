"""The transports of a run, opened together and closed together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.fetching.download import Carrier
from pipeline.fetching.https import HttpFiles
from pipeline.fetching.local import LocalFiles
from pipeline.fetching.patience import Clock, Patience
from pipeline.fetching.quiet import quiet_libraries
from pipeline.fetching.s3 import S3Files
from pipeline.fetching.settings import ArchiveAccess, FetchSettings, S3Access


@contextmanager
def open_carrier(
    settings: FetchSettings, archive: ArchiveAccess, s3: S3Access, clock: Clock | None = None
) -> Iterator[Carrier]:
    """Everything that downloads need; `clock` is for tests."""
    quiet_libraries()
    stop = threading.Event()
    clock = clock or Clock.real(stop)
    http = HttpFiles(archive, clock, timeout_s=settings.timeout_s, parallel=settings.parallel)
    local, objects = LocalFiles(), S3Files(s3, timeout_s=settings.timeout_s)
    try:
        yield Carrier(
            {"": local, "file": local, "http": http, "https": http, "s3": objects},
            Patience(settings.attempts, settings.first_wait_s, settings.longest_wait_s),
            clock,
            stop,
            settings.largest_bytes,
            settings.most_files,
        )
    finally:
        http.close()
