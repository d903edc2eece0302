"""What the imaging modes of Sentinel-1 have in common with their products: sizes and angles."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import SceneError


@dataclass(frozen=True, slots=True)
class SubSwath:
    """One beam of a mode: it begins at this incidence; its noise is lowest in the middle."""

    name: str
    near_incidence_deg: float


@dataclass(frozen=True, slots=True)
class Swath:
    """A mode with its ground-range product. `subswaths` lie from near to far range.

    Sizes and angles are rounded from published products; `burst_s` is the time between two bursts
    of one beam, after which the azimuth noise repeats.
    """

    mode: str
    resolution: str  # the letter in the product's name
    spacing_m: float
    full_lines: int
    full_pixels: int
    near_incidence_deg: float
    subswaths: tuple[SubSwath, ...]
    burst_s: float

    @property
    def mid_incidence_deg(self) -> float:
        middle = len(self.subswaths) // 2
        return self.subswaths[middle].near_incidence_deg + 2.0


EW = Swath(
    mode="EW",
    resolution="M",
    spacing_m=40.0,
    full_lines=10_708,
    full_pixels=10_487,
    near_incidence_deg=18.9,
    subswaths=(
        SubSwath("EW1", 18.9),
        SubSwath("EW2", 28.7),
        SubSwath("EW3", 33.7),
        SubSwath("EW4", 38.7),
        SubSwath("EW5", 43.0),
    ),
    burst_s=3.04,
)
IW = Swath(
    mode="IW",
    resolution="H",
    spacing_m=10.0,
    full_lines=16_700,
    full_pixels=26_000,
    near_incidence_deg=30.5,
    subswaths=(SubSwath("IW1", 30.5), SubSwath("IW2", 36.5), SubSwath("IW3", 41.5)),
    burst_s=2.75,
)
SM = Swath(
    mode="S3",
    resolution="H",
    spacing_m=10.0,
    full_lines=10_000,
    full_pixels=8_000,
    near_incidence_deg=26.0,
    subswaths=(SubSwath("S3", 26.0),),
    burst_s=0.0,
)
SWATHS = {"EW": EW, "IW": IW, "SM": SM, "S3": SM}


def swath_of(mode: str) -> Swath:
    """The swath of "EW", "IW" or "SM"; raises SceneError for another mode."""
    if mode not in SWATHS:
        raise SceneError(
            f"{mode!r} is no mode that can be simulated.", remedy=f"One of {', '.join(SWATHS)}."
        )
    return SWATHS[mode]
