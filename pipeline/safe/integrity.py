"""What a product's manifest and name say, held against its files: notes for the lineage."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import PurePosixPath

from catalog.scene import ProductName
from pipeline.safe.annotation import Annotation
from pipeline.safe.contents import Contents, polarisation_in_name
from pipeline.safe.manifest import ListedFile, Manifest

SAME_START_S = 2.0  # names give whole seconds


def checksum_notes(contents: Contents, manifest: Manifest) -> tuple[str, ...]:
    """Metadata files whose MD5 is not the listed one; renamed files may have any listed one."""
    listed = {file.name: file.md5 for file in manifest.files if file.md5 is not None}
    if not listed:
        return ()
    documents = [document for kind in contents.documents.values() for document in kind]
    return tuple(
        f"{document.name}: is not as the manifest lists it (MD5)"
        for document in documents
        if not _is_listed(document.name, document.content, listed)
    )


def _is_listed(name: str, content: bytes, listed: dict[str, str]) -> bool:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return digest == listed[name] if name in listed else digest in listed.values()


def size_notes(contents: Contents, manifest: Manifest) -> tuple[str, ...]:
    """Measurements of another size than listed: truncated, or rewritten by an archive."""
    notes = []
    for name, size in contents.measurements.items():
        listed = _listed_measurement(name, manifest)
        if listed is not None and listed.size_bytes not in (None, size):
            notes.append(f"{name}: has {size} bytes, the manifest lists {listed.size_bytes}")
    return tuple(notes)


def _listed_measurement(name: str, manifest: Manifest) -> ListedFile | None:
    same = [file for file in manifest.files if file.name == name]
    alike = same or [
        file
        for file in manifest.files
        if PurePosixPath(file.name).suffix.lower() in (".tif", ".tiff")
        and polarisation_in_name(file.name) == polarisation_in_name(name)
    ]
    return alike[0] if len(alike) == 1 else None


def name_notes(name: ProductName | None, annotation: Annotation) -> tuple[str, ...]:
    """What the product's name says against its annotation. What the files say is used."""
    if name is None:
        return ("the product's name is not known",)
    start = annotation.epoch + timedelta(seconds=annotation.start_s)
    claims = (
        ("platform", name.platform, f"sentinel-1{annotation.platform[-1].lower()}"),
        ("mode", name.mode, annotation.mode),
        ("orbit", name.absolute_orbit, annotation.absolute_orbit),
        ("data take", name.datatake, f"{annotation.datatake:06X}"),
    )
    notes = [
        f"named for {what} {named}, but its files say {said}"
        for what, named, said in claims
        if named not in (None, said)
    ]
    if abs((name.start - start).total_seconds()) > SAME_START_S:
        notes.append(f"named for {name.start:%FT%T}, but its files start at {start:%FT%T}")
    return tuple(notes)
