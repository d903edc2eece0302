"""One scene becomes one raster on disk, with everything that made it in its tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from catalog.canonical import canonical_json, sha256_hex, sha256_of_file
from pipeline.attribution import attribution_of, is_simulated
from pipeline.backscatter_file import BackscatterWriter, backscatter_file
from pipeline.grid import Grid
from pipeline.prepare import (
    BLOCK_ROWS,
    PlacedScene,
    Preparation,
    Strip,
    holds_no_data,
    place_scene,
)
from pipeline.provenance import PREPARE_CODE, code_digest, code_version, software_versions


class Backend(StrEnum):
    ICELINES = "icelines"
    SNAP = "snap"


@dataclass(frozen=True, slots=True)
class PrepareReport:
    """What was written; `lineage` and `statistics` (in dB, by polarisation) stand in its tags."""

    out: Path
    grid: Grid
    polarisations: tuple[str, ...]
    lineage: Mapping[str, Any]
    statistics: Mapping[str, Mapping[str, float]]

    @property
    def degradations(self) -> tuple[str, ...]:
        return tuple(self.lineage["account"]["degradations"])


Tracked = Callable[[Iterable[Strip], int], Iterable[Strip]]


def untracked(strips: Iterable[Strip], _: int) -> Iterable[Strip]:
    return strips


def prepare_to_file(
    scene: Path,
    out: Path,
    asked: Preparation,
    *,
    backend: Backend = Backend.ICELINES,
    tracked: Tracked = untracked,
) -> PrepareReport:
    """Write backscatter in dB to `out`, whole or not at all, strip by strip.

    `tracked` is given the strips and about how many there will be. Raises SceneError,
    StorageError, and SettingsError where the backend is missing.
    """
    tags: dict[str, str] = {}
    with _placed(scene, asked, backend) as placed:
        with backscatter_file(out, placed.grid, placed.polarisations, tags) as writer:
            accounts = _write_strips(placed, writer, tracked)
            lineage = _lineage(scene, asked, backend, placed.account(accounts))
            tags.update(_tags(scene, lineage))
        pixels = placed.grid.width * placed.grid.height
        statistics = {name: found.document(pixels) for name, found in writer.statistics.items()}
    return PrepareReport(out, placed.grid, placed.polarisations, lineage, statistics)


@contextmanager
def _placed(scene: Path, asked: Preparation, backend: Backend) -> Iterator[PlacedScene]:
    if backend is Backend.SNAP:
        from pipeline.snap.preparation import placed_by_snap

        with placed_by_snap(scene, asked) as placed:
            yield placed
    else:
        yield place_scene(scene, asked)


def _write_strips(
    placed: PlacedScene, writer: BackscatterWriter, tracked: Tracked
) -> dict[str, Mapping[str, Any]]:
    accounts: dict[str, Mapping[str, Any]] = {}
    expected = len(placed.polarisations) * -(-placed.grid.height // BLOCK_ROWS)
    for strip in tracked(placed.strips(), expected):
        writer.write(strip.polarisation, strip.row, strip.column, strip.sigma0_db)
        accounts[strip.polarisation] = strip.account
    if not any(found.count for found in writer.statistics.values()):
        raise holds_no_data(placed.path)
    return accounts


def _lineage(
    scene: Path, asked: Preparation, backend: Backend, account: Mapping[str, Any]
) -> dict[str, Any]:
    parameters = {
        "backend": str(backend),
        "crs": asked.crs,
        "pixel_size_m": asked.pixel_size_m,
        "within": list(asked.within) if asked.within else None,
        "denoise": asked.radiometry.denoise,
        "drop_border": asked.radiometry.drop_border,
        "quantity": str(asked.radiometry.quantity),
        "speckle_window": asked.radiometry.speckle_window,
    }
    return {
        "inputs": _inputs(scene, asked),
        "parameters": parameters,
        "configuration_sha256": sha256_hex(canonical_json(parameters)),
        "account": dict(account),
        "code_version": code_version(),
        "code_sha256": code_digest(PREPARE_CODE),
        "software": software_versions(),
    }


def _inputs(scene: Path, asked: Preparation) -> list[dict[str, str]]:
    """Every file with its digest, by its name inside the product."""
    files = {scene.name: scene}
    if scene.is_dir():
        inside = sorted(path for path in scene.rglob("*") if path.is_file())
        files = {f"{scene.name}/{path.relative_to(scene).as_posix()}": path for path in inside}
    found = [
        {"kind": "scene", "name": name, "sha256": sha256_of_file(path)}
        for name, path in files.items()
    ]
    dem = Path(asked.surface.dem or "")
    if dem.is_file():
        found.append({"kind": "ancillary", "name": dem.name, "sha256": sha256_of_file(dem)})
    return found


def _tags(scene: Path, lineage: Mapping[str, Any]) -> dict[str, str]:
    account = lineage["account"]
    said = {
        "SCENE": str(account.get("product", scene.name)),
        "SIMULATED": str(is_simulated(scene)).lower(),
        "ATTRIBUTION": attribution_of(scene),
        "QUANTITY": f"{account['quantity']} in dB",
        "IPF": account.get("ipf"),
        "GEOCODING": account.get("geocoding"),
        "CODE_VERSION": lineage["code_version"],
        "DEGRADATIONS": "; ".join(account["degradations"]),
        "LINEAGE": canonical_json(lineage).decode(),
    }
    return {name: text for name, text in said.items() if text}
