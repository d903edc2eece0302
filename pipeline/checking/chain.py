"""The longest plausible succession of fronts.

A false front contradicts the true ones, but two fronts alone do not say which of them is false.
So of all successions in which each front may follow the one before, the cheapest is taken: every
front left out costs, and so does a retreat, a little less. A front of sea ice, of melt or of
another place is left out because all others fit together without it; a calving is kept because
all that follow would have to be left out with it. (A shortest path through a directed acyclic
graph, as tracks are found among false detections.)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.checking.physics import may_follow
from pipeline.checking.profile import Curve, Flags, SeriesProfile
from pipeline.checking.rules import CheckRules
from pipeline.checking.speeds import Speeds

Places = npt.NDArray[np.int64]

LEFT_OUT = 1.0
LEFT_OUT_IN_MELT = 0.7  # of a front from the months of melt, which is believed less
# Nothing comes before the first fronts, so it takes more voices to speak against them.
LEFT_OUT_FIRST = 1.5
# Where the next front lies as if the ice had just flowed on, what lies between is doubted sooner.
RETURN_DISCOUNT = 0.3
FORESEEN_TOLERANCES = 2.0  # within which that place must be known to mean anything
RETREAT = 0.9  # below LEFT_OUT: a calving at the end of a series is followed
DECIDED_LEFT_OUT = 1e6  # a person trusts it
DECIDED_CONTRADICTED = 1e3  # people may trust two fronts that contradict each other
LEAST_GAIN = 1e-9  # for which a front farther back is followed instead
NODES_TOGETHER = 16  # whose edges are worked out at once: they fit in a core's cache
RECENT = 8  # fronts that the next may follow,
BEST = 12  # beside the best ends of chains: what false fronts have long interrupted goes on


def plausible_chain(
    profile: SeriesProfile,
    usable: Sequence[int],
    speeds: Speeds,
    decided: frozenset[int],
    in_melt: Flags,
    rules: CheckRules,
) -> list[int]:
    """Positions of the fronts of the cheapest succession, in order; `usable` are the candidates.

    `decided` are positions that people trust: they are always among them. `in_melt`, shape (n,),
    says which fronts are of the months of melt.
    """
    if not usable:
        return []
    places = np.asarray(usable, dtype=np.int64)
    weight = np.where(in_melt[list(usable)], LEFT_OUT_IN_MELT, LEFT_OUT)
    weight[[at in decided for at in usable]] = DECIDED_LEFT_OUT
    skipped = np.concatenate([[0.0], np.cumsum(weight)])
    cost = np.empty(len(usable))
    previous = np.full(len(usable), -1)
    best: list[int] = []
    recent: list[_Edges] = []
    for node in range(len(usable)):
        if node % NODES_TOGETHER == 0:
            recent = _recent_edges(profile, usable, node, speeds, decided, rules)
        cost[node] = LEFT_OUT_FIRST * skipped[node]
        _follow(cost, previous, skipped, node, recent[node % NODES_TOGETHER])
        # Mostly one of the fronts just before is followed, and no end farther back is as cheap.
        older = np.array([end for end in best if end < node - RECENT], dtype=np.int64)
        least = cost[older] + RETURN_DISCOUNT * (skipped[node] - skipped[older + 1])
        older = np.sort(older[least <= cost[node]])
        if len(older):
            rows, after = places[older], np.full(len(older), places[node])
            edges = _edge_costs(profile, rows, after, speeds, decided, rules)
            _follow(cost, previous, skipped, node, (older, *edges))
        best = sorted([*best, node], key=lambda end: (cost[end] - skipped[end + 1], -end))[:BEST]
    final = cost + skipped[-1] - skipped[1:]
    node = len(usable) - 1 - int(np.argmin(np.round(final, 9)[::-1]))
    chain = []
    while node >= 0:
        chain.append(usable[node])
        node = int(previous[node])
    return chain[::-1]


_Edges = tuple[Places, Curve, Curve]  # ends, and what `_edge_costs` says of them


def _recent_edges(
    profile: SeriesProfile,
    usable: Sequence[int],
    first: int,
    speeds: Speeds,
    decided: frozenset[int],
    rules: CheckRules,
) -> list[_Edges]:
    """For NODES_TOGETHER nodes from `first` on, the edges from the RECENT ones before each."""
    nodes = range(first, min(first + NODES_TOGETHER, len(usable)))
    pairs = [(end, node) for node in nodes for end in range(max(0, node - RECENT), node)]
    ends, after = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    places = np.asarray(usable, dtype=np.int64)
    edge, share = _edge_costs(profile, places[ends], places[after], speeds, decided, rules)
    begin = np.searchsorted(after, [*nodes, nodes[-1] + 1])
    return [(ends[i:j], edge[i:j], share[i:j]) for i, j in pairwise(begin)]


def _follow(cost: Curve, previous: Places, skipped: Curve, node: int, edges: _Edges) -> None:
    """Let `node` follow the cheapest of these ends, where that is cheaper than what it has."""
    ends, edge, share = edges
    if not len(ends):
        return
    total = cost[ends] + share * (skipped[node] - skipped[ends + 1]) + edge
    # The last of equals: what lies nearest in time.
    cheapest = len(ends) - 1 - int(np.argmin(np.round(total, 9)[::-1]))
    bound = cost[node] if previous[node] < 0 else cost[node] - LEAST_GAIN
    if total[cheapest] <= bound:
        cost[node], previous[node] = total[cheapest], ends[cheapest]


def _edge_costs(
    profile: SeriesProfile,
    before: Places,
    after: Places,
    speeds: Speeds,
    decided: frozenset[int],
    rules: CheckRules,
) -> tuple[Curve, Curve]:
    """What it costs that each front `after` follows that `before` it, shape (pairs,).

    And the share of the cost of what is left out between them.
    """
    days = profile.days[after] - profile.days[before]
    allowed, retreats = may_follow(
        profile.distance_m[before], profile.distance_m[after], days, speeds.bound, rules
    )
    both_decided = np.isin(before, [*decided]) & np.isin(after, [*decided])
    refused = np.where(both_decided, DECIDED_CONTRADICTED, np.inf)
    cost = np.where(allowed, np.where(retreats, RETREAT, 0.0), refused)
    is_foreseen = days * speeds.unsure <= FORESEEN_TOLERANCES * rules.local_tolerance_m
    back = np.where(retreats, _share_back(profile, before, after, days, speeds, rules), 1.0)
    return cost, np.where(allowed & is_foreseen, 1.0 - (1.0 - RETURN_DISCOUNT) * back, 1.0)


def _share_back(
    profile: SeriesProfile,
    before: Places,
    after: Places,
    days: Curve,
    speeds: Speeds,
    rules: CheckRules,
) -> Curve:
    """On which share of the paths each front `after` lies where the ice `before` flowed to."""
    foreseen = profile.distance_m[before] + days[:, None] * speeds.expected
    aside = np.abs(profile.distance_m[after] - foreseen)
    return np.asarray((aside <= rules.local_tolerance_m).mean(axis=1))
