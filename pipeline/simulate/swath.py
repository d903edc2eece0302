"""What the imaging modes of Sentinel-1 have in common with their products: sizes and angles."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import SceneError


@dataclass(frozen=True, slots=True)
class SubSwath:
    """One beam of a mode: the incidence at its two edges, and its noise in its middle."""

    name: str
    near_incidence_deg: float
    far_incidence_deg: float
    noise_db: float  # noise-equivalent sigma0 of the co-polarised channel


@dataclass(frozen=True, slots=True)
class Swath:
    """A mode with its ground-range product. `subswaths` lie from near to far range.

    Sizes, angles, the calibration constant and EW's noise are rounded from a published product of
    2022; those of IW and SM are belief. `burst_s` is the time between two bursts of one beam, after
    which the azimuth noise repeats; 0 where there are none.
    """

    mode: str
    resolution: str  # the letter in the product's name
    spacing_m: float
    full_lines: int
    full_pixels: int
    near_incidence_deg: float
    subswaths: tuple[SubSwath, ...]
    burst_s: float
    beta_nought: float  # amplitude of the digital numbers at a radar brightness of one
    sampling_rate_hz: float

    @property
    def mid_incidence_deg(self) -> float:
        return (self.near_incidence_deg + self.subswaths[-1].far_incidence_deg) / 2


EW = Swath(
    mode="EW",
    resolution="M",
    spacing_m=40.0,
    full_lines=10_708,
    full_pixels=10_487,
    near_incidence_deg=18.9,
    subswaths=(
        SubSwath("EW1", 18.9, 28.7, -25.5),
        SubSwath("EW2", 28.7, 33.7, -25.6),
        SubSwath("EW3", 33.7, 38.7, -28.9),
        SubSwath("EW4", 38.7, 43.0, -30.0),
        SubSwath("EW5", 43.0, 46.4, -32.8),
    ),
    burst_s=3.04,
    beta_nought=1087.0,
    sampling_rate_hz=25_023_148.16,
)
IW = Swath(
    mode="IW",
    resolution="H",
    spacing_m=10.0,
    full_lines=16_700,
    full_pixels=26_000,
    near_incidence_deg=30.5,
    subswaths=(
        SubSwath("IW1", 30.5, 36.5, -27.0),
        SubSwath("IW2", 36.5, 41.5, -28.0),
        SubSwath("IW3", 41.5, 46.0, -29.0),
    ),
    burst_s=2.75,
    beta_nought=474.0,
    sampling_rate_hz=64_345_238.13,
)
SM = Swath(
    mode="S3",
    resolution="H",
    spacing_m=10.0,
    full_lines=10_000,
    full_pixels=8_000,
    near_incidence_deg=26.0,
    subswaths=(SubSwath("S3", 26.0, 31.8, -27.0),),
    burst_s=0.0,
    beta_nought=474.0,
    sampling_rate_hz=64_345_238.13,
)
SWATHS = {"EW": EW, "IW": IW, "SM": SM, "S3": SM}


def swath_of(mode: str) -> Swath:
    """The swath of "EW", "IW" or "SM"; raises SceneError for another mode."""
    if mode not in SWATHS:
        raise SceneError(
            f"{mode!r} is no mode that can be simulated.", remedy=f"One of {', '.join(SWATHS)}."
        )
    return SWATHS[mode]
