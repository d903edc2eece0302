"""Small GRD products in ESA's format, written by code: every number here is made up.

The satellite flies a circle in the plane of x and y; that is enough for a reader.
"""

from __future__ import annotations

import hashlib
import math
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lxml import etree

EPOCH = datetime(2026, 9, 12, 8, 12, 33, 500_000, tzinfo=UTC)
LINES, PIXELS = 101, 81
INTERVAL_S, SPACING_M = 0.006, 40.0
NAME = "S1C_EW_GRDM_1SDH_20260912T081233_20260912T081234_046117_058549_BB15"
DATATAKE = 0x058549
RADIUS_M, RATE_RAD_S = 7.07e6, 1.07e-3
SLANT_RANGE_M = 7.5e5
LIGHT_M_S = 299_792_458.0
LAST_S = (LINES - 1) * INTERVAL_S


def moment(seconds: float) -> str:
    return f"{EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}"


def words(values: Iterable[object]) -> str:
    return " ".join(str(value) for value in values)


def header(polarisation: str) -> str:
    return (
        "<adsHeader><missionId>S1C</missionId><productType>GRD</productType>"
        f"<polarisation>{polarisation}</polarisation><mode>EW</mode><swath>EW</swath>"
        f"<startTime>{moment(0)}</startTime><stopTime>{moment(LAST_S)}</stopTime>"
        "<absoluteOrbitNumber>46117</absoluteOrbitNumber>"
        f"<missionDataTakeId>{DATATAKE}</missionDataTakeId><imageNumber>001</imageNumber>"
        "</adsHeader>"
    )


def state(seconds: float) -> str:
    angle = RATE_RAD_S * seconds
    speed = RADIUS_M * RATE_RAD_S
    return (
        f"<orbit><time>{moment(seconds)}</time><frame>Earth Fixed</frame><position>"
        f"<x>{RADIUS_M * math.cos(angle)!r}</x><y>{RADIUS_M * math.sin(angle)!r}</y><z>0.0</z>"
        f"</position><velocity><x>{-speed * math.sin(angle)!r}</x>"
        f"<y>{speed * math.cos(angle)!r}</y><z>0.0</z></velocity></orbit>"
    )


def conversion(seconds: float) -> str:
    return (
        f"<coordinateConversion><azimuthTime>{moment(seconds)}</azimuthTime>"
        f"<slantRangeTime>{2 * SLANT_RANGE_M / LIGHT_M_S!r}</slantRangeTime>"
        f"<sr0>{SLANT_RANGE_M}</sr0><srgrCoefficients count='3'>0.0 3.0 -1e-05</srgrCoefficients>"
        f"<gr0>0.0</gr0><grsrCoefficients count='3'>{SLANT_RANGE_M} 0.33 1e-07</grsrCoefficients>"
        "</coordinateConversion>"
    )


def grid_point(line: int, pixel: int) -> str:
    return (
        f"<geolocationGridPoint><azimuthTime>{moment(line * INTERVAL_S)}</azimuthTime>"
        f"<slantRangeTime>{2 * (SLANT_RANGE_M + 13.0 * pixel) / LIGHT_M_S!r}</slantRangeTime>"
        f"<line>{line}</line><pixel>{pixel}</pixel><latitude>{-70 - 1e-3 * line!r}</latitude>"
        f"<longitude>{70 + 1e-3 * pixel!r}</longitude><height>{30 + line / 100}</height>"
        f"<incidenceAngle>{20 + pixel / 10}</incidenceAngle>"
        f"<elevationAngle>{17 + pixel / 10}</elevationAngle></geolocationGridPoint>"
    )


def counted(tag: str, members: Sequence[str]) -> str:
    return f"<{tag} count='{len(members)}'>{''.join(members)}</{tag}>"


def annotation_xml(polarisation: str = "HH", heights: Sequence[tuple[float, float]] = ()) -> bytes:
    """`heights` are seconds and metres of the terrain height list; none: no list."""
    terrain = [
        f"<terrainHeight><azimuthTime>{moment(s)}</azimuthTime><value>{h}</value></terrainHeight>"
        for s, h in heights
    ]
    grid = [grid_point(line, pixel) for line in (0, 50, 100) for pixel in (0, 40, 80)]
    text = (
        f"<product>{header(polarisation)}<generalAnnotation><productInformation>"
        "<pass>Ascending</pass><projection>Ground Range</projection></productInformation>"
        f"{counted('orbitList', [state(s) for s in (-30, -20, -10, 0, 10, 20, 30)])}"
        f"{counted('terrainHeightList', terrain) if terrain else ''}</generalAnnotation>"
        "<imageAnnotation><imageInformation>"
        f"<productFirstLineUtcTime>{moment(0)}</productFirstLineUtcTime>"
        f"<productLastLineUtcTime>{moment(LAST_S)}</productLastLineUtcTime>"
        f"<slantRangeTime>{2 * SLANT_RANGE_M / LIGHT_M_S!r}</slantRangeTime>"
        f"<rangePixelSpacing>{SPACING_M}</rangePixelSpacing>"
        f"<azimuthPixelSpacing>{SPACING_M}</azimuthPixelSpacing>"
        f"<azimuthTimeInterval>{INTERVAL_S}</azimuthTimeInterval>"
        f"<numberOfSamples>{PIXELS}</numberOfSamples><numberOfLines>{LINES}</numberOfLines>"
        "<incidenceAngleMidSwath>34.4</incidenceAngleMidSwath>"
        "</imageInformation></imageAnnotation><geolocationGrid>"
        f"{counted('geolocationGridPointList', grid)}</geolocationGrid><coordinateConversion>"
        f"{counted('coordinateConversionList', [conversion(s) for s in (-0.5, 0.5, 1.5)])}"
        "</coordinateConversion></product>"
    )
    return text.encode()


@dataclass(frozen=True, slots=True)
class VectorText:
    """A vector of a table: calibration or noise."""

    line: int
    pixels: tuple[int, ...]
    values: tuple[float, ...]

    def opening(self, pixel_tag: str = "pixel") -> str:
        return (
            f"<azimuthTime>{moment(self.line * INTERVAL_S)}</azimuthTime><line>{self.line}</line>"
            f"<{pixel_tag} count='{len(self.pixels)}'>{words(self.pixels)}</{pixel_tag}>"
        )

    def lut(self, tag: str, factor: float = 1.0) -> str:
        values = words(repr(factor * value) for value in self.values)
        return f"<{tag} count='{len(self.values)}'>{values}</{tag}>"


CALIBRATION = tuple(
    VectorText(line, (0, 20, 40, 60, 80), (400.0, 420.0, 440.0, 460.0, 480.0 + line))
    for line in (-20, 30, 80, 130)
)
NOISE = (
    VectorText(0, (0, 40, 41, 80), (300.0, 250.0, 200.0, 0.0)),
    VectorText(50, (0, 40, 80), (310.0, 260.0, 210.0)),
    VectorText(100, (0, 80), (320.0, 220.0)),
)
BLOCKS = ((0, 49, 0, 40), (50, 100, 0, 40), (0, 100, 41, 80))


def calibration_xml(polarisation: str = "HH", vectors: Sequence[VectorText] = CALIBRATION) -> bytes:
    members = [
        f"<calibrationVector>{v.opening()}{v.lut('sigmaNought')}{v.lut('gamma', 0.5)}"
        "</calibrationVector>"
        for v in vectors
    ]
    listed = counted("calibrationVectorList", members)
    return f"<calibration>{header(polarisation)}{listed}</calibration>".encode()


def noise_xml(polarisation: str = "HH", vectors: Sequence[VectorText] = NOISE) -> bytes:
    """As since IPF 2.9."""
    members = [
        f"<noiseRangeVector>{v.opening()}{v.lut('noiseRangeLut')}</noiseRangeVector>"
        for v in vectors
    ]
    blocks = [
        f"<noiseAzimuthVector><swath>EW1</swath><firstAzimuthLine>{block[0]}</firstAzimuthLine>"
        f"<firstRangeSample>{block[2]}</firstRangeSample>"
        f"<lastAzimuthLine>{block[1]}</lastAzimuthLine>"
        f"<lastRangeSample>{block[3]}</lastRangeSample><line count='2'>{block[0]} {block[1]}</line>"
        "<noiseAzimuthLut count='2'>1.1 0.9</noiseAzimuthLut></noiseAzimuthVector>"
        for block in BLOCKS
    ]
    lists = counted("noiseRangeVectorList", members) + counted("noiseAzimuthVectorList", blocks)
    return f"<noise>{header(polarisation)}{lists}</noise>".encode()


def old_noise_xml(polarisation: str = "HH", vectors: Sequence[VectorText] = NOISE) -> bytes:
    """As before IPF 2.9."""
    members = [f"<noiseVector>{v.opening()}{v.lut('noiseLut')}</noiseVector>" for v in vectors]
    return f"<noise>{header(polarisation)}{counted('noiseVectorList', members)}</noise>".encode()


def manifest_xml(files: dict[str, bytes]) -> bytes:
    objects = "".join(
        f'<dataObject><byteStream size="{len(content)}"><fileLocation href="./{name}"/>'
        f'<checksum checksumName="MD5">{hashlib.md5(content).hexdigest()}</checksum>'  # noqa: S324
        "</byteStream></dataObject>"
        for name, content in files.items()
    )
    return (
        '<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1" xmlns:safe="http://www.esa.int/safe/'
        'sentinel-1.0" xmlns:gml="http://www.opengis.net/gml"><metadataSection>'
        '<safe:software name="Sentinel-1 IPF" version="004.03"/><safe:footPrint><gml:coordinates>'
        "-70,70 -70,71 -71,71 -71,70</gml:coordinates></safe:footPrint></metadataSection>"
        f"<dataObjectSection>{objects}</dataObjectSection></xfdu:XFDU>"
    ).encode()


def product_files(polarisations: Sequence[str] = ("HH", "HV")) -> dict[str, bytes]:
    """A whole product in ESA's layout, its measurements a few bytes that are no image."""
    files: dict[str, bytes] = {}
    for number, polarisation in enumerate(polarisations, start=1):
        stem = (
            f"s1c-ew-grd-{polarisation.lower()}-20260912t081233-20260912t081234-046117-058549-"
            f"{number:03d}"
        )
        files[f"annotation/{stem}.xml"] = annotation_xml(polarisation)
        files[f"annotation/calibration/calibration-{stem}.xml"] = calibration_xml(polarisation)
        files[f"annotation/calibration/noise-{stem}.xml"] = noise_xml(polarisation)
        files[f"annotation/rfi/rfi-{stem}.xml"] = b"<rfi/>"
        files[f"measurement/{stem}.tiff"] = b"not an image"
    files["manifest.safe"] = manifest_xml(files)
    return files


def file_of(files: dict[str, bytes], kind: str, polarisation: str) -> str:
    """The name of a file: `kind` is annotation, calibration, noise or measurement."""
    start = {"annotation": "annotation/s1c", "measurement": "measurement/"}.get(
        kind, f"annotation/calibration/{kind}"
    )
    return next(n for n in files if n.startswith(start) and f"-{polarisation.lower()}-" in n)


def write_folder(parent: Path, files: dict[str, bytes], name: str = f"{NAME}.SAFE") -> Path:
    for place, content in files.items():
        path = parent / name / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return parent / name


def write_zip(
    parent: Path,
    files: dict[str, bytes],
    *,
    top: str = f"{NAME}.SAFE/",
    name: str = f"{NAME}.zip",
    method: int = zipfile.ZIP_DEFLATED,
) -> Path:
    with zipfile.ZipFile(parent / name, "w", method) as archive:
        for place, content in files.items():
            archive.writestr(f"{top}{place}", content)
    return parent / name


def changed(content: bytes, path: str, text: str, index: int = 0) -> bytes:
    """The document with another text in the element at `path`."""
    root = etree.fromstring(content)
    root.findall(path)[index].text = text
    return etree.tostring(root)


def without(content: bytes, path: str) -> bytes:
    """The document without the first element at `path`."""
    root = etree.fromstring(content)
    element = root.find(path)
    assert element is not None
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    return etree.tostring(root)


def reordered(content: bytes, path: str, order: Sequence[int]) -> bytes:
    """The document with the members of the list at `path` in another order."""
    root = etree.fromstring(content)
    parent = root.find(path)
    assert parent is not None
    members = list(parent)
    parent[:] = [members[index] for index in order]
    return etree.tostring(root)
