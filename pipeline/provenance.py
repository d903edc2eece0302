"""What code and which libraries made a result."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from catalog.canonical import canonical_json, sha256_hex

DIGITS = 12
LIBRARIES = ("contourpy", "numpy", "pyproj", "rasterio", "scipy", "shapely", "torch")
SEGMENT_CODE = (
    "geotiff", "geocoding", "grid", "prepare", "channels", "hedunet", "tiling", "probability",
    "segment",
)  # fmt: skip
TRACE_CODE = ("grid", "connectivity", "contour", "trace")
PRODUCT_CODE = ("products", "quicklook", "recording")


@cache
def code_digest(modules: tuple[str, ...]) -> str:
    """SHA-256 over the source of these modules of the pipeline."""
    folder = Path(__file__).parent
    sources = {name: sha256_hex((folder / f"{name}.py").read_bytes()) for name in modules}
    return sha256_hex(canonical_json(sources))


@cache
def code_version() -> str:
    """The version of IceLines with the first digits of the digest of the code that makes fronts."""
    made_by = (*SEGMENT_CODE, *TRACE_CODE, *PRODUCT_CODE)
    return f"{version('icelines')}+{code_digest(made_by)[:DIGITS]}"


@cache
def software_versions() -> dict[str, str]:
    """The libraries whose version may change a result."""
    return {"icelines": version("icelines"), **{name: version(name) for name in LIBRARIES}}
