"""How a release is cited: one record, written as text, BibTeX, RIS, CSL and CITATION.cff."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from catalog.publisher import Creator, Publisher
from catalog.release import Doi, Version

SIMULATED_MARK = " (contains simulated fronts, for demonstration only)"
KEYWORDS = ("Antarctica", "ice shelf", "calving front", "Sentinel-1", "SAR")


@dataclass(frozen=True, slots=True)
class Citation:
    """What every form of the citation is made from. `url` is the landing page."""

    title: str
    version: Version
    creators: tuple[Creator, ...]
    publisher: str
    licence: str
    doi: Doi
    concept_doi: Doi
    url: str
    abstract: str

    @property
    def text(self) -> str:
        names = "; ".join(creator.name for creator in self.creators)
        return (
            f"{names} ({self.version.year}): {self.title}, version {self.version}. "
            f"{self.publisher}. {self.doi.url}"
        )


def title_of(publisher: Publisher, has_simulated: bool) -> str:
    """The title of a release; it says where fronts are simulated."""
    return publisher.title + (SIMULATED_MARK if has_simulated else "")


def citation_document(citation: Citation) -> dict[str, Any]:
    """`citation.json`: the parts, and every form ready to copy."""
    return {
        "title": citation.title,
        "version": str(citation.version),
        "year": citation.version.year,
        "month": citation.version.month,
        "publisher": citation.publisher,
        "licence": citation.licence,
        "doi": str(citation.doi),
        "doi_url": citation.doi.url,
        "concept_doi": str(citation.concept_doi),
        "concept_doi_url": citation.concept_doi.url,
        "url": citation.url,
        "creators": [
            {
                "name": creator.name,
                "family_name": creator.family_name,
                "given_name": creator.given_name,
                "orcid": creator.orcid,
                "affiliation": creator.affiliation,
                "affiliation_ror": creator.affiliation_ror,
            }
            for creator in citation.creators
        ],
        "text": citation.text,
        "bibtex": bibtex(citation),
        "ris": ris(citation),
        "csl": csl(citation),
    }


def bibtex(citation: Citation) -> str:
    """A `@dataset` entry of BibLaTeX."""
    fields = {
        "author": " and ".join(creator.name for creator in citation.creators),
        "title": "{" + citation.title + "}",
        "version": str(citation.version),
        "year": str(citation.version.year),
        "month": str(citation.version.month),
        "publisher": citation.publisher,
        "doi": str(citation.doi),
        "url": citation.doi.url,
    }
    body = ",\n".join(f"  {name} = {{{_tex(value)}}}" for name, value in fields.items())
    key = "icelines_" + str(citation.version).replace(".", "_")
    return f"@dataset{{{key},\n{body}\n}}\n"


def ris(citation: Citation) -> str:
    """A record of type DATA."""
    lines = [
        "TY  - DATA",
        *(f"AU  - {creator.name}" for creator in citation.creators),
        f"TI  - {citation.title}",
        f"ET  - {citation.version}",
        f"PY  - {citation.version.year}",
        f"DA  - {citation.version.year}/{citation.version.month:02d}//",
        f"PB  - {citation.publisher}",
        f"DO  - {citation.doi}",
        f"UR  - {citation.doi.url}",
        "ER  - ",
    ]
    return "\r\n".join(lines) + "\r\n"


def csl(citation: Citation) -> dict[str, Any]:
    """An item of CSL-JSON."""
    return {
        "id": f"icelines-{citation.version}",
        "type": "dataset",
        "title": citation.title,
        "author": [{"family": c.family_name, "given": c.given_name} for c in citation.creators],
        "version": str(citation.version),
        "issued": {"date-parts": [[citation.version.year, citation.version.month]]},
        "publisher": citation.publisher,
        "DOI": str(citation.doi),
        "URL": citation.doi.url,
    }


def citation_cff(citation: Citation) -> str:
    """`CITATION.cff` 1.2.0; the version DOI goes first, as readers take the first they find."""
    identifiers = (
        (citation.doi, f"Version {citation.version}"),
        (citation.concept_doi, "All versions"),
    )
    lines = [
        "cff-version: 1.2.0",
        f"message: {_yaml('Please cite this version of the data set.')}",
        "type: dataset",
        f"title: {_yaml(citation.title)}",
        f"version: {_yaml(str(citation.version))}",
        f"doi: {_yaml(str(citation.doi))}",
        "identifiers:",
        *(
            f"  - type: doi\n    value: {_yaml(str(doi))}\n    description: {_yaml(words)}"
            for doi, words in identifiers
        ),
        f"url: {_yaml(citation.url)}",
        f"license: {_yaml(citation.licence)}",
        f"abstract: {_yaml(citation.abstract)}",
        "keywords:",
        *(f"  - {_yaml(word)}" for word in KEYWORDS),
        "authors:",
        *(_cff_author(creator) for creator in citation.creators),
    ]
    return "\n".join(lines) + "\n"


def _cff_author(creator: Creator) -> str:
    return (
        f"  - family-names: {_yaml(creator.family_name)}\n"
        f"    given-names: {_yaml(creator.given_name)}\n"
        f"    orcid: {_yaml(creator.orcid)}\n"
        f"    affiliation: {_yaml(creator.affiliation)}"
    )


def _yaml(text: str) -> str:
    # A JSON string is a YAML string, whatever is in it.
    return json.dumps(text, ensure_ascii=False)


TEX_SPECIALS = str.maketrans({"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_"})


def _tex(value: str) -> str:
    return value if value.startswith(("http", "10.")) else value.translate(TEX_SPECIALS)
