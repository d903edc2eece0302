"""Known icebergs beside the calving events of the annual fronts of Greene et al. 2022.

`python -m benchmarks.known_calvings FRONTS.gpkg` prints the table of docs/calving.md. Areas of
icebergs are those that were published when they calved; where only length and width were, their
product is an upper bound of the area.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catalog.calving import CalvingEvent
from catalog.front import Front
from catalog.importing.read import ReadOptions, read_fronts
from catalog.source import KNOWN_SOURCES
from catalog.vanished_shelves import find_charted_unit
from pipeline.calving_events import find_events
from pipeline.sightings import Sighting

SOURCE = KNOWN_SOURCES["greene2022"]
NO_DIGEST = "0" * 64  # nothing is recorded here


@dataclass(frozen=True, slots=True)
class KnownIceberg:
    """A published calving: `km2`, whether that is a length times a width, and where it stands.

    `composite_after` is the first composite that shows it, where its nominal date lies on the
    wrong side of the calving: a composite is made of images from months around its date.
    """

    names: str
    unit: str
    calved: datetime
    km2: float
    is_box: bool
    citation: str
    composite_after: datetime | None = None

    @property
    def moment(self) -> datetime:
        """A moment inside the interval in which the composites must show it."""
        return self.composite_after or self.calved


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


KNOWN = (
    KnownIceberg(
        "A-38", "Ronne", _day("1998-10-13"), 7_124.5, False,
        "2750.8 square miles: NOAA 98-69, 15 October 1998",
    ),
    KnownIceberg(
        "B-15, B-16", "EasternRoss", _day("2000-03-17"), 11_464.0, False,
        "10,915 km2 and 20 x 8 NM: US National Ice Center, 23 March 2000",
        composite_after=_day("2000-03-14"),
    ),
    KnownIceberg(
        "A-43A, A-43B, A-44", "Ronne", _day("2000-05-04"), 10_404.0, True,
        "168 x 33, 84 x 35 and 60 x 32 km: NOAA 2000-044, 10 May 2000",
    ),
    KnownIceberg(
        "B-21", "PineIsland", _day("2001-11-12"), 700.0, False,
        "about 700 km2: Australian Antarctic Magazine 3, 2002",
        composite_after=_day("2001-03-15"),
    ),
    KnownIceberg(
        "Larsen B", "LarsenB", _day("2002-03-07"), 4_046.0, False,
        "3,250 km2 by 7 March 2002: NSIDC, and 796 more by April 2003, which the composite of "
        "2002.2 already lacks: Rack and Rott 2004",
    ),
    KnownIceberg(
        "C-19", "WesternRoss", _day("2002-05-11"), 6_070.0, True,
        "199 x 30.5 km: NSF, 23 May 2002 (larger than 5,500 km2: NASA)",
    ),
    KnownIceberg(
        "B-31", "PineIsland", _day("2013-11-10"), 720.0, False,
        "720 km2 on 8 July 2013: DLR and AWI, TerraSAR-X",
    ),
    KnownIceberg(
        "(July 2015)", "PineIsland", _day("2015-07-31"), 583.0, False,
        "583 km2: NASA Earth Observatory, February 2017",
    ),
    KnownIceberg(
        "A-68", "LarsenC", _day("2017-07-12"), 5_800.0, False,
        "5,800 km2: Project MIDAS, 12 July 2017 (5,917: Andreasen et al. 2023)",
    ),
    KnownIceberg(
        "B-44 and others", "PineIsland", _day("2017-09-23"), 267.0, False,
        "103 square miles: robertscribbler.com, December 2017 (B-44 alone 185: USNIC)",
    ),
    KnownIceberg(
        "B-46 and others", "PineIsland", _day("2018-10-29"), 300.0, False,
        "about 300 km2: S. Lhermitte, 30 October 2018 (B-46 alone 226)",
    ),
    KnownIceberg(
        "B-49 and others", "PineIsland", _day("2020-02-09"), 300.0, False,
        "over 300 km2: ESA, 11 February 2020",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """A known iceberg with the event that shows it, None where none does."""

    known: KnownIceberg
    event: CalvingEvent | None

    @property
    def off(self) -> tuple[float, float] | None:
        """Shares by which both areas of the event differ from the published one."""
        if self.event is None:
            return None
        return (
            self.event.area_km2 / self.known.km2 - 1,
            self.event.calved_km2 / self.known.km2 - 1,
        )


def compare(fronts_file: Path, known: Sequence[KnownIceberg] = KNOWN) -> Iterator[Comparison]:
    """Each known iceberg beside the largest event of its unit at its time."""
    series = fronts_by_unit(fronts_file, {iceberg.unit for iceberg in known})
    events = {unit: events_of(fronts, unit) for unit, fronts in series.items()}
    for iceberg in known:
        around = [
            event
            for event in events.get(iceberg.unit, ())
            if event.start < iceberg.moment <= event.end
        ]
        yield Comparison(iceberg, max(around, key=lambda e: e.calved_km2, default=None))


def fronts_by_unit(path: Path, units: set[str]) -> dict[str, list[Front]]:
    """The fronts of a file that belong to one of the units."""
    found: dict[str, list[Front]] = defaultdict(list)
    for outcome in read_fronts(path, SOURCE, ReadOptions()):
        if isinstance(outcome, Front) and outcome.unit in units:
            found[outcome.unit].append(outcome)
    return found


def events_of(fronts: Iterable[Front], unit: str) -> tuple[CalvingEvent, ...]:
    sightings = [Sighting(front, NO_DIGEST) for front in fronts]
    return find_events(sightings, find_charted_unit(unit)).events


def table(comparisons: Iterable[Comparison]) -> str:
    """The comparison in Markdown."""
    lines = [
        "| icebergs | calved | published km2 | window | seen km2 | with outflow km2 | differs |",
        "|---|---|---:|---|---:|---:|---:|",
    ]
    for one in comparisons:
        known = one.known
        published = f"{known.km2:,.0f}{' (box)' if known.is_box else ''}"
        row = [known.names, f"{known.calved:%Y-%m-%d}", published]
        if one.event is None or one.off is None:
            row += ["not found", "", "", ""]
        else:
            event = one.event
            row += [
                f"{event.start:%Y-%m-%d} to {event.end:%Y-%m-%d}",
                f"{event.area_km2:,.0f} ± {event.area_uncertainty_km2:.0f}",
                f"{event.calved_km2:,.0f}",
                f"{one.off[0]:+.0%}, {one.off[1]:+.0%}",
            ]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def main() -> None:
    path = Path(sys.argv[1])
    print(table(compare(path)))
    print()
    for iceberg in KNOWN:
        print(f"- {iceberg.names}: {iceberg.citation}.")


if __name__ == "__main__":
    main()
