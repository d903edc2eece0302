"""Where imported fronts come from: licence, citation and DOI travel with each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.errors import InvalidName

SOURCE_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,39}")


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


KNOWN_SOURCES = {
    source.name: source
    for source in (
        Source(
            name="greene2022",
            title="Antarctic coastlines 1997-2021",
            citation=(
                "Greene, C. A., Gardner, A. S., Schlegel, N.-J. & Fraser, A. D. (2022): "
                "Antarctic calving loss rivals ice-shelf thinning. Nature 609, 948-953."
            ),
            licence="MIT",
            doi="10.1038/s41586-022-05037-w",
            provider="Chad A. Greene and co-authors",
        ),
        Source(
            name="icelines-dlr",
            title="IceLines: Antarctic ice shelf fronts",
            citation=(
                "Baumhoer, C. A., Dietz, A. J., Heidler, K. & Kuenzer, C. (2023): IceLines - A new "
                "data set of Antarctic ice shelf front positions. Scientific Data 10, 138."
            ),
            licence="CC-BY-4.0",
            doi="10.1038/s41597-023-02045-x",
            provider="German Aerospace Center (DLR)",
        ),
        Source(
            name="cobra",
            title="COBRA inference results on Antarctic fronts, June 2018",
            citation=(
                "Heidler, K., Mou, L., Loebel, E., Scheinert, M., Lefèvre, S. & Zhu, X. X. (2023): "
                "A Deep Active Contour Model for Delineating Glacier Calving Fronts. "
                "IEEE Transactions on Geoscience and Remote Sensing 61."
            ),
            licence="MIT",
            doi="10.1109/TGRS.2023.3296539",
            provider="Konrad Heidler and co-authors",
        ),
    )
}
