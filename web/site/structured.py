"""What machines read on a landing page: schema.org as JSON-LD, and typed links (FAIR Signposting).

`"@context": {"@vocab": ...}` inline: a context by address would have to be fetched to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from markupsafe import Markup

from catalog.publisher import Creator
from catalog.release import ReleaseFile, ReleaseState
from web.site.content import Citation, ReleaseContent
from web.site.words import NOT_KNOWN, count

LICENCE_URLS = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
SOUTH_OF_60 = {
    "@type": "Place",
    "name": "Antarctica",
    "geo": {"@type": "GeoShape", "box": "-90 -180 -60 180"},
}
DESCRIBING = ("datacite.json", "datacite.xml", "iso19139.xml", "ro-crate-metadata.json")


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A `<link>`: relation, address, media type."""

    relation: str
    href: str
    media_type: str | None = None


def licence_url(spdx: str) -> str:
    return LICENCE_URLS.get(spdx, f"https://spdx.org/licenses/{spdx}.html")


def is_citable(content: ReleaseContent) -> bool:
    """Whether the DOI of a release leads anywhere: it was published, and not as a dry run."""
    release = content.release
    has_doi = release.state in (ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN)
    return has_doi and not release.dry_run


def json_ld(content: ReleaseContent, page_url: str | None) -> Markup:
    """A schema.org Dataset, safe inside a `<script>`."""
    document = {key: value for key, value in _dataset(content, page_url).items() if value}
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    # `</script>` or `<!--` in a title would end the block: JSON lets every `<` be escaped.
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704 - escaped in the line above


def signposts(content: ReleaseContent, files_root: str) -> list[TypedLink]:
    """cite-as, type, licence, authors, metadata and files; hrefs of files start at `files_root`."""
    release = content.release
    links = [
        TypedLink("type", "https://schema.org/Dataset"),
        TypedLink("type", "https://schema.org/AboutPage"),
        TypedLink("license", licence_url(content.citation.licence)),
    ]
    if is_citable(content):
        links.insert(0, TypedLink("cite-as", release.doi.url))
    if content.citation.is_filled_in:
        links += [TypedLink("author", c.orcid) for c in content.citation.creators]
    for file in content.offered:
        relation = "describedby" if file.path.rsplit("/", 1)[-1] in DESCRIBING else "item"
        links.append(TypedLink(relation, files_root + file.path, file.media_type))
    return links


def _dataset(content: ReleaseContent, page_url: str | None) -> dict[str, Any]:
    release, citation = content.release, content.citation
    identifier = release.doi.url if is_citable(content) else page_url
    return {
        "@context": {"@vocab": "http://schema.org/"},
        "@type": "Dataset",
        "@id": identifier,
        "identifier": identifier,
        "url": page_url,
        "name": citation.title,
        "description": _description(content),
        "version": content.version,
        "isAccessibleForFree": True,
        "inLanguage": "en",
        **(_people(citation) if citation.is_filled_in else {}),
        "license": licence_url(citation.licence),
        "datePublished": release.published_on.isoformat() if release.published_on else None,
        "temporalCoverage": _coverage(content),
        "spatialCoverage": SOUTH_OF_60,
        "keywords": ["Antarctica", "ice shelf", "calving front", "Sentinel-1"],
        "creditText": content.attribution,
        "isBasedOn": [source.citation for source in content.sources],
        "distribution": [_download(file, page_url) for file in content.offered],
    }


def _description(content: ReleaseContent) -> str:
    simulated = " Contains simulated fronts." if content.release.has_simulated else ""
    events = f" With {count(content.calving_events, 'calving event')} between them."
    return (
        f"Dated front lines of Antarctic ice shelves: {content.fronts} fronts of "
        f"{content.shelves} shelves with data to {content.release.cut_off}, each with its "
        f"status and what it was made from.{events if content.calving_events else ''}{simulated}"
    )


def _coverage(content: ReleaseContent) -> str | None:
    return f"{content.first_day}/{content.last_day}" if content.first_day else None


def _people(citation: Citation) -> dict[str, Any]:
    return {
        "creator": [_person(creator) for creator in citation.creators],
        "publisher": {"@type": "Organization", "name": citation.publisher},
    }


def _person(creator: Creator) -> dict[str, Any]:
    return {
        "@type": "Person",
        "@id": creator.orcid,
        "givenName": creator.given_name,
        "familyName": creator.family_name,
        "name": f"{creator.given_name} {creator.family_name}",
        "affiliation": {
            "@type": "Organization",
            "@id": creator.affiliation_ror,
            "name": creator.affiliation or NOT_KNOWN,
        },
    }


def _download(file: ReleaseFile, page_url: str | None) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": file.title,
        "contentUrl": f"{page_url or ''}files/{file.path}",
        "encodingFormat": file.media_type,
        "contentSize": f"{file.size_bytes} B",
        "sha256": file.sha256,
    }
