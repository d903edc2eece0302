"""The commands `icelines release` and `icelines archive`."""

from __future__ import annotations

from publish.cli.archive import archive
from publish.cli.release import release

__all__ = ["archive", "release"]
