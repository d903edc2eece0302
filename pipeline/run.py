"""Scenes on record become fronts on record: the recipe, resumable and kept apart scene by scene.

What was done stands in the ledger of work under a key made of everything that goes in: the scene's
bytes, the stage, configuration, weights and code. A killed run goes on from there; a second run
finds everything done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import shapely

from catalog.canonical import sha256_of_file
from catalog.errors import InputError, RecordError
from catalog.front import Front
from catalog.items.envelope import Asset
from catalog.items.model import model_to_item
from catalog.items.scene import COLLECTION as SCENES
from catalog.items.scene import item_to_scene
from catalog.model_card import ModelCard
from catalog.objects import StoredObject
from catalog.observation import ObservationKind
from catalog.query import Search
from catalog.recorded_verdict import with_recorded_verdict
from catalog.release import Month
from catalog.scene import Scene
from catalog.shelf import Part
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome, Work
from pipeline.errors import SceneError
from pipeline.ground import Ground, ground_of
from pipeline.high_ground import heights_over_sea
from pipeline.network.channels import needed_bands
from pipeline.network.choice import ModelChoice, choose_model, named_for_scenes
from pipeline.network.weights import LoadedModel, load_model
from pipeline.prepare import PreparedScene, prepare_scene
from pipeline.probability import as_fraction
from pipeline.products import probability_cog, read_probabilities
from pipeline.quicklook import draw_quicklook
from pipeline.recording import (
    Circumstances,
    caption_of,
    front_assets,
    make_front,
    observed,
    unusable,
)
from pipeline.safe.open import open_product
from pipeline.safe.xml import FETCH_AGAIN
from pipeline.scene_parts import extent, parts_shown, surroundings
from pipeline.segment import segment_scene
from pipeline.settings import ANTARCTIC_CRS, ProcessingSettings
from pipeline.trace import NoFront, trace_front
from pipeline.withdrawal import withdraw_front
from pipeline.work_keys import SEGMENT, TRACE, key_without_model, segment_key, trace_key

MOST_ATTEMPTS = 3  # after that a scene is left in quarantine until it is named by hand


@dataclass(frozen=True, slots=True)
class SceneFailure:
    """A scene that could not be used, and why."""

    scene_id: str
    fault: str


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """How a run ended. `fronts` counts records; `without_front` (part, scene) pairs without one."""

    scenes: int = 0
    done_before: int = 0
    fronts: RecordOutcome = field(default_factory=RecordOutcome)
    without_front: int = 0
    failures: tuple[SceneFailure, ...] = ()
    quarantined: tuple[SceneFailure, ...] = ()

    def __add__(self, other: ProcessReport) -> ProcessReport:
        return ProcessReport(
            self.scenes + other.scenes,
            self.done_before + other.done_before,
            self.fronts + other.fronts,
            self.without_front + other.without_front,
            self.failures + other.failures,
            self.quarantined + other.quarantined,
        )


@dataclass(frozen=True)
class Bench:
    """What processing works with: the catalogue, the parts that are mapped, models, settings."""

    store: CatalogStore
    parts: tuple[Part, ...]
    settings: ProcessingSettings
    weights: Path | None = None

    @cached_property
    def ground(self) -> Ground:
        """The surface that scenes are placed on; raises SettingsError."""
        return ground_of(self.settings, self.store)

    @cached_property
    def _models(self) -> dict[Path, LoadedModel]:
        return {}

    def choice_for(self, polarisations: tuple[str, ...]) -> ModelChoice:
        """Which model, and why; raises ModelError."""
        return named_for_scenes(self.weights) if self.weights else choose_model(polarisations)

    def model_for(self, polarisations: tuple[str, ...]) -> LoadedModel:
        """The model named by the user, or the one that makes most of these polarisations."""
        path = self.choice_for(polarisations).path
        if path not in self._models:
            model = load_model(path)
            self._models[path] = replace(model, card=self._record(model.card, path))
        return self._models[path]

    def _record(self, card: ModelCard, path: Path) -> ModelCard:
        stored = self.store.objects.put_file(path)
        on_record = replace(card, weights_href=stored.href)
        self.store.record_items([model_to_item(on_record)])
        return on_record


def scenes_on_record(
    store: CatalogStore, until: Month | None = None, ids: Sequence[str] = ()
) -> list[Scene]:
    """Scenes by time, up to and including a month; with `ids` those alone (InputError: unknown)."""
    found = store.all_items(Search(collections=(SCENES,), ids=tuple(ids)))
    scenes = [item_to_scene(stored.item) for stored in found]
    unknown = sorted(set(ids) - {scene.id for scene in scenes})
    if unknown:
        raise InputError(
            f"no such scene is on record: {', '.join(unknown)}.",
            remedy="`icelines process` without names takes all; a file needs --out DIR.",
        )
    last = until.following.first_day if until else None
    wanted = (s for s in scenes if last is None or s.start.date() < last)
    return sorted(wanted, key=lambda scene: (scene.start, scene.id))


def process_scenes(
    bench: Bench,
    scenes: Iterable[Scene],
    *,
    by_name: bool = False,
    between: Callable[[], None] = lambda: None,
) -> ProcessReport:
    """Process each scene; a bad one is reported and the rest go on.

    `by_name` tries scenes in quarantine again; `between` is called after every scene. Raises
    StorageError where the workspace cannot be written: going on would fail for every scene.
    """
    report = ProcessReport()
    for scene in scenes:
        report += _process_one(bench, scene, by_name=by_name)
        between()
    return report


def _process_one(bench: Bench, scene: Scene, *, by_name: bool) -> ProcessReport:
    parts = parts_shown(scene, bench.parts)
    try:
        model = bench.model_for(scene.polarisations)
    except InputError as error:
        return _without_model(bench, scene, parts, error, by_name=by_name)
    key = trace_key(scene, model.card, parts, bench.settings, bench.ground)
    known = _known(bench, scene, key, by_name=by_name)
    if known is not None:
        return known
    try:
        report = _fronts_of(bench, scene, model, parts)
    except (InputError, RecordError, shapely.errors.ShapelyError) as error:
        return _set_aside(bench, scene, parts, key, error)
    attempts = _attempts(bench, key) + 1
    bench.store.write_work(Work(key, TRACE, scene.id, True, attempts, {}))
    return report


def _known(bench: Bench, scene: Scene, key: str, *, by_name: bool) -> ProcessReport | None:
    """The report on a scene that is not to be tried: done before, or in quarantine."""
    work = bench.store.work(key)
    if work is not None and work.is_done:
        return ProcessReport(scenes=1, done_before=1)
    if work is not None and work.attempts >= MOST_ATTEMPTS and not by_name:
        failure = SceneFailure(scene.id, str(work.outcome["error"]))
        return ProcessReport(scenes=1, quarantined=(failure,))
    return None


def _without_model(
    bench: Bench, scene: Scene, parts: tuple[Part, ...], error: InputError, *, by_name: bool
) -> ProcessReport:
    """Held against the scene only where no model was named: the name may be what is wrong."""
    if bench.weights is not None:
        return _failure(scene, error)
    key = key_without_model(scene)
    known = _known(bench, scene, key, by_name=by_name)
    return known or _set_aside(bench, scene, parts, key, _with_losses(bench, scene, error))


def _with_losses(bench: Bench, scene: Scene, error: InputError) -> InputError:
    """The error with what the product lacks: a polarisation that was lost may be why."""
    path = bench.store.objects.path(scene.href)
    try:
        losses = open_product(path).degradations
    except SceneError:  # not a SAFE product
        return error
    if not losses:
        return error
    return SceneError(" ".join((error.fault, *losses)), where=path, remedy=FETCH_AGAIN)


def _set_aside(
    bench: Bench, scene: Scene, parts: tuple[Part, ...], key: str, error: Exception
) -> ProcessReport:
    fault = error.fault if isinstance(error, InputError | RecordError) else str(error)
    bench.store.record_observations(unusable(part, scene, fault) for part in parts)
    report, attempts = _failure(scene, error), _attempts(bench, key) + 1
    said = {"error": report.failures[0].fault}
    bench.store.write_work(Work(key, TRACE, scene.id, False, attempts, said))
    return report


def _failure(scene: Scene, error: Exception) -> ProcessReport:
    return ProcessReport(scenes=1, failures=(SceneFailure(scene.id, f"{scene.id}: {error}"),))


def _attempts(bench: Bench, key: str) -> int:
    work = bench.store.work(key)
    return work.attempts if work is not None else 0


def _fronts_of(
    bench: Bench, scene: Scene, model: LoadedModel, parts: tuple[Part, ...]
) -> ProcessReport:
    """Prepare, segment, trace and record one scene."""
    if not parts:
        return ProcessReport(scenes=1)
    prepared = _prepare(bench, scene, model.card, parts)
    probability = _segment(bench, scene, model, parts, prepared)
    path = bench.store.objects.existing_path(probability.href)
    kept, grid = read_probabilities(str(path))
    ice = as_fraction(kept.ice)
    rules = bench.settings.trace_rules_of(model.card)
    heights = partial(heights_over_sea, bench.ground.choice)
    traced = {p: trace_front(ice, grid, p.region, p.reference, rules, heights) for p in parts}
    why = bench.choice_for(scene.polarisations).why
    under = Circumstances(scene, model.card, why, prepared, bench.settings, bench.ground)
    fronts = {p: make_front(p, t, under) for p, t in traced.items() if not isinstance(t, NoFront)}
    with_files = [
        (
            with_recorded_verdict(front, bench.store),
            _assets(bench, front, part, prepared, probability, under),
        )
        for part, front in fronts.items()
    ]
    outcome = bench.store.record_fronts(with_files)
    seen = [observed(front, scene) for front in fronts.values()]
    for part, why_none in traced.items():
        if isinstance(why_none, NoFront):
            told, withdrawn = withdraw_front(bench.store, part, scene, why_none)
            seen.append(told)
            outcome += withdrawn
    bench.store.record_observations(seen)
    without = sum(each.kind is not ObservationKind.OBSERVED for each in seen)
    return ProcessReport(scenes=1, fronts=outcome, without_front=without)


def _prepare(
    bench: Bench, scene: Scene, model: ModelCard, parts: tuple[Part, ...]
) -> PreparedScene:
    path = bench.store.objects.existing_path(scene.href)
    if sha256_of_file(path) != scene.sha256:
        raise SceneError(
            "the file is not the one on record (SHA-256 differs).",
            where=path,
            remedy="Restore the file, or remove it and fetch the scene again.",
        )
    return prepare_scene(
        path,
        crs=ANTARCTIC_CRS,
        pixel_size_m=bench.settings.pixel_size_m,
        polarisations=scene.polarisations,
        wanted=needed_bands(model.input_channels),
        within=extent(parts, bench.settings.margin_m),
        surface=bench.ground.choice,
    )


def _segment(
    bench: Bench,
    scene: Scene,
    model: LoadedModel,
    parts: tuple[Part, ...],
    prepared: PreparedScene,
) -> StoredObject:
    key = segment_key(scene, model.card, parts, bench.settings, bench.ground)
    done = bench.store.work(key)
    if done is not None and done.is_done:
        stored = StoredObject(**done.outcome)
        path = bench.store.objects.path(stored.href)
        if path.is_file() and sha256_of_file(path) == stored.sha256:
            return stored
        path.unlink(missing_ok=True)  # damaged: made again below
    probabilities = segment_scene(
        prepared.sigma0_db,
        model.network,
        bench.settings.segmentation,
        needed=prepared.grid.covered_by(surroundings(parts, bench.settings.margin_m)),
    )
    tags = {
        "SCENE_ID": scene.id,
        "MODEL_SHA256": model.card.weights_sha256,
        "SIMULATED": str(scene.simulated).lower(),
    }
    content = probability_cog(probabilities, prepared.grid, tags)
    stored = bench.store.objects.put_bytes(content, ".tif")
    outcome = {"href": stored.href, "sha256": stored.sha256, "size_bytes": stored.size_bytes}
    bench.store.write_work(Work(key, SEGMENT, scene.id, True, 1, outcome))
    return stored


def _assets(
    bench: Bench,
    front: Front,
    part: Part,
    prepared: PreparedScene,
    probability: StoredObject,
    under: Circumstances,
) -> list[Asset]:
    picture = draw_quicklook(
        prepared.sigma0_db[0],
        prepared.grid,
        front.line,
        caption_of(front, under),
        reference=part.reference,
        within=extent((part,), bench.settings.margin_m),
    )
    return front_assets(probability, bench.store.objects.put_bytes(picture, ".png"))
