"""A campaign: which scenes are simulated, and how each gets on record with its truth aside.

Scenes go into the object store and the collection `scenes`; true fronts go into the truth folder,
which the pipeline never reads. What was done stands in the ledger of work, so that a second run
does nothing and a killed one goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely

from catalog.atomic import write_bytes
from catalog.canonical import canonical_json, sha256_hex
from catalog.items.envelope import format_time
from catalog.items.scene import scene_to_item
from catalog.objects import StoredObject
from catalog.release import Month
from catalog.scene import Scene
from catalog.shelf import Part
from catalog.store import CatalogStore
from catalog.stored import Work
from pipeline.simulate.geotiff import geotiff_bytes
from pipeline.simulate.scenario import (
    Scenario,
    acquisition_times,
    last_calving,
    scenario_of,
)
from pipeline.simulate.scene import (
    MODE,
    PLATFORM,
    PRODUCT_TYPE,
    SimulatedScene,
    simulate_scene,
)

STAGE = "simulate"
GENERATOR = 1  # to be raised when the same arguments give other pixels
COORDINATE_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class PlannedScene:
    """One scene to be made."""

    part: Part
    moment: datetime
    scenario: Scenario
    seed: int

    @property
    def work_key(self) -> str:
        """The same for the same scene: its arguments and the generation of the code."""
        arguments = {
            "generator": GENERATOR,
            "part": self.part.name,
            "region": shapely.to_wkt(self.part.region),
            "reference": shapely.to_wkt(self.part.reference),
            "moment": format_time(self.moment),
            "scenario": _plain(self.scenario),
            "seed": self.seed,
        }
        return f"{STAGE}:{sha256_hex(canonical_json(arguments))}"


@dataclass(frozen=True, slots=True)
class Made:
    """How a planned scene ended: its id, and whether it is new on record."""

    scene_id: str
    is_new: bool


def plan(
    parts: list[Part], last: Month, months: int, per_month: int, seed: int
) -> Iterator[PlannedScene]:
    """Scenes of `months` months that end with `last`, in order of time within each part."""
    for part in parts:
        scenario = scenario_of(part.name, seed)
        for month in months_until(last, months):
            for moment in acquisition_times(month, part.name, per_month, seed):
                yield PlannedScene(part, moment, scenario, seed)


def months_until(last: Month, count: int) -> list[Month]:
    """`count` months, the latest of which is `last`."""
    number = last.year * 12 + last.month - 1
    return [Month(n // 12, n % 12 + 1) for n in range(number - count + 1, number + 1)]


def make(planned: PlannedScene, store: CatalogStore, truth_folder: Path) -> Made:
    """Put one scene on record and its truth aside; does nothing when that was done before."""
    done = store.work(planned.work_key)
    if done is not None and _is_whole(done, store, truth_folder):
        return Made(done.subject, is_new=False)
    scene = simulate_scene(planned.part, planned.moment, planned.scenario, planned.seed)
    stored = store.objects.put_bytes(geotiff_bytes(scene), ".tif")
    write_bytes(truth_path(truth_folder, scene.id), truth_geojson(scene, planned.scenario))
    outcome = store.record_items([scene_to_item(scene_record(scene, stored))])
    store.write_work(
        Work(planned.work_key, STAGE, scene.id, True, attempts=1, outcome={"href": stored.href})
    )
    return Made(scene.id, is_new=outcome.unchanged == 0)


def scene_record(scene: SimulatedScene, stored: StoredObject) -> Scene:
    """What the catalogue keeps of a simulated scene."""
    return Scene(
        id=scene.id,
        platform=PLATFORM,
        mode=MODE,
        product_type=PRODUCT_TYPE,
        polarisations=scene.polarisations,
        start=scene.start,
        end=scene.end,
        footprint=scene.footprint,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        href=stored.href,
        simulated=True,
    )


def truth_path(truth_folder: Path, scene_id: str) -> Path:
    return truth_folder / f"{scene_id}.geojson"


def truth_geojson(scene: SimulatedScene, scenario: Scenario) -> bytes:
    """The true front as GeoJSON in EPSG:3031 (named in `crs`, so that metres stay metres)."""
    number, calved = last_calving(scene.start, scenario)
    properties = {
        "scene": scene.id,
        "part": scene.part,
        "datetime": format_time(scene.start),
        "simulated": True,
        "seed": scene.seed,
        "advance_m_per_day": scenario.advance_m_per_day,
        "last_calving": format_time(calved),
        "calving_number": number,
        "melt": round(scene.conditions.melt, 3),
        "sea_ice": str(scene.conditions.sea_ice),
        "wind_db": round(scene.conditions.wind_db, 2),
    }
    line = shapely.transform(scene.truth, lambda xy: xy.round(COORDINATE_DECIMALS))
    geometry = json.loads(shapely.to_geojson(line))
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3031"}}
    return canonical_json({"type": "FeatureCollection", "crs": crs, "features": [feature]}) + b"\n"


def _is_whole(done: Work, store: CatalogStore, truth_folder: Path) -> bool:
    scene_file = store.objects.path(done.outcome["href"])
    return (
        done.is_done and scene_file.is_file() and truth_path(truth_folder, done.subject).is_file()
    )


def _plain(scenario: Scenario) -> dict[str, Any]:
    values = asdict(scenario)
    values["first_calving"] = format_time(scenario.first_calving)
    return {n: sorted(v) if isinstance(v, frozenset) else v for n, v in values.items()}
