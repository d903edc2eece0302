"""A Sentinel-1 scene, and the one place where product names are taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from shapely import MultiPolygon

from catalog.errors import InvalidName

# Sentinel-1 product naming: mission, mode, type and resolution, level/class/polarisation,
# start, stop, absolute orbit, datatake, checksum. The tail is optional because archives cut it.
PRODUCT_PATTERN = re.compile(
    r"(?P<platform>S1[A-D])_(?P<mode>EW|IW|S[1-6])_(?P<type>GRD)(?P<resolution>[FHM_])_"
    r"1(?P<klass>[SA])(?P<polarisation>SH|SV|DH|DV)_(?P<start>\d{8}T\d{6})"
    r"(?:_(?P<stop>\d{8}T\d{6})(?:_(?P<orbit>\d{6})_(?P<datatake>[0-9A-F]{6})"
    r"(?:_(?P<checksum>[0-9A-F]{4}))?)?)?"
)
POLARISATIONS = {"SH": ("HH",), "SV": ("VV",), "DH": ("HH", "HV"), "DV": ("VV", "VH")}
PLATFORMS = {f"S1{letter}": f"sentinel-1{letter.lower()}" for letter in "ABCD"}


@dataclass(frozen=True, slots=True)
class ProductName:
    """What a Sentinel-1 product name says."""

    text: str
    platform: str  # "sentinel-1a"
    mode: str  # "EW"
    product_type: str  # "GRDM"
    polarisations: tuple[str, ...]
    start: datetime
    end: datetime | None
    absolute_orbit: int | None
    datatake: str | None


def parse_product_name(text: str) -> ProductName:
    """Take a product name, a file or folder name apart; raises InvalidName."""
    match = PRODUCT_PATTERN.match(text)
    if match is None:
        raise InvalidName(
            f"{text!r} is no Sentinel-1 GRD product name.",
            remedy="Expected S1A_EW_GRDM_1SDH_<start>_<stop>_<orbit>_<datatake>_<crc>.",
        )
    part = match.groupdict()
    return ProductName(
        text=match.group(0),
        platform=PLATFORMS[part["platform"]],
        mode=part["mode"],
        product_type=part["type"] + part["resolution"].rstrip("_"),
        polarisations=POLARISATIONS[part["polarisation"]],
        start=_moment(part["start"]),
        end=_moment(part["stop"]) if part["stop"] else None,
        absolute_orbit=int(part["orbit"]) if part["orbit"] else None,
        datatake=part["datatake"],
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidName(f"{text!r} is no date and time.") from error


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene on record. `href` lies below the object store; `footprint` is in EPSG:4326."""

    id: str
    platform: str
    mode: str
    product_type: str
    polarisations: tuple[str, ...]
    start: datetime
    end: datetime
    footprint: MultiPolygon
    sha256: str
    size_bytes: int
    href: str
    simulated: bool
    absolute_orbit: int | None = None
    datatake: str | None = None
