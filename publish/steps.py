"""What a publication does, in order. Every step may be taken again: it finds what is there.

drafted             version DOI and concept DOI exist as drafts, read back and compared
archived            the files are a version of the OCFL object
promoted            the version DOI is findable
concept_updated     the concept DOI names this version and is findable
predecessor_linked  the version before says that it has a successor
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.items.envelope import format_time
from catalog.publisher import Publisher
from catalog.release import Doi, Release, ReleaseState
from publish.archive import Archive, VersionNote
from publish.errors import DepositFailed
from publish.metadata import Metadata, concept_metadata, relation
from publish.package import landing_page
from publish.registry import DoiRecord, DoiRegistry, DoiState, differences

Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything a step needs. `earlier` are the DOIs of versions that are out, oldest first.

    `begun` is when this publication was first started: a resumed one keeps it.
    """

    release: Release
    folder: Path
    metadata: Metadata
    public_url: str
    publisher: Publisher
    earlier: tuple[Doi, ...]
    predecessor: Doi | None
    registry: DoiRegistry
    archive: Archive
    begun: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One step and the state of the release once it is done."""

    name: str
    state: ReleaseState
    take: Callable[[Publication], Outcome]


def draft_dois(publication: Publication) -> Outcome:
    """Version and concept DOI with full metadata; an existing one is brought up to date."""
    release, registry = publication.release, publication.registry
    record = registry.save(release.doi, publication.metadata, publication.metadata["url"])
    _refuse_differences(publication.metadata, record)
    concept = registry.fetch(release.concept_doi)
    if concept is None or concept.state is DoiState.DRAFT:
        # Once findable it stays as the last version left it, until this one is out.
        concept = _save_concept(publication)
    return {"doi": str(release.doi), "state": record.state, "concept_state": concept.state}


def archive_files(publication: Publication) -> Outcome:
    """The release folder as a version of the OCFL object."""
    release = publication.release
    note = VersionNote(
        message=f"{publication.metadata['titles'][0]['title']}, version {release.version}",
        created=format_time(publication.begun.replace(microsecond=0)),
        user=publication.publisher.name,
        address=f"mailto:{publication.publisher.contact}",
    )
    object_id = archive_object_id(release)
    version = publication.archive.add(object_id, publication.folder, note)
    return {"object": object_id, "version": version}


def promote(publication: Publication) -> Outcome:
    """The version DOI can be found, and never be deleted, from here on."""
    record = publication.registry.make_findable(publication.release.doi)
    return {"state": record.state, "on": publication.now.date().isoformat()}


def update_concept(publication: Publication) -> Outcome:
    """The DOI of all versions names this one and leads to it."""
    _save_concept(publication)
    record = publication.registry.make_findable(publication.release.concept_doi)
    return {"doi": str(record.doi), "state": record.state}


def link_predecessor(publication: Publication) -> Outcome:
    """The metadata of the version before say that this one follows; its files stay as they are."""
    if publication.predecessor is None:
        return {"predecessor": None}
    record = publication.registry.fetch(publication.predecessor)
    if record is None:
        return _without_predecessor(publication)
    link = relation(publication.release.doi, "IsPreviousVersionOf")
    present = list(record.metadata.get("relatedIdentifiers", ()))
    if not any(_is_same_relation(link, other) for other in present):
        changed = {"relatedIdentifiers": [*present, link]}
        publication.registry.save(publication.predecessor, changed, record.url)
    return {"predecessor": str(publication.predecessor)}


STEPS = (
    Step("drafted", ReleaseState.DRAFTED, draft_dois),
    Step("archived", ReleaseState.ARCHIVED, archive_files),
    Step("promoted", ReleaseState.ARCHIVED, promote),
    Step("concept_updated", ReleaseState.ARCHIVED, update_concept),
    Step("predecessor_linked", ReleaseState.ARCHIVED, link_predecessor),
)


def archive_object_id(release: Release) -> str:
    """The id of the OCFL object; rehearsals have one of their own and never touch the real one."""
    if release.dry_run:
        return f"urn:icelines:rehearsal:{release.concept_doi}"
    return release.concept_doi.url


def _save_concept(publication: Publication) -> DoiRecord:
    release = publication.release
    url = landing_page(publication.public_url, None)
    versions = [*publication.earlier, release.doi]
    metadata = concept_metadata(publication.metadata, release.concept_doi, url, versions)
    record = publication.registry.save(release.concept_doi, metadata, url)
    _refuse_differences(metadata, record)
    return record


def _refuse_differences(wanted: Metadata, record: DoiRecord) -> None:
    wrong = list(differences(wanted, record.metadata))
    wrong += ["url"] if record.url != wanted["url"] else []
    if wrong:
        raise DepositFailed(
            f"was written, but reads back different in {', '.join(wrong)}.",
            where=str(record.doi),
            remedy="Compare it in DataCite Fabrica with datacite.json of the release.",
        )


def _without_predecessor(publication: Publication) -> Outcome:
    if publication.release.dry_run:
        return {"predecessor": None}
    raise DepositFailed(
        "is not registered, though it is on record as published.",
        where=str(publication.predecessor),
        remedy="Look for it in DataCite Fabrica.",
    )


def _is_same_relation(link: dict[str, str], other: dict[str, Any]) -> bool:
    return all(str(other.get(key, "")).lower() == value.lower() for key, value in link.items())
