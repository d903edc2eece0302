"""The data dictionary: every attribute of a front, said once and used by every table and format.

`COLUMNS` are what a front has in a release, `EVENT_COLUMNS` what a calving event has,
`SERIES_COLUMNS` what a row of a time series has: the front, what is measured on it against the one
before, and rows for acquisitions without a front.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    MOMENT = "moment"  # UTC


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute. `dbf_name` is its name in Shapefiles, of at most 10 characters.

    Text that `may_be_cut` ends in "..." in Shapefiles where it is over 254 bytes; any other text
    of that length is an error.
    """

    name: str
    dbf_name: str
    kind: Kind
    unit: str
    description: str
    may_be_cut: bool = False


COLUMNS = (
    Column("id", "ID", Kind.TEXT, "", "Identifier of the front, also in the STAC API"),
    Column("unit", "UNIT", Kind.TEXT, "", "Mapped part of the shelf, or the shelf itself"),
    Column("shelf", "SHELF", Kind.TEXT, "", "Ice shelf"),
    Column("interval", "INTERVAL", Kind.TEXT, "", "daily, monthly, quarterly or annual"),
    Column("origin", "ORIGIN", Kind.TEXT, "", "sentinel1, imported or simulated"),
    Column("source", "SOURCE", Kind.TEXT, "", "Short name of the data set or processing line"),
    Column("status", "STATUS", Kind.TEXT, "", "Outcome of the check; accepted in every release"),
    Column("reasons", "REASONS", Kind.TEXT, "", "Why it has that status, separated by commas"),
    Column("start", "START", Kind.MOMENT, "UTC", "Acquisition, or begin of the interval"),
    Column("end", "END", Kind.MOMENT, "UTC", "Acquisition, or end of the interval"),
    Column("area_km2", "AREA_KM2", Kind.NUMBER, "km2", "Ice area from the reference line to here"),
    Column("area_change_km2", "DAREA_KM2", Kind.NUMBER, "km2", "Change since the front before"),
    Column("length_km", "LENGTH_KM", Kind.NUMBER, "km", "True length of the line on the ellipsoid"),
    Column("uncertainty_m", "UNCERT_M", Kind.NUMBER, "m", "Expected position error of the line"),
    Column("confidence", "CONFIDENCE", Kind.NUMBER, "0 to 1", "Mean certainty of the network"),
    Column("observations", "N_OBS", Kind.INTEGER, "", "Fronts that an average is made of"),
    Column("spread_m", "SPREAD_M", Kind.NUMBER, "m", "Spread of the fronts in an average"),
    Column("dates", "DATES", Kind.TEXT, "UTC", "Days of those fronts, separated by space", True),
    Column("parts", "PARTS", Kind.TEXT, "UTC", "Of a joined shelf: days of each part", True),
    Column("grid_m", "GRID_M", Kind.NUMBER, "m", "Grid of the vertices; empty: as delivered"),
    Column("scenes", "SCENES", Kind.TEXT, "", "Scenes it was drawn from, separated by space", True),
    Column("model", "MODEL", Kind.TEXT, "", "Model that found ice and ocean"),
    Column("baseline", "BASELINE", Kind.TEXT, "", "Model and processing generation"),
    Column("revision", "REVISION", Kind.INTEGER, "", "Revision of the record in the catalogue"),
    Column("digest", "DIGEST", Kind.TEXT, "", "SHA-256 of the canonical record"),
    Column("licence", "LICENCE", Kind.TEXT, "", "Licence of this line (SPDX)"),
    Column("attribution", "ATTRIB", Kind.TEXT, "", "What to say when it is shown", True),
    Column("citation", "CITATION", Kind.TEXT, "", "What to cite", True),
    Column("doi", "DOI", Kind.TEXT, "", "DOI of what to cite"),
    Column("provider", "PROVIDER", Kind.TEXT, "", "Who made it"),
)
BY_NAME = {column.name: column for column in COLUMNS}


def columns_named(*names: str) -> tuple[Column, ...]:
    """These columns of the dictionary; raises KeyError for a name that it does not have."""
    return tuple(BY_NAME[name] for name in names)


AREA_COLUMNS = columns_named(
    "unit", "shelf", "interval", "origin", "source", "status", "reasons", "start", "end",
    "area_km2", "area_change_km2", "length_km", "uncertainty_m", "confidence",
    "observations", "spread_m", "id", "licence", "attribution", "citation", "doi",
)  # fmt: skip

EVENT_COLUMNS = (
    Column("id", "ID", Kind.TEXT, "", "Identifier of the event, also in the STAC API"),
    *columns_named("unit", "shelf", "interval", "origin", "source"),
    Column("event", "EVENT", Kind.TEXT, "", "calving, or disintegration: a large part of all ice"),
    Column("status", "STATUS", Kind.TEXT, "", "confirmed by later fronts, or unconfirmed so far"),
    Column("start", "START", Kind.MOMENT, "UTC", "When the front before still saw the ice"),
    Column("end", "END", Kind.MOMENT, "UTC", "When the front after no longer saw it"),
    Column("window_days", "DAYS", Kind.NUMBER, "d", "Days from start to end"),
    Column("wide_window", "WIDE", Kind.TEXT, "", "yes: the window is too wide to date the event"),
    Column("area_km2", "AREA_KM2", Kind.NUMBER, "km2", "True area of the ice that is missing"),
    Column("area_uncertainty_km2", "AERR_KM2", Kind.NUMBER, "km2", "One standard error of it"),
    Column("outflow_km2", "OUTFL_KM2", Kind.NUMBER, "km2", "Ice that flowed out and calved too"),
    Column("calved_km2", "CALVED_KM2", Kind.NUMBER, "km2", "Both together: what a berg measures"),
    Column("width_km", "WIDTH_KM", Kind.NUMBER, "km", "Width of the front that was lost"),
    Column("front_before", "FRONT_BEF", Kind.TEXT, "", "Front that still saw the ice"),
    Column("front_after", "FRONT_AFT", Kind.TEXT, "", "Front that no longer saw it"),
    Column("confirmed_by", "CONFIRMED", Kind.TEXT, "", "Later fronts, separated by space", True),
    Column("scenes_before", "SCENES_BEF", Kind.TEXT, "", "Scenes of the front before", True),
    Column("scenes_after", "SCENES_AFT", Kind.TEXT, "", "Scenes of the front after", True),
    *columns_named("revision", "digest"),
    Column("licence", "LICENCE", Kind.TEXT, "", "Licence of this event (SPDX)"),
    *columns_named("attribution", "citation", "doi", "provider"),
)


def _derived(name: str, kind: Kind, unit: str, description: str) -> Column:
    return Column(name, "", kind, unit, description)


STATE = _derived("state", Kind.TEXT, "", "observed, gap or rejected; only observed has a front")
SERIES_COLUMNS = (
    *columns_named("shelf", "unit", "interval", "origin", "source"),
    STATE,
    *columns_named("status", "reasons", "start", "end", "id"),
    _derived("days_since_last", Kind.NUMBER, "d", "Since the accepted front before"),
    *columns_named("length_km", "area_km2"),
    _derived("area_uncertainty_km2", Kind.NUMBER, "km2", "One standard error of area_km2"),
    _derived("area_change_km2", Kind.NUMBER, "km2", "Since the accepted front before"),
    _derived("area_change_uncertainty_km2", Kind.NUMBER, "km2", "One standard error of it"),
    _derived("advance_mean_m", Kind.NUMBER, "m", "Mean along the front, seaward positive"),
    _derived("advance_mean_uncertainty_m", Kind.NUMBER, "m", "One standard error of it"),
    _derived("advance_mean_m_per_day", Kind.NUMBER, "m/d", "Mean advance over the days since"),
    _derived("advance_mean_m_per_year", Kind.NUMBER, "m/a", "The same for a year of 365.25 days"),
    _derived("advance_max_m", Kind.NUMBER, "m", "Greatest advance on any path"),
    _derived("retreat_max_m", Kind.NUMBER, "m", "Greatest retreat on any path, positive"),
    _derived("path_uncertainty_m", Kind.NUMBER, "m", "One standard error on a single path"),
    _derived("compared_share", Kind.NUMBER, "0 to 1", "Share of the width seen both times"),
    *columns_named(
        "uncertainty_m", "confidence", "observations", "spread_m", "dates", "parts", "scenes",
        "model", "baseline", "revision", "digest", "licence", "citation", "doi",
    ),
)  # fmt: skip
