"""What code and which libraries made a result."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from catalog.canonical import canonical_json, sha256_hex

DIGITS = 12
LIBRARIES = ("contourpy", "numba", "numpy", "pyproj", "rasterio", "scipy", "shapely", "torch")
PREPARE_CODE = (
    "border_noise", "calibration", "channels", "compiled", "dem", "dense_table", "geocoding",
    "geoid", "geotiff", "geotiff_scene", "grid", "heights", "measurement", "multilook", "orbit",
    "prepare", "range_doppler", "relief", "resampling", "safe/annotation_xml",
    "safe/calibration_xml", "safe/channel", "safe/noise_xml", "safe/open", "safe_scene", "speckle",
    "surface_choice", "terrain_map",
)  # fmt: skip
SEGMENT_CODE = (*PREPARE_CODE, "hedunet", "tiling", "probability", "segment")
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
