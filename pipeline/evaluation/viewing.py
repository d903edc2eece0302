"""How a network looks at one image: at which scales, and in how many orientations.

Logits of all views are averaged at full size (test-time augmentation). How far the views differ is
kept: it tells how sure the network is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from catalog.errors import InputError
from pipeline.errors import ModelError
from pipeline.network.channels import Channel, input_of, measured_bands, needed_bands
from pipeline.network.hedunet import EDGE, ICE, TILE_MULTIPLE, HedUnet

SYMMETRIES = (1, 2, 4, 8)  # nothing; mirrored; mirrored both ways; all of the square
LEAST_SCALE, LARGEST_SCALE = 0.05, 4.0
LEAST_KNOWN_SHARE = 0.5  # of a shrunk pixel's area, or it is no data


@dataclass(frozen=True, slots=True)
class Viewing:
    """`scales` relative to the image (0.5: half its size), each in `symmetries` orientations."""

    scales: tuple[float, ...] = (0.5,)
    symmetries: int = 4

    def __post_init__(self) -> None:
        fitting = all(LEAST_SCALE <= scale <= LARGEST_SCALE for scale in self.scales)
        if not self.scales or not fitting:
            raise InputError(
                "a view has a scale that cannot be used.",
                remedy=f"Scales run from {LEAST_SCALE} to {LARGEST_SCALE}; at least one is needed.",
            )
        if self.symmetries not in SYMMETRIES:
            raise InputError(
                f"an image has no {self.symmetries} orientations.",
                remedy=f"Use one of {', '.join(map(str, SYMMETRIES))}.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Probabilities (H, W): of ocean, of calving front; `spread` is one sigma of ocean over views.

    `spread` is zero where there was one view.
    """

    ocean: npt.NDArray[np.float32]
    edge: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]


def predict(network: HedUnet, bands: npt.NDArray[np.float32], viewing: Viewing) -> Prediction:
    """What the network says of the bands that it needs, (C, H, W), NaN for no data, of any size.

    Runs where the network's weights are, so on a GPU when they have been put there.
    Raises ModelError where the network takes other channels than the image has.
    """
    check_channels(network, bands.shape[0])
    with torch.inference_mode():
        views = list(_logits(network, torch.from_numpy(bands), viewing))
    stacked = torch.stack(views).cpu()
    probability = torch.sigmoid(stacked.mean(dim=0))
    spread = torch.sigmoid(stacked[:, ICE]).std(dim=0, correction=0)
    return Prediction(
        ocean=(1.0 - probability[ICE]).numpy(),
        edge=probability[EDGE].numpy(),
        spread=spread.numpy(),
    )


def check_channels(network: HedUnet, channels: int) -> None:
    """Raise ModelError unless the network is made from that many bands."""
    if len(needed_bands(network.architecture.channels)) != channels:
        raise ModelError(
            f"takes {'+'.join(network.architecture.channels)}, the images have {channels} "
            f"channel{'s' * (channels != 1)}.",
            remedy="Evaluate a model with as many channels as the images have.",
        )


def check_is_for_grey(network: HedUnet) -> None:
    """Raise ModelError unless the network works on one polarisation, whatever else it sees."""
    channels = network.architecture.channels
    if len(measured_bands(channels)) != 1 or Channel.DEM in channels:
        raise ModelError(
            f"takes {'+'.join(channels)}, labelled images have one polarisation.",
            remedy="Evaluate a model of one polarisation, with or without other dates.",
        )


def _logits(network: HedUnet, image: Tensor, viewing: Viewing) -> Iterator[Tensor]:
    """Logits (2, H, W) of one view after the other."""
    height, width = image.shape[-2:]
    channels = network.architecture.channels
    device = next(network.parameters()).device
    for scale in viewing.scales:
        seen = torch.from_numpy(input_of(scaled(image, scale).numpy(), channels)).to(device)
        for symmetry in range(viewing.symmetries):
            turned = network(_padded(oriented(seen, symmetry), channels)[None])[0]
            logits = oriented_back(turned, symmetry, seen.shape[-2:])
            yield functional.interpolate(
                logits[None], size=(height, width), mode="bilinear", align_corners=False
            )[0]


def scaled(image: Tensor, scale: float) -> Tensor:
    """The image (C, H, W) at another size: averaged by area, or bilinear where it grows.

    What is not known does not count; a pixel of which less than half is known is NaN.
    """
    if scale == 1.0:
        return image
    size = [max(1, round(side * scale)) for side in image.shape[-2:]]
    known = (~torch.isnan(image)).to(image.dtype)
    value, share = (_resized(each, size) for each in (torch.nan_to_num(image, nan=0.0), known))
    return torch.where(share >= LEAST_KNOWN_SHARE, value / share, torch.nan)


def oriented(image: Tensor, symmetry: int) -> Tensor:
    """One of eight orientations of (..., H, W): mirrored (1), upside down (2), transposed (4)."""
    flips = [axis for bit, axis in ((1, -1), (2, -2)) if symmetry & bit]
    turned = image.flip(flips) if flips else image
    return turned.transpose(-1, -2) if symmetry & 4 else turned


def oriented_back(image: Tensor, symmetry: int, size: torch.Size) -> Tensor:
    """Undo `oriented`, and cut off what was padded after it; `size` is (H, W) of the original."""
    height, width = reversed(size) if symmetry & 4 else size
    cut = image[..., :height, :width]
    upright = cut.transpose(-1, -2) if symmetry & 4 else cut
    flips = [axis for bit, axis in ((1, -1), (2, -2)) if symmetry & bit]
    return upright.flip(flips) if flips else upright


def _resized(image: Tensor, size: list[int]) -> Tensor:
    grows = size[0] > image.shape[-2]
    mode, corners = ("bilinear", False) if grows else ("area", None)
    return functional.interpolate(image[None], size=size, mode=mode, align_corners=corners)[0]


def _padded(seen: Tensor, channels: tuple[str, ...]) -> Tensor:
    """With sides that are multiples of 32, filled below and right as no data is."""
    height, width = seen.shape[-2:]
    nothing = input_of(np.full((len(needed_bands(channels)), 1, 1), np.nan, np.float32), channels)
    filled = (
        torch.from_numpy(nothing)
        .to(seen.device)
        .repeat(1, height + -height % TILE_MULTIPLE, width + -width % TILE_MULTIPLE)
    )
    filled[:, :height, :width] = seen
    return filled
