"""A release as a JSON document, and back without loss."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from catalog.release import Doi, Release, ReleaseFile, ReleaseState, Version


def release_to_document(release: Release) -> dict[str, Any]:
    """JSON types only."""
    return {
        "version": str(release.version),
        "state": str(release.state),
        "cut_off": release.cut_off.isoformat(),
        "doi": str(release.doi),
        "concept_doi": str(release.concept_doi),
        "manifest_sha256": release.manifest_sha256,
        "predecessor": str(release.predecessor) if release.predecessor else None,
        "files": [asdict(file) for file in release.files],
        "included_sources": list(release.included_sources),
        "has_simulated": release.has_simulated,
        "dry_run": release.dry_run,
        "published_on": release.published_on.isoformat() if release.published_on else None,
    }


def document_to_release(document: dict[str, Any]) -> Release:
    """The inverse of `release_to_document`."""
    predecessor, published = document["predecessor"], document["published_on"]
    return Release(
        version=Version.parse(document["version"]),
        state=ReleaseState(document["state"]),
        cut_off=date.fromisoformat(document["cut_off"]),
        doi=Doi(document["doi"]),
        concept_doi=Doi(document["concept_doi"]),
        manifest_sha256=document["manifest_sha256"],
        predecessor=Version.parse(predecessor) if predecessor else None,
        files=tuple(ReleaseFile(**file) for file in document["files"]),
        included_sources=tuple(document["included_sources"]),
        has_simulated=document["has_simulated"],
        dry_run=document["dry_run"],
        published_on=date.fromisoformat(published) if published else None,
    )
