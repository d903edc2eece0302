"""`annotation/calibration/calibration-*.xml`."""

from __future__ import annotations

import numpy as np

from pipeline.safe.annotation import Annotation
from pipeline.safe.tables import CalibrationTable, CalibrationVector
from pipeline.simulate.safe_xml.header import header
from pipeline.simulate.safe_xml.values import (
    Element,
    document,
    element,
    integers,
    listed,
    moment,
    single,
    singles,
    text,
)
from pipeline.simulate.swath import swath_of


def calibration_xml(
    annotation: Annotation, table: CalibrationTable, image_number: int = 1
) -> bytes:
    """The calibration file of one channel."""
    vectors = (_vector(annotation, vector) for vector in table.vectors)
    return document(
        element(
            "calibration",
            header(annotation, image_number),
            element("calibrationInformation", single("absoluteCalibrationConstant", 1.0)),
            listed("calibrationVectorList", vectors),
        )
    )


def _vector(annotation: Annotation, vector: CalibrationVector) -> Element:
    brightness = np.full(len(vector.pixels), swath_of(annotation.mode).beta_nought)
    return element(
        "calibrationVector",
        moment("azimuthTime", annotation.epoch, vector.line * annotation.line_interval_s),
        text("line", vector.line),
        integers("pixel", vector.pixels),
        singles("sigmaNought", vector.sigma_nought),
        singles("betaNought", brightness),
        singles("gamma", vector.gamma),
        singles("dn", brightness),
    )
