"""The two recipes of the room: build a release, publish a release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Any

import orjson

from catalog import atomic
from catalog.items.envelope import format_time, parse_time
from catalog.publisher import Publisher
from catalog.release import Doi, Release, ReleaseState, Version
from catalog.settings import Workspace
from catalog.store import CatalogStore
from publish.archive import Archive
from publish.clearance import refuse_live_publication, refuse_rebuilding
from publish.content import FrozenContent, Inclusion
from publish.errors import NotForPublication, ReleaseDamaged
from publish.freeze import freeze
from publish.manifest import Manifest, read_manifest
from publish.package import DATACITE_JSON, Follow, Packaged, package
from publish.registry import DoiRegistry
from publish.staging import exclusive, put_in_place, staging_folder
from publish.steps import STEPS, Publication, Step
from publish.verify import folder_faults

SOFTWARE = ("icelines", "geopandas", "pyogrio", "pyarrow", "stac-geoparquet", "datacite")


@dataclass(frozen=True, slots=True)
class Built:
    """A frozen release; `is_new` is False where the same bytes were there already."""

    release: Release
    folder: Path
    is_new: bool


def build_release(
    store: CatalogStore,
    workspace: Workspace,
    publisher: Publisher,
    version: Version,
    inclusion: Inclusion,
    cut_off: date,
    follow: Follow = iter,
) -> Built:
    """Freeze, package and record a release; raises a PublicationError, and leaves nothing then."""
    with exclusive(workspace):
        releases = store.releases()
        refuse_rebuilding(version, releases)
        content = freeze(store, version, inclusion, cut_off, releases)
        place = workspace.releases / str(version)
        with staging_folder(workspace.releases, f"{version}-") as staging:
            made = staging / "made"
            with atomic.staged_folder(made) as partial:
                packaged = package(partial, content, publisher, software_versions(), follow)
            known = _known(releases, packaged, place)
            if known is not None:
                return Built(known, place, is_new=False)
            with put_in_place(made, place, staging / "replaced"):
                release = _frozen_release(content, packaged)
                store.save_release(release, content.pins)
        return Built(release, place, is_new=True)


def publish_release(
    store: CatalogStore,
    workspace: Workspace,
    publisher: Publisher,
    version: Version,
    registry: DoiRegistry,
    now: datetime,
    *,
    dry_run: bool,
) -> Release:
    """Take the steps that are not taken yet; raises a PublicationError and can be called again.

    A rehearsal (`dry_run`) takes the same steps with a registry that registers nothing.
    """
    with exclusive(workspace):
        release = store.release(version)
        if _is_done(release, dry_run):
            return release
        manifest = _intact_manifest(workspace, release)
        _refuse(store, release, manifest, publisher, dry_run)
        release = replace(release, dry_run=dry_run, published_on=None)
        journal = Journal(store, release)
        publication = _publication(store, workspace, publisher, registry, journal, manifest, now)
        for step in STEPS:
            release = take(step, publication, release, journal, store)
        return _publish(release, journal, store)


class Journal:
    """Which steps are done, for these very files and this kind of publication."""

    def __init__(self, store: CatalogStore, release: Release) -> None:
        self.release = release
        self._store = store
        self._kind = "dry-run" if release.dry_run else "live"

    def outcome(self, name: str) -> dict[str, Any] | None:
        """What the step found out, or None while it is not done."""
        noted = self._store.journal(self.release.version).get(f"{self._kind}/{name}")
        if noted is None or noted["manifest_sha256"] != self.release.manifest_sha256:
            return None  # a build of the same version before this one
        outcome: dict[str, Any] = noted["outcome"]
        return outcome

    def note(self, name: str, outcome: dict[str, Any]) -> dict[str, Any]:
        entry = {"manifest_sha256": self.release.manifest_sha256, "outcome": outcome}
        self._store.write_journal(self.release.version, f"{self._kind}/{name}", entry)
        return outcome


def take(
    step: Step, publication: Publication, release: Release, journal: Journal, store: CatalogStore
) -> Release:
    """Take a step unless it is done, note it, and record the state that it leads to."""
    if journal.outcome(step.name) is None:
        journal.note(step.name, step.take(publication))
    changed = replace(release, state=step.state)
    if changed != store.release(release.version):
        store.save_release(changed)
    return changed


def software_versions() -> dict[str, str]:
    """What the bytes of a release depend on beside its content."""
    import pyogrio

    versions = {name: version_of_package(name) for name in SOFTWARE}
    return {**versions, "gdal": pyogrio.__gdal_version_string__}


def _frozen_release(content: FrozenContent, packaged: Packaged) -> Release:
    return Release(
        version=content.version,
        state=ReleaseState.FROZEN,
        cut_off=content.cut_off,
        doi=Doi(packaged.manifest["doi"]),
        concept_doi=Doi(packaged.manifest["concept_doi"]),
        manifest_sha256=packaged.manifest_sha256,
        predecessor=content.predecessor.version if content.predecessor else None,
        files=packaged.files,
        included_sources=content.inclusion.sources,
        has_simulated=content.has_simulated,
        dry_run=False,
    )


def _known(releases: tuple[Release, ...], packaged: Packaged, place: Path) -> Release | None:
    for release in releases:
        is_same = release.manifest_sha256 == packaged.manifest_sha256
        if is_same and not folder_faults(place, release):
            return release
    return None


def _is_done(release: Release, dry_run: bool) -> bool:
    return release.state is ReleaseState.PUBLISHED and (dry_run or not release.dry_run)


def _intact_manifest(workspace: Workspace, release: Release) -> Manifest:
    folder = workspace.releases / str(release.version)
    faults = folder_faults(folder, release)
    if faults:
        raise ReleaseDamaged(
            f"is not what was frozen: {'; '.join(faults[:3])}",
            where=folder,
            remedy=f"Run `icelines release build {release.version}` again.",
        )
    return read_manifest(folder)


def _refuse(
    store: CatalogStore, release: Release, manifest: Manifest, publisher: Publisher, dry_run: bool
) -> None:
    if release.state in (ReleaseState.BUILDING, ReleaseState.WITHDRAWN):
        raise NotForPublication(f"is {release.state}.", where=str(release.version))
    if not dry_run:
        refuse_live_publication(release, manifest, publisher, store.releases())
    elif release.state is ReleaseState.ARCHIVED and not release.dry_run:
        raise NotForPublication(
            "is being published already.",
            where=str(release.version),
            remedy=f"Finish it with `icelines release publish {release.version}`.",
        )


def _publication(
    store: CatalogStore,
    workspace: Workspace,
    publisher: Publisher,
    registry: DoiRegistry,
    journal: Journal,
    manifest: Manifest,
    now: datetime,
) -> Publication:
    release = journal.release
    folder = workspace.releases / str(release.version)
    begun = journal.outcome("begun") or journal.note("begun", {"at": format_time(now)})
    out = [r for r in store.releases() if r.state is ReleaseState.PUBLISHED]
    earlier = (r.doi for r in out if r.version < release.version and r.dry_run == release.dry_run)
    predecessor = manifest["predecessor_doi"]
    return Publication(
        release=release,
        folder=folder,
        metadata=orjson.loads((folder / DATACITE_JSON).read_bytes()),
        public_url=publisher.public_url,
        publisher=publisher,
        earlier=tuple(earlier),
        predecessor=Doi(predecessor) if predecessor else None,
        registry=registry,
        archive=Archive(workspace.archive),
        begun=parse_time(begun["at"]),
        now=now,
    )


def _publish(release: Release, journal: Journal, store: CatalogStore) -> Release:
    promoted = journal.outcome("promoted") or {}
    published = replace(
        release,
        state=ReleaseState.PUBLISHED,
        published_on=date.fromisoformat(promoted["on"]),
    )
    store.save_release(published)
    return published
