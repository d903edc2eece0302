"""Where imported fronts come from: licence, citation and DOI travel with each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.errors import InputError, InvalidName

SOURCE_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,39}")
NEEDED = ("title", "citation", "licence")


@dataclass(frozen=True, slots=True)
class Source:
    """A data set of somebody else's.

    `name` is the short form used in item ids (`greene2022`); `licence` an SPDX expression or
    `other`; `doi` without resolver.
    """

    name: str
    title: str
    citation: str
    licence: str
    doi: str | None = None
    provider: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if not SOURCE_PATTERN.fullmatch(self.name):
            raise InvalidName(
                f"{self.name!r} is no source name.",
                remedy="Use 2 to 40 small letters, digits and hyphens, such as greene2022.",
            )


# Only what was read in the data sets themselves or beside them; `other` where no licence is known.
KNOWN_SOURCES = {
    source.name: source
    for source in (
        Source(
            name="greene2022",
            title="Antarctic coastlines 1997-2021, cut to ice shelves",
            citation=(
                "Greene et al. (2022), doi:10.1038/s41586-022-05037-w: annual Antarctic "
                "coastlines, cut to ice shelves with the regions of MPAS geometric_features."
            ),
            licence="MIT",
            doi="10.1038/s41586-022-05037-w",
            provider="Chad A. Greene",
        ),
        Source(
            name="icelines-dlr",
            title="IceLines: fronts of Antarctic ice shelves",
            citation=(
                "Baumhoer et al. (2023): Scientific Data 10, 138, doi:10.1038/s41597-023-02045-x."
            ),
            licence="other",
            doi="10.1038/s41597-023-02045-x",
            provider="DLR",
        ),
        Source(
            name="cobra",
            title="Antarctic fronts predicted from Sentinel-1, June 2018",
            citation="khdlr/COBRA: inference results, fronts from Sentinel-1 EW HH, June 2018.",
            licence="MIT",
            provider="khdlr/COBRA",
        ),
    )
}


def source_named(name: str, described: Mapping[str, str | None]) -> Source:
    """The known source `name` with what `described` changes, or a new one; raises InputError.

    `described` holds title, citation, licence, doi, provider and url, None where not given.
    """
    given = {field: text for field, text in described.items() if text}
    if name in KNOWN_SOURCES:
        return replace(KNOWN_SOURCES[name], **given)
    missing = [field for field in NEEDED if field not in given]
    if missing:
        raise InputError(
            f"{name!r} is no known source ({', '.join(sorted(KNOWN_SOURCES))}).",
            remedy=f"Describe it with {', '.join(f'--{field}' for field in missing)}.",
        )
    return Source(name, given.pop("title"), given.pop("citation"), given.pop("licence"), **given)
