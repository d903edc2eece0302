"""The ground that scenes are placed on, as the settings name it, with what the lineage needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.canonical import sha256_of_file
from catalog.errors import SettingsError
from catalog.lineage import Input, InputKind
from pipeline.settings import ProcessingSettings
from pipeline.surface_choice import SurfaceChoice


@dataclass(frozen=True, slots=True)
class Ground:
    """The surface, and the files that it is made from."""

    choice: SurfaceChoice
    inputs: tuple[Input, ...] = ()


def ground_of(settings: ProcessingSettings) -> Ground:
    """An elevation model, or the mean sea with a freeboard; raises SettingsError."""
    if settings.dem is None:
        return Ground(SurfaceChoice(freeboard_m=settings.freeboard_m))
    path = Path(settings.dem)
    if not path.is_file():
        raise SettingsError(
            "there is no such elevation model.",
            where=path,
            remedy="Correct ICELINES_PROCESS_DEM, or unset it to use the mean sea.",
        )
    given = Input(InputKind.FILE, path.name, sha256_of_file(path))
    return Ground(SurfaceChoice(path, settings.dem_vertical), (given,))
