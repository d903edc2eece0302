"""What a release consists of, with the SHA-256 of everything."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog.canonical import canonical_json, sha256_hex, sha256_of_file
from catalog.publisher import Publisher
from catalog.release import Doi, ReleaseFile
from publish.content import FrozenContent
from publish.errors import ReleaseDamaged

MANIFEST = "manifest.json"
SHA256SUMS = "SHA256SUMS"
SCHEMA = "icelines-release-manifest-1"
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileText:
    """What is said of a file beside its bytes; `path` is relative to the release folder."""

    path: str
    title: str
    media_type: str


def describe(folder: Path, text: FileText) -> ReleaseFile:
    """The file as it lies in `folder`."""
    path = folder / text.path
    return ReleaseFile(
        path=text.path,
        size_bytes=path.stat().st_size,
        sha256=sha256_of_file(path),
        title=text.title,
        media_type=text.media_type,
    )


def build_manifest(
    content: FrozenContent,
    publisher: Publisher,
    doi: Doi,
    concept_doi: Doi,
    files: tuple[ReleaseFile, ...],
    software: dict[str, str],
) -> Manifest:
    """`manifest.json`: content, files and origin of a release; no dates of its making."""
    predecessor = content.predecessor
    return {
        "schema": SCHEMA,
        "version": str(content.version),
        "doi": str(doi),
        "concept_doi": str(concept_doi),
        "predecessor": str(predecessor.version) if predecessor else None,
        "predecessor_doi": str(predecessor.doi) if predecessor else None,
        "cut_off": content.cut_off.isoformat(),
        "first_day": content.first_day.isoformat(),
        "last_day": content.last_day.isoformat(),
        "included_sources": list(content.inclusion.sources),
        "has_simulated": content.has_simulated,
        "fronts": len(content.fronts),
        "shelves": list(content.shelves),
        "changes": asdict(content.changes),
        "calving_events": len(content.events),
        "calving_event_changes": asdict(content.event_changes),
        "publisher_sha256": publisher_digest(publisher),
        "placeholders": list(publisher.placeholders),
        "software": software,
        "files": [asdict(file) for file in files],
        "pins": [asdict(pin) for pin in content.pins],
    }


def publisher_digest(publisher: Publisher) -> str:
    """Tells whether publisher.toml is still what a release was built with."""
    return sha256_hex(canonical_json(asdict(publisher)))


def manifest_bytes(manifest: Manifest) -> bytes:
    return (json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def sums_text(files: tuple[ReleaseFile, ...]) -> str:
    """`SHA256SUMS` as `sha256sum -c` reads it."""
    return "".join(f"{f.sha256}  {f.path}\n" for f in sorted(files, key=lambda f: f.path))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release folder; raises ReleaseDamaged where there is none to read."""
    try:
        manifest: Manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise ReleaseDamaged(
            f"has no readable manifest ({error}).",
            where=folder,
            remedy="Build the release again, or take it from the archive.",
        ) from error
    return manifest
