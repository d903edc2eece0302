"""One prepared raster becomes one raster of probabilities, with what made it in its tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.canonical import canonical_json
from pipeline.grid import Grid
from pipeline.inference.choices import Segmentation
from pipeline.inference.rows import raster_rows
from pipeline.inference.sinks import probability_file
from pipeline.network.channels import needed_bands
from pipeline.network.choice import ModelChoice, choose_model, named_model
from pipeline.network.weights import load_model
from pipeline.provenance import code_version, software_versions
from pipeline.segment import segment_rows

HANDED_ON = ("SCENE", "SIMULATED", "ATTRIBUTION", "DEGRADATIONS")  # tags of the prepared raster


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """What was written; `lineage` stands in its tags, `remarks` are for people."""

    out: Path
    grid: Grid
    known_share: float
    lineage: Mapping[str, Any]
    remarks: tuple[str, ...]


def segment_to_file(
    raster: Path,
    out: Path,
    how: Segmentation,
    *,
    weights: Path | None = None,
    tracked: Callable[[Iterable[float]], Iterable[float]] = iter,
) -> SegmentReport:
    """Write probabilities of ice and of an edge to `out`, whole or not at all, strip by strip.

    `raster` is what `icelines prepare` wrote. Memory does not grow with its rows. `tracked` is
    given the share that is done. Raises SceneError, ModelError, StorageError, MemoryShortage.
    """
    with raster_rows(raster, ()) as any_bands:
        names = any_bands.names
    choice = named_model(weights) if weights else choose_model(names)
    model = load_model(choice.path)
    with raster_rows(raster, needed_bands(model.network.architecture.channels)) as rows:
        lineage = _lineage(raster, choice, how)
        tags = _tags(rows.tags, lineage)
        with probability_file(out, rows.grid, tags) as sink:
            remarks = segment_rows(rows, model.network, how, sink, tracked=tracked)
        known = sink.known_pixels / (rows.grid.width * rows.grid.height)
        return SegmentReport(out, rows.grid, known, lineage, remarks)


def _lineage(raster: Path, choice: ModelChoice, how: Segmentation) -> dict[str, Any]:
    return {
        "input": raster.name,
        "model": choice.card.id,
        "model_sha256": choice.card.weights_sha256,
        "model_chosen": choice.why,
        "mode": str(how.mode),
        "engine": str(how.engine.kind),
        "device": str(how.engine.device),
        "precision": str(how.engine.precision),
        "largest_tile_px": how.tiling.largest_px,
        "overlap_px": how.tiling.overlap_px,
        "threads": how.threads,
        "largest_batch": how.largest_batch,
        "code_version": code_version(),
        "software": software_versions(),
    }


def _tags(of_raster: Mapping[str, str], lineage: Mapping[str, Any]) -> dict[str, str]:
    handed_on = {name: of_raster[name] for name in HANDED_ON if name in of_raster}
    own = {
        "MODEL": str(lineage["model"]),
        "MODEL_SHA256": str(lineage["model_sha256"]),
        "LINEAGE": canonical_json(lineage).decode(),
    }
    return {**handed_on, **own}
