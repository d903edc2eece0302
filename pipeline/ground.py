"""The ground that scenes are placed on, as the settings name it, with what the lineage needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.ancillary import Ancillary, AncillaryKind
from catalog.canonical import sha256_of_file
from catalog.errors import NotRecorded, SettingsError
from catalog.lineage import Input, InputKind
from catalog.store import CatalogStore
from pipeline.ancillary import raster_path, recorded_ancillary
from pipeline.geometry.surface_choice import SurfaceChoice
from pipeline.settings import ProcessingSettings

CORRECT = "Correct ICELINES_PROCESS_DEM (`icelines ancillary list` names those on record)."


@dataclass(frozen=True, slots=True)
class Ground:
    """The surface, and the files that it is made from."""

    choice: SurfaceChoice
    inputs: tuple[Input, ...] = ()


def ground_of(settings: ProcessingSettings, store: CatalogStore) -> Ground:
    """An elevation model on record or in a file, or the mean sea; raises SettingsError."""
    if settings.dem is None:
        return Ground(SurfaceChoice(freeboard_m=settings.freeboard_m))
    try:
        model = recorded_ancillary(store, settings.dem)
    except NotRecorded:
        return _in_file(Path(settings.dem), settings)
    return _on_record(model, store)


def _on_record(model: Ancillary, store: CatalogStore) -> Ground:
    if model.kind is not AncillaryKind.DEM or model.vertical is None:
        raise SettingsError(
            f"is a {model.kind}, not an elevation model.", where=model.id, remedy=CORRECT
        )
    choice = SurfaceChoice(raster_path(store, model), model.vertical.value)
    return Ground(choice, (Input(InputKind.ANCILLARY, model.id, model.sha256),))


def _in_file(path: Path, settings: ProcessingSettings) -> Ground:
    if not path.is_file():
        raise SettingsError(
            "is neither an elevation model on record nor a file.", where=path, remedy=CORRECT
        )
    given = Input(InputKind.FILE, path.name, sha256_of_file(path))
    return Ground(SurfaceChoice(path, settings.dem_vertical), (given,))
