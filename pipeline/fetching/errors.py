"""What can go wrong on the way from an archive.

SceneError (pipeline)
├── FetchError        this product cannot be had: asking again would not help
│   └── ArchiveFault  the archive is down or refuses us: nothing is said against the product
└── BeingFetched      another run is at it
SourceBroken          a transfer that broke; asking again may help (never leaves this package)
"""

from __future__ import annotations

from pipeline.errors import SceneError


class FetchError(SceneError):
    """A product cannot be fetched, or what came is not what was asked for."""


class ArchiveFault(FetchError):
    """The archive does not answer, or does not let us in; the product may be as good as any."""


class BeingFetched(SceneError):
    """Another run is fetching the same product into the same workspace."""


class SourceBroken(Exception):
    """A transfer that broke. `wait_s` is what the source asked for (Retry-After).

    `is_useless`: what was kept so far does not belong to what the source has now.
    """

    def __init__(
        self, fault: str, *, wait_s: float | None = None, is_useless: bool = False
    ) -> None:
        super().__init__(fault)
        self.fault = fault
        self.wait_s = wait_s
        self.is_useless = is_useless
