"""Whether a release may be built, or published, as things stand."""

from __future__ import annotations

from catalog.publisher import Publisher
from catalog.release import Release, ReleaseState, Version
from catalog.settings import Workspace
from publish.errors import NotForPublication, ReleaseIsImmutable
from publish.freeze import predecessor_of
from publish.manifest import Manifest, publisher_digest, read_manifest

KEPT_FOR_GOOD = (ReleaseState.ARCHIVED, ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN)


def refuse_rebuilding(version: Version, releases: tuple[Release, ...]) -> None:
    """Raises ReleaseIsImmutable for a release that is in the archive under its DOI.

    A rehearsed release may be built anew: nobody can have cited it.
    """
    for release in releases:
        if release.version == version and not release.dry_run and release.state in KEPT_FOR_GOOD:
            following = Version(version.year, version.month, version.correction + 1)
            raise ReleaseIsImmutable(
                f"is {release.state} and stays as it is.",
                where=str(version),
                remedy=f"Correct it with `icelines release build {following}`.",
            )


def refuse_live_publication(
    release: Release, manifest: Manifest, publisher: Publisher, releases: tuple[Release, ...]
) -> None:
    """Raises NotForPublication where a DOI would be registered for what must not have one."""
    again = f"Run `icelines release build {release.version}` again."
    for fault, remedy in (
        *_content_faults(release),
        *_publisher_faults(manifest, publisher, again),
        *_order_faults(release, releases, again),
    ):
        raise NotForPublication(fault, where=str(release.version), remedy=remedy)


def warnings_of(release: Release, workspace: Workspace, publisher: Publisher) -> tuple[str, ...]:
    """What a live publication would refuse and a rehearsal only mentions."""
    if not release.dry_run:
        return ()
    manifest = read_manifest(workspace.releases / str(release.version))
    faults = _publisher_faults(manifest, publisher, "Build it again before publishing.")
    return tuple(f"{fault} {remedy}" for fault, remedy in faults)


Fault = tuple[str, str]


def _content_faults(release: Release) -> list[Fault]:
    dry = "It can only be rehearsed: add --doi-dry-run."
    return [("holds simulated fronts.", dry)] if release.has_simulated else []


def _publisher_faults(manifest: Manifest, publisher: Publisher, again: str) -> list[Fault]:
    faults = []
    placeholders = manifest["placeholders"]
    if placeholders:
        names = ", ".join(placeholders)
        faults.append(
            (
                f"was built with values of publisher.toml that nobody filled in: {names}.",
                f"Fill them in. {again}",
            )
        )
    elif manifest["publisher_sha256"] != publisher_digest(publisher):
        faults.append(("was built with another publisher.toml than there is now.", again))
    return faults


def _order_faults(release: Release, releases: tuple[Release, ...], again: str) -> list[Fault]:
    expected = predecessor_of(release.version, releases, has_simulated=release.has_simulated)
    if release.predecessor != (expected.version if expected else None):
        return [(f"says that it follows {release.predecessor}, which has changed.", again)]
    if expected is not None and expected.dry_run:
        remedy = f"Publish it first: `icelines release publish {expected.version}`."
        return [(f"follows {expected.version}, which was only rehearsed.", remedy)]
    return []
