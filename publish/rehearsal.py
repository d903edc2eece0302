"""A registry that registers nothing: what `--doi-dry-run` talks to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.release import Doi
from publish.metadata import refuse_invalid
from publish.registry import DoiRecord, DoiState


class RehearsalRegistry:
    """Takes valid metadata and forgets it when the program ends."""

    def __init__(self) -> None:
        self._records: dict[Doi, DoiRecord] = {}

    def fetch(self, doi: Doi) -> DoiRecord | None:
        return self._records.get(doi)

    def save(self, doi: Doi, metadata: Mapping[str, Any], url: str) -> DoiRecord:
        known = self._records.get(doi)
        complete = {**(known.metadata if known else {}), **metadata}
        refuse_invalid(complete)
        state = known.state if known else DoiState.DRAFT
        self._records[doi] = DoiRecord(doi, state, url, complete)
        return self._records[doi]

    def make_findable(self, doi: Doi) -> DoiRecord:
        # A rehearsal that goes on after a kill has forgotten its drafts: there were none.
        known = self._records.get(doi) or DoiRecord(doi, DoiState.DRAFT, "", {})
        self._records[doi] = DoiRecord(doi, DoiState.FINDABLE, known.url, known.metadata)
        return self._records[doi]
