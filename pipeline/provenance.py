"""What code and which libraries made a result."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from catalog.canonical import canonical_json, sha256_hex

DIGITS = 12
LIBRARIES = ("contourpy", "numba", "numpy", "pyproj", "rasterio", "scipy", "shapely", "torch")
# Modules, and packages with all that is in them.
PREPARE_CODE = (
    "compiled", "geometry", "grid", "prepare", "radiometry", "safe", "scenes",
)  # fmt: skip
SEGMENT_CODE = (
    *PREPARE_CODE, "network/architecture", "network/channels", "network/hedunet",
    "network/merging", "inference", "probability", "segment",
)  # fmt: skip
TRACE_CODE = (
    "grid", "connectivity", "contour", "high_ground", "shelf_picture", "simple_line", "trace",
)  # fmt: skip
PRODUCT_CODE = ("products", "quicklook", "recording")


@cache
def code_digest(names: tuple[str, ...]) -> str:
    """SHA-256 over the source of these modules and packages of the pipeline."""
    folder = Path(__file__).parent
    files = (file for name in names for file in _sources(folder / name))
    digests = {file.relative_to(folder).as_posix(): sha256_hex(file.read_bytes()) for file in files}
    return sha256_hex(canonical_json(digests))


def _sources(place: Path) -> list[Path]:
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


@cache
def code_version() -> str:
    """The version of IceLines with the first digits of the digest of the code that makes fronts."""
    made_by = (*SEGMENT_CODE, *TRACE_CODE, *PRODUCT_CODE)
    return f"{version('icelines')}+{code_digest(made_by)[:DIGITS]}"


@cache
def software_versions() -> dict[str, str]:
    """The libraries whose version may change a result."""
    return {"icelines": version("icelines"), **{name: version(name) for name in LIBRARIES}}
