"""Where the names stand on a map: near their place, off the ice, never over one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from web.site.svg import Point

LETTER_WIDTH = 0.55  # of the font size, a mean for Plex Sans
LINE_HEIGHT = 1.15
DISTANCES = (4.0, 12.0, 22.0, 36.0, 52.0, 72.0, 96.0)
DIRECTIONS = 24
LEADER_FROM = 14.0  # a name further away than this gets a line to its place
ICE_COST = 26.0
TURN_COST = 14.0
PADDING = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be named: a circle in pixels, and the way out to sea (a unit vector)."""

    text: str
    at: Point
    radius: float
    outward: Point


@dataclass(frozen=True, slots=True)
class Label:
    """A name that found room: its box, and the leader line's ends where it needs one."""

    text: str
    box: Polygon
    leader: tuple[Point, Point] | None

    @property
    def baseline(self) -> Point:
        """Left end of the text's baseline."""
        left, _, _, bottom = self.box.bounds
        height = self.box.bounds[3] - self.box.bounds[1]
        return (left, bottom - height * 0.24)


def place_labels(
    places: Sequence[Place], font_size: float, ice: BaseGeometry, frame: Polygon
) -> dict[int, Label]:
    """A label for each place that finds room, by its index; the first places choose first."""
    taken = [shapely.Point(p.at).buffer(p.radius) for p in places]
    labels: dict[int, Label] = {}
    shapely.prepare(ice)
    for index, place in enumerate(places):
        others = [*taken[:index], *taken[index + 1 :]]
        best = _best_label(place, font_size, others, ice, frame)
        if best is not None:
            labels[index] = best
            taken.append(best.box)
            taken.extend(shapely.LineString(leader) for leader in [best.leader] if leader)
    return labels


def text_width(text: str, font_size: float) -> float:
    return len(text) * LETTER_WIDTH * font_size


def _best_label(
    place: Place, font_size: float, taken: list[BaseGeometry], ice: BaseGeometry, frame: Polygon
) -> Label | None:
    occupied = shapely.STRtree(taken)
    found: tuple[float, Label] | None = None
    for distance in DISTANCES:
        for turn in range(DIRECTIONS):
            angle = 2 * math.pi * turn / DIRECTIONS
            label = _candidate(place, font_size, distance, angle)
            cost = distance + _cost_of_direction(place, angle)
            if found is not None and cost >= found[0]:
                continue
            if not frame.contains(label.box) or _is_blocked(label, occupied):
                continue
            cost += ICE_COST * label.box.intersection(ice).area / label.box.area
            if found is None or cost < found[0]:
                found = (cost, label)
    return found[1] if found else None


def _candidate(place: Place, font_size: float, distance: float, angle: float) -> Label:
    way = (math.cos(angle), math.sin(angle))
    reach = place.radius + distance
    near = (place.at[0] + way[0] * reach, place.at[1] + way[1] * reach)
    width, height = text_width(place.text, font_size), font_size * LINE_HEIGHT
    # The box touches `near` with the side that faces its place.
    left = near[0] - width * (1 - way[0]) / 2
    top = near[1] - height * (1 - way[1]) / 2
    edge = (place.at[0] + way[0] * place.radius, place.at[1] + way[1] * place.radius)
    leader = (edge, near) if distance >= LEADER_FROM else None
    return Label(place.text, shapely.box(left, top, left + width, top + height), leader)


def _cost_of_direction(place: Place, angle: float) -> float:
    cosine = math.cos(angle) * place.outward[0] + math.sin(angle) * place.outward[1]
    return TURN_COST * (1 - cosine)


def _is_blocked(label: Label, occupied: shapely.STRtree) -> bool:
    shapes = [label.box.buffer(PADDING)]
    shapes += [shapely.LineString(label.leader)] if label.leader else []
    return any(len(occupied.query(shape, predicate="intersects")) for shape in shapes)
