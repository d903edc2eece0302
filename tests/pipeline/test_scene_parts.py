from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.scene_parts import parts_shown
from tests.catalog.records import open_store
from tests.pipeline.painted_scenes import PART, record_scene


def test_a_real_scene_shows_every_part_that_it_touches(tmp_path: Path) -> None:
    with open_store(tmp_path / "workspace") as store:
        scene = record_scene(store, tmp_path, 8_000.0)
    neighbour = replace(PART, name="Neighbour")
    assert parts_shown(scene, [PART, neighbour]) == (PART,)
    assert parts_shown(replace(scene, simulated=False), [PART, neighbour]) == (PART, neighbour)
