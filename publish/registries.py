"""Which registry a publication talks to."""

from __future__ import annotations

import time

from publish.registry import DoiRegistry
from publish.rehearsal import RehearsalRegistry
from publish.settings import DataCiteSettings


def registry_for(datacite: DataCiteSettings, doi_prefix: str, *, dry_run: bool) -> DoiRegistry:
    """DataCite, or the rehearsal; raises NoCredentials before anything is done."""
    if dry_run:
        return RehearsalRegistry()
    from publish.deposit import DataCiteRegistry

    return DataCiteRegistry(datacite.credentials(), doi_prefix, time.sleep)
