"""What the preparation needs of a scene, whatever file it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.geometry.geocoding import PixelMap
from pipeline.grid import Bounds


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Linear backscatter (rows, width) of the scene from `first_row` on; NaN is no data.

    `account` says in plain values how it was made, for the lineage.
    """

    image: npt.NDArray[np.float32]
    first_row: int
    account: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A scene on the ground, and in plain values how it came there."""

    pixels: PixelMap
    account: Mapping[str, Any]
    degradations: tuple[str, ...] = ()


class SceneSource(Protocol):
    """A scene that can be placed on the ground and read; both raise SceneError.

    `account` holds for all of its polarisations, `degradations` says in words what is missing.
    """

    @property
    def polarisations(self) -> tuple[str, ...]: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def account(self) -> Mapping[str, Any]: ...

    @property
    def degradations(self) -> tuple[str, ...]: ...

    def place(self, crs: str, within: Bounds | None) -> Placed:
        """Its place on the map `crs`, of which no more than `within` will be asked for."""
        ...

    def read(self, polarisation: str, rows: slice) -> Band:
        """Backscatter of these rows of the scene."""
        ...
