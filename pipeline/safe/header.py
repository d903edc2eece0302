"""The header that annotation, calibration and noise files share: of what product they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pipeline.safe.xml import XmlNode

POLARISATIONS = ("HH", "HV", "VV", "VH")
MODE = re.compile(r"EW|IW|EN|[SN][1-6]")
PLATFORM = re.compile(r"S1[A-Z]")
SAME_START_S = 1.0  # slices of one data take start tens of seconds apart


@dataclass(frozen=True, slots=True)
class Header:
    """`adsHeader`: times are UTC."""

    platform: str
    mode: str
    product_type: str
    polarisation: str
    start: datetime
    stop: datetime
    absolute_orbit: int
    datatake: int

    def is_same_product(self, other: Header) -> bool:
        """True for files of one slice, whatever their polarisation."""
        apart_s = abs((self.start - other.start).total_seconds())
        return self._identity == other._identity and apart_s <= SAME_START_S

    @property
    def _identity(self) -> tuple[str, str, str, int, int]:
        kind = (self.platform, self.mode, self.product_type)
        return (*kind, self.absolute_orbit, self.datatake)


def read_header(root: XmlNode) -> Header:
    """The header of a file; raises SceneError where it is not one of a Sentinel-1 GRD product."""
    node = root.child("adsHeader")
    header = Header(
        platform=node.text("missionId"),
        mode=_mode(node),
        product_type=node.text("productType"),
        polarisation=node.text("polarisation"),
        start=node.moment("startTime"),
        stop=node.moment("stopTime"),
        absolute_orbit=node.integer("absoluteOrbitNumber"),
        datatake=node.integer("missionDataTakeId"),
    )
    _check(header, root)
    return header


def _mode(node: XmlNode) -> str:
    """EW, IW, or the beam of a stripmap product (S3), which some files call SM."""
    mode = node.text("mode")
    return node.text("swath") if mode == "SM" else mode


def _check(header: Header, root: XmlNode) -> None:
    if PLATFORM.fullmatch(header.platform) is None:
        raise root.fault(f"is of mission {header.platform[:20]!r}, not Sentinel-1.")
    if header.polarisation not in POLARISATIONS:
        raise root.fault(f"has the unknown polarisation {header.polarisation[:20]!r}.")
    if MODE.fullmatch(header.mode) is None:
        raise root.fault(f"has the unknown mode {header.mode[:20]!r}.", "Use a GRD product.")
    if header.product_type != "GRD":
        raise root.fault(f"is of type {header.product_type[:20]!r}.", "Use a GRD product.")
    if header.stop <= header.start:
        raise root.fault("stops before it starts.")
