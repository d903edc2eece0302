"""What the check says of real fronts, in a workspace that is thrown away.

python -m benchmarks.checking.real ../shared/data/fronts/greene2022_fronts_epsg3031.gpkg
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from catalog.front import Front, Reason, Status
from catalog.importing.read import ReadOptions
from catalog.importing.run import import_fronts
from catalog.query import FrontFilter
from catalog.settings import load_settings
from catalog.source import KNOWN_SOURCES
from catalog.store import CatalogStore
from pipeline.check import check_series
from pipeline.checking.profile import profile_of
from pipeline.checking.rules import CheckRules
from pipeline.checking.verdict import Verdict

SOURCE = "greene2022"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checking.real", description=__doc__)
    parser.add_argument("path", type=Path)
    chosen = parser.parse_args(arguments)
    statuses: Counter[str] = Counter()
    print("| front | what the check says | beside the fronts before and after |")
    print("|---|---|---|")
    for series in _imported(chosen.path):
        verdicts = check_series(series, CheckRules())
        statuses.update(str(verdict.status) for verdict in verdicts)
        for row in flags_of(series, verdicts):
            print(row)
    print(f"\n{dict(statuses)}")


def flags_of(series: Sequence[Front], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A row for each front that goes to review, or falls apart."""
    distance_m = profile_of(series).distance_m
    for at, (front, verdict) in enumerate(zip(series, verdicts, strict=True)):
        if verdict.status is Status.IN_REVIEW or Reason.DISINTEGRATION in verdict.reasons:
            beside = np.stack(
                [distance_m[max(at - 1, 0)], distance_m[min(at + 1, len(series) - 1)]]
            )
            reasons = ", ".join(str(reason).replace("_", " ") for reason in verdict.reasons)
            where = _aside_words(distance_m[at] - beside.mean(axis=0))
            yield f"| {front.unit} {front.start:%Y-%m-%d} | {reasons} | {where} |"


def _aside_words(aside_m: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    known = aside_m[~np.isnan(aside_m)]
    beyond = known[np.abs(known) > CheckRules().local_tolerance_m]
    if not len(beyond):
        return "nothing to compare with" if not len(known) else "hardly any difference"
    side = "ahead" if np.median(beyond) > 0 else "behind"
    return (
        f"{len(beyond) / len(known):.0%} of the front by {np.median(np.abs(beyond)) / 1000:.1f} km "
        f"(median), mostly {side}"
    )


def _imported(path: Path) -> Iterator[list[Front]]:
    with TemporaryDirectory() as folder, CatalogStore.open(load_settings(Path(folder))) as store:
        import_fronts(path, KNOWN_SOURCES[SOURCE], ReadOptions(), store)
        for unit in store.units_with_fronts():
            yield store.fronts(FrontFilter(units=(unit,)))


if __name__ == "__main__":
    main()
