"""The header that every annotation file begins with."""

from __future__ import annotations

from pipeline.safe.annotation import Annotation
from pipeline.simulate.safe_xml.values import Element, element, moment, text


def header(annotation: Annotation, image_number: int) -> Element:
    """`adsHeader`; `image_number` counts the polarisations from 1."""
    return element(
        "adsHeader",
        text("missionId", annotation.platform),
        text("productType", annotation.product_type),
        text("polarisation", annotation.polarisation),
        text("mode", annotation.mode),
        text("swath", annotation.mode),
        moment("startTime", annotation.epoch, annotation.start_s),
        moment("stopTime", annotation.epoch, annotation.stop_s),
        text("absoluteOrbitNumber", annotation.absolute_orbit),
        text("missionDataTakeId", annotation.datatake),
        text("imageNumber", f"{image_number:03d}"),
    )
