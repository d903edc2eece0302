"""Which of several products of one acquisition is taken.

Archives hold a scene more than once: as it came and as a cloud-optimised copy, in near-real time
and later, reprocessed, with one polarisation and with two. Slices of one datatake are different
acquisitions here: they show different ground.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import takewhile

from catalog.scene import ProductName
from pipeline.discovery.candidate import Candidate

# Cut to seconds, the starts of two products of one slice may differ by one [belief]; the slices of
# a datatake follow each other by far more.
SAME_MOMENT_S = 2.0
# From the least to the best; what is not said counts least. ESA's values, our order.
TIMELINESS = ("", "NRT-10M", "NRT-1H", "NRT-3H", "FAST-24H", "OFF-LINE", "REPROCESSING")
USUAL_TYPE = {"EW": "GRDM", "IW": "GRDH"}
COPY_MARK = "_COG"  # of Copernicus Data Space, on cloud-optimised copies
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def is_same_acquisition(one: ProductName, other: ProductName) -> bool:
    """Whether two products show the same ground at the same time from the same satellite.

    A name that archives have cut is held against the parts that are left of it.
    """
    if (one.platform, one.mode) != (other.platform, other.mode):
        return False
    if one.datatake and other.datatake and one.datatake != other.datatake:
        return False
    return _close(one.start, other.start) and _close(one.end, other.end)


def preferred(candidates: Iterable[Candidate]) -> Candidate:
    """The best of several products of one acquisition; the first of equal ones."""
    return max(candidates, key=_rank)


def best_of_each_acquisition(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """One candidate for each acquisition, by start and name; the first of equal ones."""
    best = (preferred(group) for group in group_by_acquisition(candidates))
    return tuple(sorted(best, key=lambda c: (c.product.start, c.product.text)))


def group_by_acquisition(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """Candidates of one acquisition together, in the order in which they were given."""
    groups: list[list[Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: c.product.start):
        group = _group_of(candidate, groups)
        if group is None:
            groups.append([candidate])
        else:
            group.append(candidate)
    return groups


def _group_of(candidate: Candidate, groups: list[list[Candidate]]) -> list[Candidate] | None:
    recent = takewhile(
        lambda group: _close(group[0].product.start, candidate.product.start), reversed(groups)
    )
    product = candidate.product
    return next((g for g in recent if is_same_acquisition(g[0].product, product)), None)


def _rank(candidate: Candidate) -> tuple[int, bool, int, datetime, bool]:
    product = candidate.product
    return (
        len(product.polarisations),
        product.product_type == USUAL_TYPE.get(product.mode),
        _timeliness_rank(candidate.timeliness),
        candidate.processed or LONG_AGO,
        COPY_MARK not in candidate.item_id,
    )


def _timeliness_rank(text: str | None) -> int:
    name = (text or "").upper()
    return TIMELINESS.index(name) if name in TIMELINESS else 0


def _close(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return True
    return abs((one - other).total_seconds()) <= SAME_MOMENT_S
