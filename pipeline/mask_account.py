"""What a mask says of itself, in every file: day, fronts, how they were used, licence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.canonical import canonical_json
from catalog.front import Origin
from catalog.items.envelope import format_time
from pipeline.mask_choice import KnownIce, UnitIce

MEANING = (
    "Ice between the reference line of a part and its calving front, ocean beyond it. Icebergs and "
    "sea ice count as ocean. Pixels in no region say nothing. A pixel is what its centre is."
)
SIMULATED = "SIMULATED FRONTS, NO OBSERVATION. "


@dataclass(frozen=True, slots=True)
class MaskAccount:
    """A mask of `title` (a shelf or part) at `moment`, and where it comes from."""

    title: str
    moment: datetime
    ices: tuple[UnitIce, ...]
    command: str
    software: str
    velocity: str | None = None

    @property
    def known(self) -> tuple[KnownIce, ...]:
        return tuple(ice for ice in self.ices if isinstance(ice, KnownIce))

    @property
    def is_simulated(self) -> bool:
        return any(ice.front.origin is Origin.SIMULATED for ice in self.known)

    @property
    def texts(self) -> dict[str, str]:
        """Attributes of a file, as CF and ACDD name them."""
        front_ids = [ice.front.id for ice in self.known]
        ways = sorted({str(ice.way) for ice in self.known})
        texts = {
            "title": f"{self._mark}Ice mask of {self.title} on {self.moment:%Y-%m-%d}",
            "summary": f"{self._mark}{MEANING}",
            "source": f"Fronts {', '.join(front_ids)} of {self._series}",
            "history": self.command,
            "software": self.software,
            "mask_time": format_time(self.moment),
            "front_ids": " ".join(front_ids),
            "front_use": " ".join(ways),
            "parts": canonical_json([document_of(ice) for ice in self.ices]).decode(),
            "license": self._licence,
        }
        if self.velocity:
            texts["velocity"] = self.velocity
        citations = sorted({s.citation for ice in self.known if (s := ice.front.imported_from)})
        return texts | ({"references": " ".join(citations)} if citations else {})

    @property
    def _mark(self) -> str:
        return SIMULATED if self.is_simulated else ""

    @property
    def _series(self) -> str:
        names = {f"{i.front.source} ({i.front.origin}, {i.front.interval})" for i in self.known}
        return ", ".join(sorted(names))

    @property
    def _licence(self) -> str:
        """Of the data set the fronts are from; the Copernicus notice for our own."""
        imported = {s.licence for ice in self.known if (s := ice.front.imported_from)}
        if imported:
            return ", ".join(sorted(imported))
        if self.is_simulated:
            return "Simulated, no observation"
        years = sorted({ice.front.start.year for ice in self.known})
        return f"Contains modified Copernicus Sentinel data {', '.join(map(str, years))}"


def document_of(ice: UnitIce) -> dict[str, Any]:
    """One part of a mask for machines."""
    if not isinstance(ice, KnownIce):
        return {"part": ice.unit.name, "use": "unknown", "reason": ice.reason}
    front = ice.front
    return {
        "part": ice.unit.name,
        "use": str(ice.way),
        "front": front.id,
        "front_start": format_time(front.start),
        "front_end": format_time(front.end),
        "days_off": round(ice.days_off, 1),
        "ice_area_km2": round(ice.area_km2, 3),
    } | ({"doubt": ice.doubt} if ice.doubt else {})


def sentences(ices: Sequence[UnitIce]) -> list[str]:
    """The same for people."""
    return [_sentence(ice) for ice in ices]


def _sentence(ice: UnitIce) -> str:
    if not isinstance(ice, KnownIce):
        return f"{ice.unit.name}: unknown, {ice.reason}"
    days = abs(ice.days_off)
    side = "later" if ice.days_off > 0 else "earlier"
    use = "moved along with the ice" if ice.way == "advected" else "the nearest front"
    return (
        f"{ice.unit.name}: {ice.area_km2:,.0f} km2 of ice, from {ice.front.id} "
        f"({use}, {days:.1f} days {side})"
    )
