"""The way from one side of a region to the other along the pieces of a line, gaps bridged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from catalog.ice_ring import LONGEST_TAIL_M

LONGEST_GAP_M = 5_000.0  # between pieces: a bulge that is missing there stays below 13 km2


@dataclass(frozen=True, slots=True)
class Way:
    """Pieces of a line that lead from side to side, and the bridges between them."""

    pieces: tuple[LineString, ...]
    bridges: tuple[LineString, ...]

    @property
    def bridged_m(self) -> float:
        return float(sum(bridge.length for bridge in self.bridges))

    @property
    def length_m(self) -> float:
        return self.bridged_m + float(sum(piece.length for piece in self.pieces))


def way_across(pieces: list[LineString], sides: tuple[LineString, LineString]) -> Way | None:
    """The way from one side to the other with the least bridging; None if a gap is too wide."""
    ends = [Point(piece.coords[at]) for piece in pieces for at in (0, -1)]
    stops: list[BaseGeometry] = [sides[0], *ends, sides[1]]
    route = _cheapest_route(_bridge_lengths(stops))
    if route is None:
        return None
    used, bridges = [], []
    for one, other in pairwise(route):
        piece = _piece_index(one, len(stops))
        if piece is not None and piece == _piece_index(other, len(stops)):
            used.append(pieces[piece])
        else:
            bridges.append(shapely.shortest_line(stops[one], stops[other]))
    return Way(tuple(used), tuple(bridge for bridge in bridges if bridge.length > 0))


def _bridge_lengths(stops: list[BaseGeometry]) -> NDArray[np.float64]:
    """Cost of going from stop to stop: nothing along a piece, the distance over a gap."""
    geometries = np.array(stops, dtype=object)
    lengths: NDArray[np.float64] = shapely.distance(geometries[:, None], geometries[None, :])
    limits = np.full_like(lengths, LONGEST_GAP_M)
    limits[[0, -1], :] = limits[:, [0, -1]] = LONGEST_TAIL_M
    limits[0, -1] = limits[-1, 0] = 0.0  # the sides alone are no way across
    lengths[lengths > limits] = np.inf
    for start in range(1, len(stops) - 1, 2):
        lengths[start, start + 1] = lengths[start + 1, start] = 0.0
    return lengths


def _cheapest_route(lengths: NDArray[np.float64]) -> list[int] | None:
    from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

    # A hair for every step keeps the route from wandering between ends that coincide.
    graph = csgraph_from_dense(lengths + 1e-6, null_value=np.inf)
    cost, before = dijkstra(graph, indices=0, return_predecessors=True)
    if not np.isfinite(cost[-1]):
        return None
    route = [len(lengths) - 1]
    while route[-1] != 0:
        route.append(int(before[route[-1]]))
    return route[::-1]


def _piece_index(stop: int, stops: int) -> int | None:
    return (stop - 1) // 2 if 0 < stop < stops - 1 else None
