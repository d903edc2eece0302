"""A campaign: which passes are simulated, and how their scenes get on record with truth aside.

A scene is a SAFE product in a zip file. Scenes go into the object store and the collection
`scenes`; true fronts go into the truth folder, which the pipeline never reads. What was done stands
in the ledger of work, so that a second run does nothing and a killed one goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely

from catalog.atomic import PARTIAL_PREFIX, storage_errors, write_bytes
from catalog.canonical import canonical_json, sha256_hex
from catalog.items.envelope import format_time
from catalog.items.scene import scene_to_item
from catalog.objects import ObjectStore, StoredObject
from catalog.release import Month
from catalog.scene import Scene
from catalog.shelf import Part
from catalog.store import CatalogStore
from catalog.stored import Work
from pipeline.simulate.acquisition import Imaging
from pipeline.simulate.safe_product import write_safe
from pipeline.simulate.scenario import (
    Scenario,
    acquisition_times,
    last_calving,
    scenario_of,
)
from pipeline.simulate.scene import PLATFORM, SimulatedScene, product_type, simulate_scenes

STAGE = "simulate"
GENERATOR = 2  # to be raised when the same arguments give other pixels
COORDINATE_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class PlannedPass:
    """One pass to be made: a scene, or two where it comes in slices."""

    part: Part
    moment: datetime
    scenario: Scenario
    seed: int
    imaging: Imaging

    @property
    def work_key(self) -> str:
        """The same for the same pass: its arguments and the generation of the code."""
        arguments = {
            "generator": GENERATOR,
            "part": self.part.name,
            "region": shapely.to_wkt(self.part.region),
            "reference": shapely.to_wkt(self.part.reference),
            "moment": format_time(self.moment),
            "scenario": _plain(self.scenario),
            "imaging": asdict(self.imaging),
            "seed": self.seed,
        }
        return f"{STAGE}:{sha256_hex(canonical_json(arguments))}"


@dataclass(frozen=True, slots=True)
class Made:
    """How a scene ended: its id, and whether it is new on record."""

    scene_id: str
    is_new: bool


def plan(
    parts: list[Part],
    last: Month,
    months: int,
    per_month: int,
    seed: int,
    imaging: Imaging | None = None,
) -> Iterator[PlannedPass]:
    """Passes of `months` months that end with `last`, in order of time within each part."""
    for part in parts:
        scenario = scenario_of(part.name, seed)
        for month in months_until(last, months):
            for moment in acquisition_times(month, part.name, per_month, seed):
                yield PlannedPass(part, moment, scenario, seed, imaging or Imaging())


def months_until(last: Month, count: int) -> list[Month]:
    """`count` months, the latest of which is `last`."""
    number = last.year * 12 + last.month - 1
    return [Month(n // 12, n % 12 + 1) for n in range(number - count + 1, number + 1)]


def make(planned: PlannedPass, store: CatalogStore, truth_folder: Path) -> tuple[Made, ...]:
    """Put the scenes of a pass on record and their truth aside; nothing when that was done before.

    Raises SceneError where no pass of Sentinel-1 sees the front of the part.
    """
    done = store.work(planned.work_key)
    if done is not None and _is_whole(done, store, truth_folder):
        return tuple(Made(scene_id, is_new=False) for scene_id in done.outcome["hrefs"])
    scenes = simulate_scenes(
        planned.part, planned.moment, planned.scenario, planned.seed, planned.imaging
    )
    made, hrefs = [], {}
    for scene in scenes:
        stored = _write(scene, store.objects)
        write_bytes(truth_path(truth_folder, scene.id), truth_geojson(scene, planned.scenario))
        outcome = store.record_items([scene_to_item(scene_record(scene, stored))])
        made.append(Made(scene.id, is_new=outcome.unchanged == 0))
        hrefs[scene.id] = stored.href
    subject = f"{planned.part.name} {format_time(planned.moment)}"
    store.write_work(
        Work(planned.work_key, STAGE, subject, True, attempts=1, outcome={"hrefs": hrefs})
    )
    return tuple(made)


def scene_record(scene: SimulatedScene, stored: StoredObject) -> Scene:
    """What the catalogue keeps of a simulated scene."""
    annotation = scene.frame.annotation
    return Scene(
        id=scene.id,
        platform=PLATFORM,
        mode=scene.imaging.mode,
        product_type=product_type(scene.imaging.mode),
        polarisations=scene.polarisations,
        start=scene.start,
        end=scene.end,
        footprint=scene.footprint,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        href=stored.href,
        simulated=True,
        absolute_orbit=annotation.absolute_orbit,
        datatake=f"{annotation.datatake:06X}",
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
        "pass": scene.frame.annotation.pass_direction.lower(),
        "surface_height_m": scene.surface_height_m,
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


def _write(scene: SimulatedScene, objects: ObjectStore) -> StoredObject:
    """The product as a zip file in the store. What a killed run leaves is swept after a day."""
    with (
        storage_errors(objects.root),
        _folder_for(objects.root) as folder,
    ):
        written = write_safe(Path(folder) / f"{scene.id}.zip", scene.channels())
        return objects.take_file(written.path)


def _folder_for(root: Path) -> TemporaryDirectory[str]:
    root.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=root, prefix=f"{PARTIAL_PREFIX}simulate-")


def _is_whole(done: Work, store: CatalogStore, truth_folder: Path) -> bool:
    return done.is_done and all(
        store.objects.path(href).is_file() and truth_path(truth_folder, scene_id).is_file()
        for scene_id, href in done.outcome["hrefs"].items()
    )


def _plain(scenario: Scenario) -> dict[str, Any]:
    values = asdict(scenario)
    values["first_calving"] = format_time(scenario.first_calving)
    return {n: sorted(v) if isinstance(v, frozenset) else v for n, v in values.items()}
