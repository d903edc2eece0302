"""From the content of a release to its folder of files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalog import atomic
from catalog.canonical import canonical_json
from catalog.prov import prov_document
from catalog.publisher import Publisher
from catalog.release import Doi, ReleaseFile, Version
from publish import manifest as manifests
from publish.citation import Citation, citation_cff, citation_document, title_of
from publish.content import FrozenContent
from publish.formats import geopackage, geoparquet, shapefile, stac_items, tables
from publish.formats.event_features import EventFeature, event_features_of
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


@dataclass(frozen=True, slots=True)
class Layers:
    """What one set of data files holds, of all shelves or of one."""

    fronts: tuple[Feature, ...]
    events: tuple[EventFeature, ...]

    def of_shelf(self, shelf: str) -> Layers:
        return Layers(
            tuple(one for one in self.fronts if one.front.shelf == shelf),
            tuple(one for one in self.events if one.event.shelf == shelf),
        )


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
    whole = Layers(
        features_of(content.fronts, publisher, citation.concept_doi),
        event_features_of(content, publisher, citation.concept_doi),
    )
    texts = [*_write_whole(folder, content, whole, publisher)]
    for shelf in follow(content.shelves):
        texts += _write_shelf(folder, shelf, whole)
        texts.append(_write_provenance(folder, shelf, content))
    texts += _write_words(folder, content, publisher, citation, texts)
    files = tuple(manifests.describe(folder, text) for text in sorted(texts, key=lambda t: t.path))
    return _seal(folder, content, publisher, citation, files, software)


def _write_whole(
    folder: Path, content: FrozenContent, layers: Layers, publisher: Publisher
) -> Iterable[FileText]:
    yield from _write_layers(folder, "icelines", "all shelves", layers)
    yield from _write_items(folder, content, publisher.public_url)
    if content.observations:
        tables.write_observations(folder / "icelines-observations.csv", content.observations)
        title = "What became of each acquisition: observed, gap or rejected, with the reason"
        yield FileText("icelines-observations.csv", title, tables.MEDIA_TYPE)


def _write_shelf(folder: Path, shelf: str, layers: Layers) -> Iterable[FileText]:
    (folder / "shelves" / shelf).mkdir(parents=True)
    return _write_layers(folder, f"shelves/{shelf}/{shelf}", shelf, layers.of_shelf(shelf))


def _write_layers(folder: Path, stem: str, whose: str, layers: Layers) -> Iterable[FileText]:
    yield from _write_fronts(folder, stem, whose, layers)
    if layers.events:
        yield from _write_events(folder, stem, whose, layers.events)


def _write_fronts(folder: Path, stem: str, whose: str, layers: Layers) -> Iterable[FileText]:
    features, events = layers.fronts, layers.events
    day, about = _last_day(features), _description(whose, features)
    what = "Fronts and calving events" if events else "Fronts"
    path = f"{stem}-fronts.gpkg"
    geopackage.write_geopackage(folder / path, features, day, about, events)
    yield FileText(path, f"{what} of {whose}, GeoPackage", geopackage.MEDIA_TYPE)
    path = f"{stem}-fronts-shapefile.zip"
    shapefile.write_zipped_shapefile(folder / path, features, day, about, events)
    yield FileText(path, f"{what} of {whose}, Shapefile", shapefile.MEDIA_TYPE)
    path = f"{stem}-fronts.parquet"
    geoparquet.write_geoparquet(folder / path, features)
    yield FileText(path, f"Fronts of {whose}, GeoParquet", geoparquet.MEDIA_TYPE)
    path = f"{stem}-areas.csv"
    tables.write_areas(folder / path, features)
    yield FileText(path, f"Areas of {whose} in time, CSV", tables.MEDIA_TYPE)


def _write_events(
    folder: Path, stem: str, whose: str, events: tuple[EventFeature, ...]
) -> Iterable[FileText]:
    path = f"{stem}-calving-events.parquet"
    geoparquet.write_events_geoparquet(folder / path, events)
    yield FileText(path, f"Calving events of {whose}, GeoParquet", geoparquet.MEDIA_TYPE)
    path = f"{stem}-calving-events.csv"
    tables.write_events(folder / path, events)
    yield FileText(path, f"Calving events of {whose}, CSV", tables.MEDIA_TYPE)


def _last_day(features: tuple[Feature, ...]) -> date:
    # The date in a file is that of its newest line: a shelf without news keeps its bytes.
    return max(feature.front.end for feature in features).date()


def _description(whose: str, features: tuple[Feature, ...]) -> str:
    simulated = any(feature.row["origin"] == "simulated" for feature in features)
    mark = f" Contains simulated lines. {NOT_AN_OBSERVATION}." if simulated else ""
    return f"IceLines: ice-shelf fronts of {whose}, EPSG:3031.{mark}"


def _write_items(folder: Path, content: FrozenContent, public_url: str) -> Iterable[FileText]:
    groups = {"fronts": [released.stored for released in content.fronts]}
    for stored in (*(one.stored for one in content.events), *content.inputs):
        groups.setdefault(stored.collection, []).append(stored)
    for name, group in groups.items():
        path = f"items-{name}.parquet"
        stac_items.write_stac_geoparquet(folder / path, group, public_url)
        yield FileText(path, f"STAC items: {name}, stac-geoparquet", stac_items.MEDIA_TYPE)


def _write_provenance(folder: Path, shelf: str, content: FrozenContent) -> FileText:
    fronts = [one.stored for one in content.of_shelf(shelf)]
    events = [one.stored for one in content.events if one.event.shelf == shelf]
    path = f"shelves/{shelf}/{shelf}-provenance.json"
    (folder / path).write_bytes(canonical_json(prov_document([*fronts, *events])))
    return FileText(path, f"What made the records of {shelf}, and who judged: PROV-JSON", JSON)


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
