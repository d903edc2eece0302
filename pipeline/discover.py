"""Step: the scenes of one part and month that an archive offers.

The archive is asked by boxes of longitude and latitude; what comes back is tested here, by the
product's name and by its outline against the part's region in EPSG:3031.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from catalog.release import Month
from catalog.scene import ProductName
from catalog.shelf import Part
from pipeline.discovery.archives import Archive
from pipeline.discovery.candidate import Candidate
from pipeline.discovery.reading import item_name, read_item
from pipeline.discovery.refusal import RefusedItem, Unusable
from pipeline.discovery.regions import query_boxes
from pipeline.discovery.session import Question
from pipeline.errors import ArchiveError

# An archive may file a scene under its middle or its end.
AROUND_MONTH = timedelta(minutes=10)


class AskedArchive(Protocol):
    """An archive that answers questions."""

    @property
    def archive(self) -> Archive: ...

    def items(self, question: Question) -> list[Any]:
        """Every item of the answer; raises ArchiveError."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scenes are looked for. No platform named: all of them."""

    month: Month
    modes: tuple[str, ...]
    product_types: tuple[str, ...]
    platforms: tuple[str, ...] = ()

    def includes(self, product: ProductName) -> bool:
        return (
            (product.start.year, product.start.month) == (self.month.year, self.month.month)
            and product.mode in self.modes
            and product.product_type in self.product_types
            and (not self.platforms or product.platform in self.platforms)
        )

    @property
    def start(self) -> datetime:
        return datetime.combine(self.month.first_day, time(), UTC)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.month.following.first_day, time(), UTC)


@dataclass(frozen=True, slots=True)
class PartFinding:
    """What was found for one part: candidates, and items that could not be used."""

    part: str
    candidates: tuple[Candidate, ...]
    refused: tuple[RefusedItem, ...]


@dataclass(frozen=True, slots=True)
class PartFailure:
    """A part that could not be searched to the end."""

    part: str
    fault: str


def find_candidates(asked: AskedArchive, part: Part, wanted: Wanted) -> PartFinding:
    """Candidates whose outline meets the part's region, every offer of a scene among them.

    Raises ArchiveError where the answer is not complete.
    """
    candidates: dict[str, Candidate] = {}
    refused: dict[str, RefusedItem] = {}
    for item in _answers(asked, part, wanted):
        try:
            candidate = _candidate(item, asked.archive, part, wanted)
        except Unusable as fault:
            refused[item_name(item)] = RefusedItem(item_name(item), str(fault))
        else:
            if candidate is not None:
                candidates[candidate.item_id] = candidate
    found = sorted(candidates.values(), key=lambda c: (c.product.start, c.item_id))
    return PartFinding(part.name, tuple(found), tuple(refused.values()))


def _answers(asked: AskedArchive, part: Part, wanted: Wanted) -> Iterator[Any]:
    for box in query_boxes(part.region):
        start, end = wanted.start - AROUND_MONTH, wanted.end + AROUND_MONTH
        yield from asked.items(Question(box, start, end, wanted.modes))


def _candidate(item: Any, archive: Archive, part: Part, wanted: Wanted) -> Candidate | None:
    read = read_item(item, archive)
    if read is None or not wanted.includes(read.candidate.product):
        return None
    return read.candidate if part.region.intersects(read.outline) else None


def find_for_parts(
    asked: AskedArchive, parts: Iterable[Part], wanted: Wanted, most_failures: int
) -> Iterator[PartFinding | PartFailure]:
    """One part after the other; after `most_failures` in a row the others are not tried."""
    failures = 0
    for part in parts:
        if failures >= most_failures:
            yield PartFailure(part.name, f"{part.name}: not searched, the archive had failed.")
            continue
        try:
            yield find_candidates(asked, part, wanted)
            failures = 0
        except ArchiveError as error:
            failures += 1
            yield PartFailure(part.name, f"{part.name}: {error}")
