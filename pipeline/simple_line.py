"""Lines that do not cross or touch themselves."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict

import shapely
from shapely import LineString

Place = tuple[float, float]


def without_loops(line: LineString) -> LineString:
    """The shortest way along `line` from its first to its last vertex; the line where it has none.

    Crossings become vertices. Loops and there-and-backs are left out; the direction stays.
    """
    edges: dict[Place, list[LineString]] = defaultdict(list)
    for piece in shapely.get_parts(shapely.node(line)):
        edges[piece.coords[0]].append(piece)
        edges[piece.coords[-1]].append(piece.reverse())
    way = _shortest_way(edges, line.coords[0], line.coords[-1])
    points = [line.coords[0], *(xy for piece in way for xy in piece.coords[1:])]
    return LineString(points) if len(points) > 1 else line


def _shortest_way(
    edges: dict[Place, list[LineString]], start: Place, end: Place
) -> list[LineString]:
    before: dict[Place, LineString] = {}
    lengths = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        length, here = heapq.heappop(queue)
        for piece in edges[here] if length <= lengths[here] else ():
            there, longer = piece.coords[-1], length + piece.length
            if longer < lengths.get(there, math.inf):
                lengths[there], before[there] = longer, piece
                heapq.heappush(queue, (longer, there))
    way: list[LineString] = []
    while end != start and end in before:
        way.append(before[end])
        end = way[-1].coords[0]
    return way[::-1]
