"""`annotation/calibration/noise-*.xml`, in the present form and in that before IPF 2.9."""

from __future__ import annotations

from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.safe.tables import NoiseBlock, NoiseTable, NoiseVector
from pipeline.simulate.safe_xml.header import header
from pipeline.simulate.safe_xml.values import (
    Element,
    document,
    element,
    integers,
    listed,
    moment,
    singles,
    text,
)

FIRST_WITH_AZIMUTH = (2, 90)  # IPF 2.9


def noise_xml(annotation: Annotation, table: NoiseTable, ipf: str, image_number: int = 1) -> bytes:
    """The noise file of one channel as processor version `ipf` ("003.71") writes it.

    Raises SceneError for azimuth blocks in a version that had none.
    """
    opening = header(annotation, image_number)
    if not is_old(ipf):
        ranges = (_vector(annotation, v, "noiseRange") for v in table.range_vectors)
        azimuth = listed("noiseAzimuthVectorList", (_block(block) for block in table.azimuth))
        return document(element("noise", opening, listed("noiseRangeVectorList", ranges), azimuth))
    if table.azimuth:
        raise SceneError(
            f"IPF {ipf} writes no noise along azimuth.",
            remedy="Make the noise table without azimuth, or choose IPF 2.9 or later.",
        )
    vectors = (_vector(annotation, vector, "noise") for vector in table.range_vectors)
    return document(element("noise", opening, listed("noiseVectorList", vectors)))


def is_old(ipf: str) -> bool:
    """True for processor versions before 2.9: "002.84", but not "002.91"."""
    major, minor = ipf.split(".")[:2]
    return (int(major), int(minor)) < FIRST_WITH_AZIMUTH


def _vector(annotation: Annotation, vector: NoiseVector, name: str) -> Element:
    return element(
        f"{name}Vector",
        moment("azimuthTime", annotation.epoch, vector.line * annotation.line_interval_s),
        text("line", vector.line),
        integers("pixel", vector.pixels),
        singles(f"{name}Lut", vector.power),
    )


def _block(block: NoiseBlock) -> Element:
    return element(
        "noiseAzimuthVector",
        text("swath", block.swath),
        text("firstAzimuthLine", block.first_line),
        text("firstRangeSample", block.first_pixel),
        text("lastAzimuthLine", block.last_line),
        text("lastRangeSample", block.last_pixel),
        integers("line", block.lines),
        singles("noiseAzimuthLut", block.factors),
    )
