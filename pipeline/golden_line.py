"""What a model draws on the golden tile, recorded once and drawn again wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import torch
from shapely import MultiLineString

from pipeline.contour import contour
from pipeline.errors import ModelError
from pipeline.golden_tile import GRID, PIXEL_SIZE_M, golden_bands, golden_digest
from pipeline.network.architecture import RETRAIN
from pipeline.network.channels import stacked_input
from pipeline.network.hedunet import ICE, HedUnet

DECIMALS = 1  # of metres
SHORTEST_PIECE_M = 1_000.0  # shorter pieces come and go with the last bits
SAMPLE_SPACING_M = 10.0
LARGEST_MEAN_M = 1.0  # what devices may move a front by


@dataclass(frozen=True, slots=True)
class LineShift:
    """Distances in metres between two lines, each measured from both sides.

    Infinite where one of the two is empty.
    """

    mean_m: float
    max_m: float

    @property
    def is_small(self) -> bool:
        return self.mean_m < LARGEST_MEAN_M


def record_golden(network: HedUnet, channels: tuple[str, ...]) -> dict[str, Any]:
    """What goes into a card under `golden`: the line that `network` draws on the golden tile.

    `network` works on `channels`, in evaluation mode, on the device where its weights are.
    """
    return {
        "tile_sha256": golden_digest(),
        "pixel_size_m": PIXEL_SIZE_M,
        "line": shapely.to_wkt(golden_line(network, channels), rounding_precision=DECIMALS),
        "device": _device_of(network).type,
        "torch": torch.__version__,
    }


def golden_line(network: HedUnet, channels: tuple[str, ...]) -> MultiLineString:
    """The contour of probability 0.5 on the golden tile, in metres from its lower left corner."""
    batch = torch.from_numpy(stacked_input(golden_bands(), channels)[None])
    with torch.inference_mode():
        logits = network(batch.to(_device_of(network)))[0, ICE].float().cpu().numpy()
    return _long_pieces(contour(_probability(logits), GRID))


def recorded_line(golden: Mapping[str, Any]) -> MultiLineString:
    """The line in a card; raises ModelError where it is none, or of another tile."""
    if golden.get("tile_sha256") != golden_digest():
        raise ModelError(
            "its golden line was drawn on another tile than this version of IceLines has.",
            remedy="Use the version that the model came with. " + RETRAIN,
        )
    try:
        line = shapely.from_wkt(golden["line"])
    except (KeyError, TypeError, shapely.errors.ShapelyError) as error:
        raise ModelError(f"its golden line cannot be read ({error}).", remedy=RETRAIN) from error
    if not isinstance(line, MultiLineString):
        raise ModelError("its golden line is no line.", remedy=RETRAIN)
    return line


def shift_between(one: MultiLineString, other: MultiLineString) -> LineShift:
    """How far two lines lie apart."""
    if one.is_empty or other.is_empty:
        return LineShift(float("inf"), float("inf"))
    apart = np.concatenate([_distances(one, other), _distances(other, one)])
    return LineShift(float(apart.mean()), float(apart.max()))


def _distances(one: MultiLineString, other: MultiLineString) -> npt.NDArray[np.float64]:
    samples = shapely.get_coordinates(shapely.segmentize(one, SAMPLE_SPACING_M))
    return np.asarray(shapely.distance(shapely.points(samples), other))


def _probability(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)


def _long_pieces(line: MultiLineString) -> MultiLineString:
    return MultiLineString([part for part in line.geoms if part.length >= SHORTEST_PIECE_M])


def _device_of(network: HedUnet) -> torch.device:
    return next(network.parameters()).device
