"""Whether a release is still what was frozen: its files, its records, its archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha512
from pathlib import Path

from catalog.canonical import sha256_hex, sha256_of_file
from catalog.items.envelope import derivations
from catalog.query import Released, Search
from catalog.release import Release, ReleaseState
from catalog.settings import Workspace
from catalog.store import CatalogStore
from publish.archive import Archive
from publish.manifest import MANIFEST, SHA256SUMS, sums_text
from publish.steps import archive_object_id

IN_ARCHIVE = (ReleaseState.ARCHIVED, ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `faults` is empty where it is sound."""

    name: str
    finding: str
    faults: tuple[str, ...]


def verify_release(store: CatalogStore, workspace: Workspace, release: Release) -> list[Check]:
    """Look at everything; nothing is changed."""
    folder = workspace.releases / str(release.version)
    archive = Archive(workspace.archive)
    return [
        Check("files", f"{len(release.files)} files", folder_faults(folder, release)),
        Check(
            "records",
            f"{len(store.pins(release.version))} records",
            tuple(_record_faults(store, release)),
        ),
        Check("lineage", *lineage_faults(store, release)),
        _archive_check(archive, folder, release),
    ]


def folder_faults(folder: Path, release: Release) -> tuple[str, ...]:
    """How the files in `folder` differ from those of `release`; every byte is read."""
    if not folder.is_dir():
        return (f"{folder} is missing.",)
    return tuple(_file_faults(folder, release))


def _file_faults(folder: Path, release: Release) -> Iterator[str]:
    known = {file.path: file for file in release.files}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    yield from (f"{path} is missing." for path in sorted(known.keys() - present))
    yield from (f"{path} does not belong to it." for path in sorted(present - known.keys()))
    for path in sorted(known.keys() & present):
        if sha256_of_file(folder / path) != known[path].sha256:
            yield f"{path} has other bytes than were frozen."
    if MANIFEST in known and known[MANIFEST].sha256 != release.manifest_sha256:
        yield f"{MANIFEST} is not the one on record."
    summed = tuple(file for path, file in known.items() if path != SHA256SUMS)
    if SHA256SUMS in present and (folder / SHA256SUMS).read_text("utf-8") != sums_text(summed):
        yield f"{SHA256SUMS} does not name the files on record."


def _record_faults(store: CatalogStore, release: Release) -> Iterator[str]:
    wanted = {(p.collection, p.item_id): p.digest for p in store.pins(release.version)}
    found = {}
    for stored in store.all_items(Search(), Released(release.version)):
        found[stored.collection, stored.item_id] = sha256_hex(stored.document)
    for key, digest in wanted.items():
        if found.get(key) != digest:
            yield f"{'/'.join(key)} is not the revision that was frozen."


def lineage_faults(store: CatalogStore, release: Release) -> tuple[str, tuple[str, ...]]:
    """How many links there are from records of a release to their inputs, and which lead nowhere.

    Every input that is a record must be pinned by the same release; a front that an average or an
    event was made of, in the very revision that they name.
    """
    pinned = {(p.collection, p.item_id): p.digest for p in store.pins(release.version)}
    links, faults = 0, []
    for stored in store.all_items(Search(), Released(release.version)):
        item = stored.item
        inputs = [i for i in item["properties"].get("icelines:inputs", ()) if i["kind"] == "front"]
        digests = {entry["name"]: entry["sha256"] for entry in inputs}
        for key in derivations(item):
            links += 1
            if key not in pinned:
                faults.append(f"{stored.item_id} names {'/'.join(key)}, which is not in it.")
            elif digests.get(key[1], pinned[key]) != pinned[key]:
                faults.append(f"{stored.item_id} names another revision of {key[1]}.")
    return f"{links} links", tuple(faults)


def _archive_check(archive: Archive, folder: Path, release: Release) -> Check:
    if release.state not in IN_ARCHIVE:
        return Check("archive", "not archived yet", ())
    faults = archive.faults()
    object_id = archive_object_id(release)
    version = archive.version_of(object_id, folder) if folder.is_dir() and not faults else None
    if version is None:
        return Check("archive", object_id, faults or ("The archive does not hold these files.",))
    return Check(
        "archive", f"{object_id} {version}", tuple(_content(archive, folder, version, object_id))
    )


def _content(archive: Archive, folder: Path, version: str, object_id: str) -> Iterator[str]:
    for path, digest in sorted(archive.state(object_id, version).items()):
        file = folder / path
        if not file.is_file() or sha512(file.read_bytes()).hexdigest() != digest:
            yield f"{path} differs from the archive."
