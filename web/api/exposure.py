"""What is shown, and under which address: the choice that is made when the server starts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalog.errors import InvalidName, NotRecorded
from catalog.query import NothingPublished, Released, View, WorkingState
from catalog.release import Release, ReleaseState, Version
from catalog.store import CatalogStore
from web.api.errors import UnknownRelease, Withdrawn


class State(StrEnum):
    RELEASED = "released"  # what is published
    WORKING = "working"  # everything as it is now, for eyes at home


@dataclass(frozen=True, slots=True)
class Exposure:
    """`public_url` has no slash at its end; every address that is served starts with it."""

    state: State
    public_url: str

    @property
    def root(self) -> str:
        """The address of the API's landing page."""
        return f"{self.public_url}/stac"

    def view(self, store: CatalogStore, release: str | None) -> View:
        """What a request sees that asks for `release`, or for nothing in particular."""
        if release is not None:
            return Released(self.release(store, release).version)
        if self.state is State.WORKING:
            return WorkingState()
        versions = store.published_versions()
        return Released(versions[-1]) if versions else NothingPublished()

    def release(self, store: CatalogStore, text: str) -> Release:
        """The release with this version, if it may be shown; raises UnknownRelease."""
        try:
            release = store.release(Version.parse(text))
        except (InvalidName, NotRecorded):
            raise self._unknown(store, text) from None
        if release.state is ReleaseState.WITHDRAWN:
            fault = f"Release {release.version} was withdrawn."
            page = f"{self.public_url}/releases/{release.version}/"
            raise Withdrawn(fault, where="release", remedy=f"Why is told at {page}")
        if release.state is ReleaseState.PUBLISHED or self.state is State.WORKING:
            return release
        raise self._unknown(store, text)

    @staticmethod
    def _unknown(store: CatalogStore, text: str) -> UnknownRelease:
        published = ", ".join(map(str, store.published_versions())) or "none yet"
        fault = f"{text[:40]!r} is no published release."
        return UnknownRelease(fault, where="release", remedy=f"Published are: {published}.")
