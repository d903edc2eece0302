"""The thermal noise of one polarisation, from the XML of a product.

Since IPF 2.9 `noiseRangeVectorList` and `noiseAzimuthVectorList`; before, `noiseVectorList` with
`noiseLut` and no part along azimuth. Some newer products have an empty azimuth list.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.safe.header import read_header
from pipeline.safe.order import Parsed, check_growing, growing_order
from pipeline.safe.tables import Floats, NoiseBlock, NoiseTable, NoiseVector
from pipeline.safe.xml import XmlNode, parse_xml

OPEN_END = 2**31 - 1  # of a block that names no limits: to the end of the image


def parse_noise(content: bytes, where: str) -> Parsed[NoiseTable]:
    """The noise in `content`; `where` names its file. Raises SceneError."""
    return noise_of(parse_xml(content, where))


def noise_of(root: XmlNode) -> Parsed[NoiseTable]:
    """The noise below a parsed root; raises SceneError.

    Powers may be zero (ESA writes zeros where a swath has no data), factors may not.
    """
    header = read_header(root)
    nodes, lut = _range_nodes(root)
    if not nodes:
        raise root.fault("has no noise vectors.")
    vectors = [_vector(node, lut) for node in nodes]
    order = growing_order([vector.line for vector in vectors], root, "the list of noise vectors")
    times = np.array([node.moment("azimuthTime").timestamp() for node in nodes])
    check_growing(times[order.value], root, "the time of its vectors by line")
    ordered = tuple(vectors[i] for i in order.value)
    return Parsed(NoiseTable(header.polarisation, ordered, _blocks(root)), order.notes)


def _range_nodes(root: XmlNode) -> tuple[list[XmlNode], str]:
    if root.find("noiseVectorList") is not None:
        return root.listed("noiseVectorList", "noiseVector"), "noiseLut"
    return root.listed("noiseRangeVectorList", "noiseRangeVector"), "noiseRangeLut"


def _vector(node: XmlNode, lut: str) -> NoiseVector:
    line, pixels, power = node.integer("line"), node.integers("pixel"), node.numbers(lut)
    if not len(pixels):
        raise node.fault(f"its vector at line {line} is empty.")
    _check_pairs(node, pixels, power, f"at line {line}")
    bad = int((~(np.isfinite(power) & (power >= 0))).sum())
    if bad:
        raise node.fault(f"{bad} noise powers at line {line} are negative or not finite.")
    return NoiseVector(line, pixels, power)


def _blocks(root: XmlNode) -> tuple[NoiseBlock, ...]:
    if root.find("noiseAzimuthVectorList") is None:
        return ()
    return tuple(_block(n) for n in root.listed("noiseAzimuthVectorList", "noiseAzimuthVector"))


def _block(node: XmlNode) -> NoiseBlock:
    lines, factors = node.integers("line"), node.numbers("noiseAzimuthLut")
    if not len(lines):
        raise node.fault("one of its azimuth blocks is empty.")
    _check_pairs(node, lines, factors, "in an azimuth block")
    if not (np.isfinite(factors) & (factors > 0)).all():
        raise node.fault("an azimuth factor is not finite and above zero.")
    block = NoiseBlock(
        swath=node.text("swath") if node.find("swath") is not None else "",
        first_line=_limit(node, "firstAzimuthLine", 0),
        last_line=_limit(node, "lastAzimuthLine", OPEN_END),
        first_pixel=_limit(node, "firstRangeSample", 0),
        last_pixel=_limit(node, "lastRangeSample", OPEN_END),
        lines=lines,
        factors=factors,
    )
    if block.last_line < block.first_line or block.last_pixel < block.first_pixel:
        raise node.fault("one of its azimuth blocks ends before it begins.")
    return block


def _limit(node: XmlNode, name: str, default: int) -> int:
    return default if node.find(name) is None else node.integer(name)


def _check_pairs(node: XmlNode, places: npt.NDArray[np.int64], values: Floats, where: str) -> None:
    if len(places) != len(values):
        raise node.fault(f"{len(values)} noise values for {len(places)} places {where}.")
    check_growing(places, node, f"a list of places {where}")
