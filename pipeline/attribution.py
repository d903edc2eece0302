"""What has to be said of where the pixels of a file come from."""

from __future__ import annotations

import zipfile
from pathlib import Path

from catalog.errors import InvalidName
from catalog.scene import parse_product_name
from pipeline.fetching.simulated import MARK, SPEAKING, says_simulated

SENTINEL = "Contains modified Copernicus Sentinel data {year}"
SIMULATED = "Simulated, no observation"
NO_YEAR = "[year not known]"


def attribution_of(scene: Path) -> str:
    """The notice that Copernicus asks for, or that nothing was observed."""
    if is_simulated(scene):
        return SIMULATED
    try:
        return SENTINEL.format(year=parse_product_name(scene.name).start.year)
    except InvalidName:
        return SENTINEL.format(year=NO_YEAR)


def is_simulated(scene: Path) -> bool:
    """Whether a folder or zip file of a product says that it is one of our simulations."""
    if scene.is_dir():
        texts = (path for path in scene.rglob("*") if path.suffix.lower() in SPEAKING)
        return any(MARK in path.read_bytes() for path in texts)
    return zipfile.is_zipfile(scene) and says_simulated(scene)
