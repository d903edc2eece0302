"""Carriers for tests: waits are written down and not waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.fetching.download import Carrier
from pipeline.fetching.patience import Clock
from pipeline.fetching.settings import ArchiveAccess, FetchSettings, S3Access
from pipeline.fetching.sources import open_carrier

NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)


@dataclass(slots=True)
class Waits:
    """A clock that stands still and remembers how long it was asked to wait."""

    seconds: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: NOW, self.seconds.append, lambda: 1.0)


@contextmanager
def carrier_of(
    waits: Waits | None = None,
    archive: ArchiveAccess | None = None,
    s3: S3Access | None = None,
    **settings: Any,
) -> Iterator[Carrier]:
    """A carrier with `settings` of FetchSettings, known to nobody unless told."""
    chosen = FetchSettings(**{"timeout_s": 5.0, **settings})
    clock = (waits or Waits()).clock
    with open_carrier(chosen, archive or ArchiveAccess(), s3 or S3Access(), clock) as carrier:
        yield carrier
