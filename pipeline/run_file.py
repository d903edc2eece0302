"""One scene from a file becomes a folder with its line: no catalogue, no shelf, no front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from catalog.atomic import staged_folder
from catalog.canonical import canonical_json, sha256_hex, sha256_of_file
from catalog.errors import InputError, InvalidName
from catalog.items.envelope import format_time
from catalog.scene import parse_product_name
from pipeline.attribution import attribution_of
from pipeline.contour import LINE_GRID_M, SIMPLIFY_TOLERANCE_M
from pipeline.network.channels import needed_bands
from pipeline.network.choice import choose_model, named_model
from pipeline.network.weights import LoadedModel, load_model
from pipeline.prepare import PreparedScene, polarisations_in, prepare_scene
from pipeline.probability import Probabilities, as_fraction
from pipeline.products import backscatter_cog, line_geojson, lonlat_geojson, probability_cog
from pipeline.provenance import code_version, software_versions
from pipeline.quicklook import Caption, draw_quicklook
from pipeline.segment import segment_scene
from pipeline.settings import ProcessingSettings
from pipeline.trace import NoFront, TracedLine, trace_lines

ACCOUNT = "process.json"
MEANING = (
    "A line between ice and water as the model sees it. It is not an ice-shelf front: it was "
    "not traced against the region of a shelf and not checked against a time series."
)
# Co-polarised EW backscatter has its median between -20 dB (calm water) and -5 dB (shelf ice).
DARKEST_CO_POLARISED_DB = -20.0
CO_POLARISED = ("HH", "VV")
PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What is asked for; `polarisations` are those the user names, in band order."""

    scene: Path
    out: Path
    crs: str
    polarisations: tuple[str, ...] = ()
    weights: Path | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """What lies in the folder: `account` is the content of process.json."""

    out: Path
    account: Mapping[str, Any]
    was_done_before: bool

    @property
    def has_line(self) -> bool:
        return self.account["line"] is not None

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person should know before using the line."""
        return tuple(self.account["doubts"])


def process_file(request: FileRequest, settings: ProcessingSettings) -> FileReport:
    """Write the folder `out`, whole or not at all; the same request again does nothing.

    Raises SceneError, ModelError, StorageError, and InputError where `out` holds something else.
    """
    scene_sha256 = _digest(request.scene)
    earlier = _account_in(request.out)
    offered = polarisations_in(request.scene, request.polarisations)
    choice = named_model(request.weights) if request.weights else choose_model(offered)
    model = load_model(choice.path)
    prepared = prepare_scene(
        request.scene,
        crs=request.crs,
        pixel_size_m=settings.pixel_size_m,
        polarisations=request.polarisations,
        wanted=needed_bands(model.card.input_channels),
    )
    account = _lineage(request, settings, scene_sha256, prepared, model, choice.why)
    if earlier is not None:
        if earlier.get("lineage") == account["lineage"]:
            return FileReport(request.out, earlier, was_done_before=True)
        raise _occupied(request.out)
    probabilities = segment_scene(
        prepared.sigma0_db,
        model.network,
        settings.segmentation,
    )
    rules = settings.trace_rules_of(model.card)
    traced = trace_lines(as_fraction(probabilities.ice), prepared.grid, rules)
    account |= _result(traced, prepared, settings)
    files = _files(request, prepared, probabilities, traced, account)
    account["files"] = {
        name: {"sha256": sha256_hex(content), "size_bytes": len(content)}
        for name, content in files.items()
    }
    _write(request.out, {**files, ACCOUNT: _readable(account)})
    return FileReport(request.out, account, was_done_before=False)


def _digest(scene: Path) -> str:
    """Of a file, or of all files of a folder with their names; a missing one the reader refuses."""
    if scene.is_dir():
        inside = sorted(path for path in scene.rglob("*") if path.is_file())
        named = {path.relative_to(scene).as_posix(): sha256_of_file(path) for path in inside}
        return sha256_hex(canonical_json(named))
    return sha256_of_file(scene) if scene.is_file() else ""


def _account_in(out: Path) -> dict[str, Any] | None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    try:
        found: dict[str, Any] = orjson.loads((out / ACCOUNT).read_bytes())
    except (OSError, ValueError) as error:
        raise _occupied(out) from error
    return found


def _occupied(out: Path) -> InputError:
    return InputError(
        "is there already and holds something else.",
        where=out,
        remedy="Choose another folder with --out, or remove this one.",
    )


def _lineage(
    request: FileRequest,
    settings: ProcessingSettings,
    scene_sha256: str,
    prepared: PreparedScene,
    model: LoadedModel,
    why_model: str,
) -> dict[str, Any]:
    parameters = {
        **settings.segment_parameters,
        **settings.trace_parameters,
        "crs": request.crs,
        "least_confidence": settings.least_confidence,
        "line_grid_m": LINE_GRID_M,
        "model_choice": why_model,
        "position_scale": model.card.position_scale,
        "polarisations": list(prepared.polarisations),
        "scene": dict(prepared.account),
        "polarisations_stated_by": "user" if request.polarisations else "file",
        "simplify_tolerance_m": SIMPLIFY_TOLERANCE_M,
    }
    inputs = [
        {"kind": "scene", "name": request.scene.name, "sha256": scene_sha256},
        {"kind": "model", "name": model.card.id, "sha256": model.card.weights_sha256},
    ]
    lineage = {
        "inputs": inputs,
        "code_version": code_version(),
        "configuration_sha256": sha256_hex(canonical_json(parameters)),
        "software": software_versions(),
        "parameters": parameters,
    }
    return {
        "kind": "line",
        "meaning": MEANING,
        "attribution": attribution_of(request.scene),
        "acquired": _acquired(request.scene, prepared),
        "model_limits": model.card.limits,
        "lineage": lineage,
    }


def _acquired(scene: Path, prepared: PreparedScene) -> str | None:
    for name in (scene.name, prepared.account.get("product", "")):
        try:
            return format_time(parse_product_name(name).start)
        except InvalidName:
            continue
    return None


def _result(
    traced: TracedLine | NoFront, prepared: PreparedScene, settings: ProcessingSettings
) -> dict[str, Any]:
    levels = _levels(prepared)
    doubts = [*prepared.account.get("degradations", ()), *_doubts_of_levels(levels)]
    if isinstance(traced, NoFront):
        return {"line": None, "why_no_line": traced.reason, "levels_db": levels, "doubts": doubts}
    is_sure = traced.sureness.confidence >= settings.least_confidence
    if not is_sure:
        doubts.append(
            f"The model is not sure of this line (confidence {traced.sureness.confidence:.2f}): "
            "it may follow nothing on the ground. See model_limits."
        )
    return {
        "line": {
            "length_km": round(traced.line.length / 1000, 3),
            "parts": len(traced.line.geoms),
            "confidence": traced.sureness.confidence,
            "is_sure": is_sure,
            "uncertainty_m": traced.sureness.uncertainty_m,
        },
        "levels_db": levels,
        "doubts": doubts,
    }


def _levels(prepared: PreparedScene) -> dict[str, dict[str, float]]:
    """Percentiles of the backscatter of each polarisation."""
    return {
        name: {
            f"p{percentile}": round(float(value), 2)
            for percentile, value in zip(PERCENTILES, _percentiles(band), strict=True)
        }
        for name, band in zip(prepared.polarisations, prepared.sigma0_db, strict=True)
    }


def _percentiles(band: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    return np.asarray(np.nanpercentile(band, PERCENTILES))


def _doubts_of_levels(levels: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [
        f"The median of {name} is {found['p50']:.1f} dB, darker than {name} is over ice or water: "
        "is it the cross-polarised band, or not calibrated?"
        for name, found in levels.items()
        if name in CO_POLARISED and found["p50"] < DARKEST_CO_POLARISED_DB
    ]


def _files(
    request: FileRequest,
    prepared: PreparedScene,
    probabilities: Probabilities,
    traced: TracedLine | NoFront,
    account: Mapping[str, Any],
) -> dict[str, bytes]:
    tags = {"SCENE": request.scene.name, "ATTRIBUTION": account["attribution"]}
    line = None if isinstance(traced, NoFront) else traced.line
    said = {"kind": "line", "scene": request.scene.name, "acquired": account["acquired"]}
    files = {
        "sigma0_db.tif": backscatter_cog(
            prepared.sigma0_db, prepared.grid, prepared.polarisations, tags
        ),
        "probability.tif": probability_cog(probabilities, prepared.grid, tags),
        "quicklook.png": draw_quicklook(
            prepared.sigma0_db[0], prepared.grid, line, _caption(prepared, account)
        ),
    }
    if line is not None:
        said |= account["line"]
        files["line.geojson"] = line_geojson(line, request.crs, said)
        files["line_lonlat.geojson"] = lonlat_geojson(line, request.crs, said)
    return files


def _caption(prepared: PreparedScene, account: Mapping[str, Any]) -> Caption:
    line = account["line"]
    found = "no line found"
    if line:
        sure = "" if line["is_sure"] else " (the model is not sure)"
        found = f"line of {line['length_km']:.0f} km, confidence {line['confidence']:.2f}{sure}"
    day = (account["acquired"] or "date not known")[:16].replace("T", " ")
    channels = "+".join(prepared.polarisations)
    return Caption(
        title=f"{day} UTC · {channels} · {prepared.grid.crs} · {found}",
        note=f"{account['attribution']}. A line between ice and water, not an ice-shelf front.",
    )


def _readable(account: Mapping[str, Any]) -> bytes:
    return orjson.dumps(account, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    with staged_folder(out) as partial:  # takes the place of an empty folder, too
        for name, content in files.items():
            (partial / name).write_bytes(content)
