"""By what results are told apart: site, season, sensor, polarisation, quality."""

from __future__ import annotations

from datetime import date

from pipeline.labelled.folder import LabelledRow

UNKNOWN = "unknown"
SEASONS = ("DJF", "MAM", "JJA", "SON")
# These radars have one polarisation only (ESA: ERS AMI; CSA: RADARSAT-1). Images of the others do
# not say which of theirs they have.
POLARISATION_OF_SENSOR = {"ERS": "VV", "RSAT": "HH"}
GROUPINGS = ("site", "season", "sensor", "polarisation", "quality")


def season_of(day: date) -> str:
    """The meteorological season: `DJF` for December to February, and so on."""
    return SEASONS[day.month % 12 // 3]


def groups_of(row: LabelledRow) -> dict[str, str]:
    """The group of an image for each of GROUPINGS; `unknown` where the index does not say."""
    return {
        "site": row.site or UNKNOWN,
        "season": season_of(row.date) if row.date else UNKNOWN,
        "sensor": row.sensor or UNKNOWN,
        "polarisation": POLARISATION_OF_SENSOR.get(row.sensor, UNKNOWN),
        "quality": row.quality or UNKNOWN,
    }
