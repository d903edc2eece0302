"""The calibration table of one polarisation, from the XML of a product."""

from __future__ import annotations

import numpy as np

from pipeline.safe.header import read_header
from pipeline.safe.order import Parsed, check_growing, growing_order
from pipeline.safe.tables import CalibrationTable, CalibrationVector, Floats
from pipeline.safe.xml import XmlNode, parse_xml


def parse_calibration(content: bytes, where: str) -> Parsed[CalibrationTable]:
    """The calibration in `content`; `where` names its file. Raises SceneError."""
    return calibration_of(parse_xml(content, where))


def calibration_of(root: XmlNode) -> Parsed[CalibrationTable]:
    """The calibration below a parsed root; raises SceneError.

    Every amplitude has to be finite and above zero, lines and times have to grow together.
    """
    header = read_header(root)
    nodes = root.listed("calibrationVectorList", "calibrationVector")
    if not nodes:
        raise root.fault("has no calibration vectors.")
    vectors = [_vector(node) for node in nodes]
    order = growing_order([vector.line for vector in vectors], root, "calibrationVectorList")
    times = np.array([node.moment("azimuthTime").timestamp() for node in nodes])
    check_growing(times[order.value], root, "the time of its vectors by line")
    table = CalibrationTable(header.polarisation, tuple(vectors[i] for i in order.value))
    return Parsed(table, order.notes)


def _vector(node: XmlNode) -> CalibrationVector:
    pixels = node.integers("pixel")
    line = node.integer("line")
    if not len(pixels):
        raise node.fault(f"its vector at line {line} is empty.")
    check_growing(pixels, node, f"pixel in the vector at line {line}")
    return CalibrationVector(
        line, pixels, _amplitudes(node, "sigmaNought", pixels), _amplitudes(node, "gamma", pixels)
    )


def _amplitudes(node: XmlNode, name: str, pixels: np.ndarray) -> Floats:
    values = node.numbers(name)
    line = node.integer("line")
    if len(values) != len(pixels):
        raise node.fault(f"{len(values)} values of {name} for {len(pixels)} pixels at line {line}.")
    bad = int((~(np.isfinite(values) & (values > 0))).sum())
    if bad:
        raise node.fault(f"{bad} values of {name} at line {line} are not finite and above zero.")
    return values
