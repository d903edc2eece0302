"""From the content of a release to its folder of files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalog import atomic
from catalog.publisher import Publisher
from catalog.release import Doi, ReleaseFile, Version
from publish import manifest as manifests
from publish.citation import Citation, citation_cff, citation_document, title_of
from publish.content import FrozenContent
from publish.formats import geopackage, geoparquet, shapefile, stac_items, tables
from publish.formats.features import NOT_AN_OBSERVATION, Feature, features_of
from publish.licences import licence_text
from publish.manifest import MANIFEST, SHA256SUMS, FileText, Manifest
from publish.metadata import metadata_xml, refuse_invalid, version_metadata
from publish.notes import abstract_of, readme_text

README, LICENCE_FILE, CFF = "README.md", "LICENSE.txt", "CITATION.cff"
CITATION, DATACITE_JSON, DATACITE_XML = "citation.json", "datacite.json", "datacite.xml"
MARKDOWN, PLAIN, JSON, XML, YAML = (
    "text/markdown", "text/plain", "application/json", "application/xml", "application/yaml",
)  # fmt: skip

Follow = Callable[[Sequence[str]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Packaged:
    """A complete release folder; `files` are all of them, the manifest and the sums included."""

    manifest: Manifest
    files: tuple[ReleaseFile, ...]

    @property
    def manifest_sha256(self) -> str:
        return next(file.sha256 for file in self.files if file.path == MANIFEST)


def citation_of(content: FrozenContent, publisher: Publisher) -> Citation:
    """How the release will be cited, with the DOI that it is going to have."""
    return Citation(
        title=title_of(publisher, content.has_simulated),
        version=content.version,
        creators=publisher.creators,
        publisher=publisher.name,
        licence=publisher.licence,
        doi=Doi.of_version(publisher.doi_prefix, content.version),
        concept_doi=Doi.of_concept(publisher.doi_prefix),
        url=landing_page(publisher.public_url, content.version),
        abstract=abstract_of(content),
    )


def landing_page(public_url: str, version: Version | None) -> str:
    """Where the DOI of a version leads; None: that of the concept DOI."""
    return f"{public_url}/releases/{version or 'latest'}/"


def package(
    folder: Path,
    content: FrozenContent,
    publisher: Publisher,
    software: dict[str, str],
    follow: Follow = iter,
) -> Packaged:
    """Write all files into the empty `folder`; raises PackagingFailed.

    `follow` goes through the shelves and may show how far it is.
    """
    citation = citation_of(content, publisher)
    features = features_of(content.fronts, publisher, citation.concept_doi)
    texts = [*_write_whole(folder, content, features, publisher)]
    for shelf in follow(content.shelves):
        texts += _write_shelf(folder, shelf, features)
    texts += _write_words(folder, content, publisher, citation, texts)
    files = tuple(manifests.describe(folder, text) for text in sorted(texts, key=lambda t: t.path))
    return _seal(folder, content, publisher, citation, files, software)


def _write_whole(
    folder: Path, content: FrozenContent, features: tuple[Feature, ...], publisher: Publisher
) -> Iterable[FileText]:
    yield from _write_fronts(folder, "icelines", "all shelves", features)
    yield from _write_items(folder, content, publisher.public_url)
    if content.observations:
        tables.write_observations(folder / "icelines-observations.csv", content.observations)
        title = "What became of each acquisition: observed, gap or rejected, with the reason"
        yield FileText("icelines-observations.csv", title, tables.MEDIA_TYPE)


def _write_shelf(folder: Path, shelf: str, features: tuple[Feature, ...]) -> Iterable[FileText]:
    (folder / "shelves" / shelf).mkdir(parents=True)
    own = tuple(feature for feature in features if feature.front.shelf == shelf)
    return _write_fronts(folder, f"shelves/{shelf}/{shelf}", shelf, own)


def _write_fronts(
    folder: Path, stem: str, whose: str, features: tuple[Feature, ...]
) -> tuple[FileText, ...]:
    day, about = _last_day(features), _description(whose, features)
    geopackage.write_geopackage(folder / f"{stem}-fronts.gpkg", features, day, about)
    shapefile.write_zipped_shapefile(folder / f"{stem}-fronts-shapefile.zip", features, day, about)
    geoparquet.write_geoparquet(folder / f"{stem}-fronts.parquet", features)
    tables.write_areas(folder / f"{stem}-areas.csv", features)
    return (
        FileText(f"{stem}-fronts.gpkg", f"Fronts of {whose}, GeoPackage", geopackage.MEDIA_TYPE),
        FileText(
            f"{stem}-fronts-shapefile.zip", f"Fronts of {whose}, Shapefile", shapefile.MEDIA_TYPE
        ),
        FileText(f"{stem}-fronts.parquet", f"Fronts of {whose}, GeoParquet", geoparquet.MEDIA_TYPE),
        FileText(f"{stem}-areas.csv", f"Areas of {whose} in time, CSV", tables.MEDIA_TYPE),
    )


def _last_day(features: tuple[Feature, ...]) -> date:
    # The date in a file is that of its newest line: a shelf without news keeps its bytes.
    return max(feature.front.end for feature in features).date()


def _description(whose: str, features: tuple[Feature, ...]) -> str:
    simulated = any(feature.row["origin"] == "simulated" for feature in features)
    mark = f" Contains simulated lines. {NOT_AN_OBSERVATION}." if simulated else ""
    return f"IceLines: ice-shelf fronts of {whose}, EPSG:3031.{mark}"


def _write_items(folder: Path, content: FrozenContent, public_url: str) -> Iterable[FileText]:
    groups = {"fronts": [released.stored for released in content.fronts]}
    for stored in content.inputs:
        groups.setdefault(stored.collection, []).append(stored)
    for name, group in groups.items():
        path = f"items-{name}.parquet"
        stac_items.write_stac_geoparquet(folder / path, group, public_url)
        yield FileText(path, f"STAC items: {name}, stac-geoparquet", stac_items.MEDIA_TYPE)


def _write_words(
    folder: Path,
    content: FrozenContent,
    publisher: Publisher,
    citation: Citation,
    data_files: list[FileText],
) -> tuple[FileText, ...]:
    metadata = version_metadata(content, publisher, citation, (f.media_type for f in data_files))
    refuse_invalid(metadata)
    texts = (
        FileText(README, "What this is and how to use it", MARKDOWN),
        FileText(LICENCE_FILE, "Licences and attributions", PLAIN),
        FileText(CFF, "Citation File Format", YAML),
        FileText(CITATION, "Citation as text, BibTeX, RIS and CSL", JSON),
        FileText(DATACITE_JSON, "DataCite metadata 4.5, JSON", JSON),
        FileText(DATACITE_XML, "DataCite metadata, XML", XML),
    )
    words = {
        README: readme_text(content, publisher, citation, (*texts, *data_files)),
        LICENCE_FILE: licence_text(
            publisher, content.sources, content.years, has_simulated=content.has_simulated
        ),
        CFF: citation_cff(citation),
        CITATION: _json(citation_document(citation)),
        DATACITE_JSON: _json(metadata),
        DATACITE_XML: metadata_xml(metadata),
    }
    for name, text in words.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return texts


def _seal(
    folder: Path,
    content: FrozenContent,
    publisher: Publisher,
    citation: Citation,
    files: tuple[ReleaseFile, ...],
    software: dict[str, str],
) -> Packaged:
    manifest = manifests.build_manifest(
        content, publisher, citation.doi, citation.concept_doi, files, software
    )
    atomic.write_bytes(folder / MANIFEST, manifests.manifest_bytes(manifest))
    own = manifests.describe(folder, FileText(MANIFEST, "SHA-256 of every record and file", JSON))
    atomic.write_text(folder / SHA256SUMS, manifests.sums_text((*files, own)))
    sums = manifests.describe(folder, FileText(SHA256SUMS, "For sha256sum -c", PLAIN))
    return Packaged(manifest, (*files, own, sums))


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
