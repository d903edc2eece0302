"""What DataCite is told of a release, and of all releases together.

Made for the JSON schema 4.5 (the newest that the package `datacite` brings); the XML of it is
valid under kernel 4.7 as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalog.publisher import Creator, Publisher
from catalog.release import Doi, Version
from publish.citation import KEYWORDS, Citation
from publish.content import FrozenContent
from publish.errors import PackagingFailed
from publish.licences import licence_address, licence_name
from publish.notes import counted_events

SCHEMA = "http://datacite.org/schema/kernel-4"
ORCID, ROR = "https://orcid.org", "https://ror.org"
Metadata = dict[str, Any]


def version_metadata(
    content: FrozenContent, publisher: Publisher, citation: Citation, formats: Iterable[str]
) -> Metadata:
    """The metadata of one version, with its DOI and those of its relatives."""
    fronts, shelves, events = len(content.fronts), len(content.shelves), len(content.events)
    return {
        "doi": str(citation.doi),
        "url": citation.url,
        "schemaVersion": SCHEMA,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Ice-shelf fronts"},
        "creators": [_creator(creator) for creator in citation.creators],
        "titles": [{"title": citation.title}],
        "publisher": _publisher(publisher),
        "publicationYear": str(content.version.year),
        "subjects": [{"subject": word} for word in KEYWORDS],
        "dates": [
            {"date": issue_month(content.version), "dateType": "Issued"},
            {"date": f"{content.first_day}/{content.last_day}", "dateType": "Collected"},
        ],
        "language": "en",
        "relatedIdentifiers": _relations(content, citation),
        "sizes": [
            f"{fronts} fronts of {shelves} ice shelves",
            *([counted_events(events)] if events else []),
        ],
        "formats": sorted(set(formats)),
        "version": str(content.version),
        "rightsList": _rights(content, publisher),
        "descriptions": [{"description": citation.abstract, "descriptionType": "Abstract"}],
        "geoLocations": [
            {
                "geoLocationPlace": "Antarctica",
                "geoLocationBox": {
                    "westBoundLongitude": -180,
                    "eastBoundLongitude": 180,
                    "southBoundLatitude": -90,
                    "northBoundLatitude": -60,
                },
            }
        ],
    }


def concept_metadata(newest: Metadata, concept: Doi, url: str, versions: list[Doi]) -> Metadata:
    """The metadata of all versions together, from those of the newest one."""
    own = {"IsVersionOf", "IsNewVersionOf", "IsPreviousVersionOf", "HasVersion"}
    kept = [r for r in newest["relatedIdentifiers"] if r["relationType"] not in own]
    described = newest["descriptions"][0]["description"]
    every = "This DOI stands for all versions and leads to the newest one. "
    metadata = {
        **newest,
        "doi": str(concept),
        "url": url,
        "relatedIdentifiers": [*(relation(doi, "HasVersion") for doi in versions), *kept],
        "dates": [d for d in newest["dates"] if d["dateType"] != "Issued"],
        "descriptions": [{"description": every + described, "descriptionType": "Abstract"}],
    }
    del metadata["version"]
    return metadata


def relation(doi: Doi | str, kind: str) -> dict[str, str]:
    """One entry of `relatedIdentifiers`."""
    return {
        "relatedIdentifier": str(doi),
        "relatedIdentifierType": "DOI",
        "relationType": kind,
    }


def issue_month(version: Version) -> str:
    return f"{version.year:04d}-{version.month:02d}"


def refuse_invalid(metadata: Metadata) -> None:
    """Check against the JSON schema 4.5; raises PackagingFailed with the first faults."""
    from datacite import schema45

    faults = [f"{e.json_path}: {e.message}" for e in schema45.validator.iter_errors(metadata)]
    if faults:
        raise PackagingFailed(
            f"is no DataCite 4.5 metadata: {'; '.join(faults[:3])}.",
            where=metadata.get("doi", "metadata"),
            remedy="Check publisher.toml: every creator and the publisher need all their values.",
        )


def metadata_xml(metadata: Metadata) -> str:
    """The same as XML of the kernel."""
    from datacite import schema45

    xml: str = schema45.tostring(metadata)
    return xml


def _creator(creator: Creator) -> dict[str, Any]:
    return {
        "name": creator.name,
        "nameType": "Personal",
        "givenName": creator.given_name,
        "familyName": creator.family_name,
        "nameIdentifiers": [
            {
                "nameIdentifier": creator.orcid,
                "nameIdentifierScheme": "ORCID",
                "schemeUri": ORCID,
            }
        ],
        "affiliation": [
            {
                "name": creator.affiliation,
                "affiliationIdentifier": creator.affiliation_ror,
                "affiliationIdentifierScheme": "ROR",
                "schemeUri": ROR,
            }
        ],
    }


def _publisher(publisher: Publisher) -> dict[str, str]:
    return {
        "name": publisher.name,
        "publisherIdentifier": publisher.ror,
        "publisherIdentifierScheme": "ROR",
        "schemeUri": ROR,
    }


def _relations(content: FrozenContent, citation: Citation) -> list[dict[str, str]]:
    relations = [relation(citation.concept_doi, "IsVersionOf")]
    if content.predecessor is not None:
        relations.append(relation(content.predecessor.doi, "IsNewVersionOf"))
    sources = [relation(s.doi, "IsDerivedFrom") for s in content.sources if s.doi]
    return relations + sources


def _rights(content: FrozenContent, publisher: Publisher) -> list[dict[str, str]]:
    spdx = [publisher.licence, *(source.licence for source in content.sources)]
    return [_right(name) for name in dict.fromkeys(spdx)]


def _right(spdx: str) -> dict[str, str]:
    address = licence_address(spdx)
    if address is None:
        return {"rights": "As named in each feature"}
    return {
        "rights": licence_name(spdx),
        "rightsUri": address,
        "rightsIdentifier": spdx.lower(),
        "rightsIdentifierScheme": "SPDX",
        "schemeUri": "https://spdx.org/licenses/",
    }
