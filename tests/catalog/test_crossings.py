from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalog.crossings
from catalog.corridor import Corridor, corridors_of
from catalog.crossings import crossings_of
from catalog.shelf import find_unit

CORRIDORS = [
    corridor for name in ("Bach", "Getz", "Ross1") for corridor in corridors_of(find_unit(name))
]


def wandering(corridor: Corridor, seed: int, steps: int = 60) -> np.ndarray:
    """Vertices anywhere around the corridor, in steps long and short."""
    rng = np.random.default_rng(seed)
    low = corridor.landward.min(axis=0) - 3e4
    high = corridor.landward.max(axis=0) + 3e4
    starts = rng.uniform(low, high, (steps, 2))
    moved = starts[:-1] + rng.normal(0.0, 1.0, (steps - 1, 2)) * 10 ** rng.uniform(
        1, 5, (steps - 1, 1)
    )
    return np.stack([starts[:-1], moved], axis=1).reshape(-1, 2)


def plain_crossings(corridor: Corridor, vertices: np.ndarray) -> set[tuple[int, int]]:
    """Step and path of every crossing within the path, in double precision, by all pairs."""
    away = vertices[:, None] - corridor.landward
    aside = corridor.outward[:, 0] * away[..., 1] - corridor.outward[:, 1] * away[..., 0]
    step, path = np.nonzero((aside[1:] > 0) != (aside[:-1] > 0))
    share = aside[step, path] / (aside[step, path] - aside[step + 1, path])
    point = vertices[step] + share[:, None] * (vertices[step + 1] - vertices[step])
    along = ((point - corridor.landward[path]) * corridor.outward[path]).sum(axis=1)
    inside = (along > 0.5) & (along < corridor.depth_m[path] - 0.5)
    clear = np.minimum(np.abs(aside[step, path]), np.abs(aside[step + 1, path])) > 0.5
    return set(zip(step[inside & clear].tolist(), path[inside & clear].tolist(), strict=True))


@pytest.mark.parametrize("strip_paths", [1, 7, 64])
@given(corridor=st.sampled_from(CORRIDORS), seed=st.integers(0, 2**31))
def test_strips_miss_no_crossing_of_any_pair(
    strip_paths: int, corridor: Corridor, seed: int
) -> None:
    vertices = wandering(corridor, seed)
    joined = np.ones(len(vertices) - 1, dtype=np.bool_)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(catalog.crossings, "STRIP_PATHS", strip_paths)
        found = crossings_of(vertices, joined, corridor)
    seen = set(zip(found.vertex.tolist(), found.path.tolist(), strict=True))
    assert plain_crossings(corridor, vertices) <= seen


def test_steps_between_two_lines_cross_nothing() -> None:
    corridor = CORRIDORS[0]
    vertices = wandering(corridor, 5)
    joined = np.arange(len(vertices) - 1) % 2 == 0
    found = crossings_of(vertices, joined, corridor)
    assert len(found.vertex) > 0
    assert joined[found.vertex].all()


def test_a_crossing_lies_as_far_along_its_path_as_it_says() -> None:
    corridor = CORRIDORS[1]
    front = corridor.points_at(0.3 * corridor.depth_m)
    found = crossings_of(front + 3.0, np.ones(len(front) - 1, dtype=np.bool_), corridor)
    inner = (found.path > 2) & (found.path < len(corridor.depth_m) - 3)
    expected = 0.3 * corridor.depth_m[found.path[inner]]
    assert np.allclose(found.travelled_m[inner], expected, atol=400.0)
