"""From a traced line to the record: the front as a value, its files, what became of the scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from catalog.canonical import canonical_json, sha256_hex
from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.items.envelope import COG, PNG, Asset
from catalog.lineage import Input, InputKind, Lineage
from catalog.model_card import ModelCard
from catalog.objects import StoredObject
from catalog.observation import Observation, ObservationKind
from catalog.scene import Scene
from catalog.shelf import Part
from pipeline.attribution import SENTINEL, SIMULATED
from pipeline.contour import LINE_GRID_M, SIMPLIFY_TOLERANCE_M
from pipeline.ground import Ground
from pipeline.prepare import PreparedScene
from pipeline.provenance import code_version, software_versions
from pipeline.quicklook import Caption
from pipeline.settings import ANTARCTIC_CRS, ProcessingSettings
from pipeline.trace import NoFront, TracedFront

POLARISATION_SEPARATOR = "+"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all fronts of one scene share."""

    scene: Scene
    model: ModelCard
    why_model: str
    prepared: PreparedScene
    settings: ProcessingSettings
    ground: Ground

    @property
    def polarisations(self) -> tuple[str, ...]:
        return self.prepared.polarisations

    @property
    def parameters(self) -> dict[str, Any]:
        """All numbers and choices that the line depends on."""
        return {
            **self.settings.segment_parameters,
            **self.settings.trace_parameters,
            **flattened("scene", self.prepared.account),
            "crs": ANTARCTIC_CRS,
            "line_grid_m": LINE_GRID_M,
            "model_choice": self.why_model,
            "position_scale": self.model.position_scale,
            "polarisations": POLARISATION_SEPARATOR.join(self.polarisations),
            "simplify_tolerance_m": SIMPLIFY_TOLERANCE_M,
        }


def make_front(part: Part, traced: TracedFront, under: Circumstances) -> Front:
    """A front that has not been checked against its series yet."""
    origin = origin_of(under.scene)
    return Front(
        unit=part.name,
        shelf=part.shelf,
        interval=Interval.DAILY,
        origin=origin,
        source=str(origin),
        start=under.scene.start,
        end=under.scene.start,
        line=traced.line,
        status=Status.PROVISIONAL if traced.is_complete else Status.IN_REVIEW,
        reasons=() if traced.is_complete else (Reason.INCOMPLETE,),
        grid_m=LINE_GRID_M,
        confidence=traced.sureness.confidence,
        uncertainty_m=traced.sureness.uncertainty_m,
        vertex_uncertainty_m=traced.sureness.vertex_uncertainty_m,
        area_km2=traced.area_km2,
        baseline=under.model.id,
        lineage=_lineage(part, under),
    )


def origin_of(scene: Scene) -> Origin:
    return Origin.SIMULATED if scene.simulated else Origin.SENTINEL1


def front_assets(probability: StoredObject, quicklook: StoredObject) -> list[Asset]:
    """The files of a front beside its line."""
    return [
        Asset.of_object(
            "probability", probability, COG, "Probability of ice and of an edge, 8 bits",
            ("data",), {"proj:code": ANTARCTIC_CRS},
        ),
        Asset.of_object("quicklook", quicklook, PNG, "Scene and front", ("overview",)),
    ]  # fmt: skip


def caption_of(front: Front, under: Circumstances) -> Caption:
    """What the quick-look says."""
    area = "" if front.area_km2 is None else f" · {front.area_km2:,.0f} sq km of ice behind it"
    return Caption(
        title=f"{front.unit} · {front.start:%Y-%m-%d %H:%M} UTC · "
        f"{POLARISATION_SEPARATOR.join(under.polarisations)} · front ±{front.uncertainty_m:.0f} m"
        f"{area}",
        note=notice(under.scene),
    )


def notice(scene: Scene) -> str:
    """What has to be said of where the pixels come from."""
    if scene.simulated:
        return SIMULATED
    return SENTINEL.format(year=scene.start.year)


def observed(front: Front, scene: Scene) -> Observation:
    return Observation(
        front.unit, scene.start, ObservationKind.OBSERVED, "front traced", scene.id, front.id
    )


def not_observed(part: Part, scene: Scene, why: NoFront) -> Observation:
    kind = ObservationKind.GAP if why.is_gap else ObservationKind.REJECTED
    return Observation(part.name, scene.start, kind, why.reason, scene.id)


def unusable(part: Part, scene: Scene, fault: str) -> Observation:
    return Observation(part.name, scene.start, ObservationKind.REJECTED, fault, scene.id)


def _lineage(part: Part, under: Circumstances) -> Lineage:
    parameters = {**under.parameters, "region_sha256": region_digest(part)}
    return Lineage(
        inputs=(
            Input(InputKind.SCENE, under.scene.id, under.scene.sha256),
            Input(InputKind.MODEL, under.model.id, under.model.weights_sha256),
            *under.ground.inputs,
        ),
        code_version=code_version(),
        configuration_sha256=sha256_hex(canonical_json(parameters)),
        software=MappingProxyType(software_versions()),
        parameters=MappingProxyType(parameters),
    )


def flattened(name: str, value: Any) -> dict[str, str | int | float | bool]:
    """A nested account as plain parameters with dotted names; what is None or empty is left out."""
    if isinstance(value, Mapping):
        inner = (flattened(f"{name}.{key}", part) for key, part in value.items())
        return {key: part for found in inner for key, part in found.items()}
    if isinstance(value, list | tuple):
        return {name: "; ".join(map(str, value))} if value else {}
    return {} if value is None else {name: value}


def region_digest(part: Part) -> str:
    """SHA-256 of where a part's front may lie and where its area begins."""
    shapes = [list(part.region.exterior.coords), list(part.reference.coords)]
    return sha256_hex(canonical_json(shapes))
