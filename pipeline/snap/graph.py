"""The graph that SNAP's `gpt` executes: from a product as delivered to decibels on the map.

Operators and parameters as in SNAP's documentation and the sources of its microwave toolbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pyproj import CRS

from pipeline.geometry.heights import Vertical
from pipeline.radiometry.calibration import Quantity

Parameters = Mapping[str, str | float | bool | Path]

BAND_PREFIX = {Quantity.SIGMA0: "Sigma0", Quantity.GAMMA0: "Gamma0"}
TRIM_THRESHOLD = 0.5  # SNAP's own default: what is darker along the border is border noise
BILINEAR = "BILINEAR_INTERPOLATION"


@dataclass(frozen=True, slots=True)
class ExternalDem:
    """A raster of surface heights. `nodata` is the value that stands for none in it.

    Where it has none, SNAP takes the EGM96 geoid, which is right over the sea.
    """

    path: Path
    vertical: Vertical  # what its heights count from; to "geoid" SNAP adds EGM96
    nodata: float


@dataclass(frozen=True, slots=True)
class SnapChain:
    """What is to be done. `targets` has a file for each polarisation that is wanted.

    `looks` is how many pixels of the scene, a side, are averaged to one before it is mapped.
    """

    source: Path
    targets: Mapping[str, Path]
    crs: str
    pixel_size_m: float
    quantity: Quantity = Quantity.SIGMA0
    dem: ExternalDem | None = None
    denoise: bool = True
    drop_border: bool = True
    looks: int = 1
    border_px: int = 500
    keep_negative_power: bool = False

    @property
    def polarisations(self) -> str:
        return ",".join(self.targets)


def snap_graph(chain: SnapChain) -> bytes:
    """The XML document.

    Every polarisation is mapped and written by nodes of its own: a GeoTIFF of SNAP names its
    bands only in a private tag, so the file has to say which one it is.
    """
    graph = Element("graph", id="IceLines")
    SubElement(graph, "version").text = "1.0"
    calibrated = _add_radiometry(graph, chain)
    for polarisation, target in chain.targets.items():
        band = f"{BAND_PREFIX[chain.quantity]}_{polarisation}"
        mapped = _add_mapping(graph, chain, calibrated, band)
        decibels = _add(graph, "LinearToFromdB", mapped, {"sourceBands": band}, band)
        _add(graph, "Write", decibels, _writing(target), band)
    indent(graph)
    return bytes(tostring(graph, encoding="utf-8", xml_declaration=True))


def _add_radiometry(graph: Element, chain: SnapChain) -> str:
    names: Parameters = {"selectedPolarisations": chain.polarisations}
    read = _add(graph, "Read", None, {"file": chain.source, "formatName": "SENTINEL-1"})
    last = _add(graph, "Apply-Orbit-File", read, _orbit())
    for operator, parameters in _optional_steps(chain):
        last = _add(graph, operator, last, {**names, **parameters})
    last = _add(graph, "Calibration", last, {**names, **_calibration(chain.quantity)})
    return last if chain.looks == 1 else _add(graph, "Multilook", last, _looks(chain.looks))


def _optional_steps(chain: SnapChain) -> Iterator[tuple[str, Parameters]]:
    if chain.denoise:
        yield "ThermalNoiseRemoval", _noise(chain)
    if chain.drop_border:
        border = {"borderLimit": chain.border_px, "trimThreshold": TRIM_THRESHOLD}
        yield "Remove-GRD-Border-Noise", border


def _orbit() -> Parameters:
    return {
        "orbitType": "Sentinel Precise (Auto Download)",
        "polyDegree": 3,
        "continueOnFail": True,  # a machine without network keeps the annotation's orbit
    }


def _noise(chain: SnapChain) -> Parameters:
    removal: Parameters = {"removeThermalNoise": True, "reIntroduceThermalNoise": False}
    return {**removal, "clipNegativeValues": False} if chain.keep_negative_power else removal


def _calibration(quantity: Quantity) -> Parameters:
    return {
        "outputImageInComplex": False,
        "outputImageScaleInDb": False,
        "outputSigmaBand": quantity is Quantity.SIGMA0,
        "outputGammaBand": quantity is Quantity.GAMMA0,
        "outputBetaBand": False,
    }


def _looks(looks: int) -> Parameters:
    return {"nRgLooks": looks, "nAzLooks": looks, "outputIntensity": True, "grSquarePixel": False}


def _add_mapping(graph: Element, chain: SnapChain, source: str, band: str) -> str:
    parameters = {"sourceBands": band, **_target_grid(chain), "nodataValueAtSea": False}
    if chain.dem is None:
        return _add(graph, "Ellipsoid-Correction-RD", source, parameters, band)
    return _add(graph, "Terrain-Correction", source, {**parameters, **_heights(chain.dem)}, band)


def _target_grid(chain: SnapChain) -> Parameters:
    # SNAP aligns the centres of pixels; the edges of ours are the multiples of their size.
    centre_m = chain.pixel_size_m / 2
    return {
        "imgResamplingMethod": BILINEAR,
        "pixelSpacingInMeter": chain.pixel_size_m,
        "mapProjection": map_projection(chain.crs),
        "alignToStandardGrid": True,
        "standardGridOriginX": centre_m,
        "standardGridOriginY": centre_m,
        "saveSelectedSourceBand": True,
    }


def map_projection(crs: str) -> str:
    """`crs` as SNAP is to read it: its EPSG code where it has one, else WKT 1.

    The code is safer: in WKT 1 the polar stereographic projections have two spellings, and one
    read as the other puts the true scale at the pole, 3 % off.
    """
    system = CRS.from_user_input(crs)
    code = system.to_epsg()
    return f"EPSG:{code}" if code is not None else system.to_wkt("WKT1_GDAL")


def _heights(dem: ExternalDem) -> Parameters:
    return {
        "demName": "External DEM",
        "externalDEMFile": dem.path,
        "externalDEMNoDataValue": dem.nodata,
        "externalDEMApplyEGM": dem.vertical == "geoid",
        "demResamplingMethod": BILINEAR,
    }


def _writing(target: Path) -> Parameters:
    return {"file": target, "formatName": "GeoTIFF-BigTIFF", "deleteOutputOnFailure": True}


def _add(
    graph: Element, operator: str, source: str | None, parameters: Parameters, branch: str = ""
) -> str:
    name = f"{operator}-{branch}" if branch else operator
    node = SubElement(graph, "node", id=name)
    SubElement(node, "operator").text = operator
    sources = SubElement(node, "sources")
    if source is not None:
        SubElement(sources, "sourceProduct", refid=source)
    values = SubElement(node, "parameters")
    for key, value in parameters.items():
        SubElement(values, key).text = _text(value)
    return name


def _text(value: str | float | bool | Path) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
