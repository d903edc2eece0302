"""`manifest.safe`: what the product is, who made it, where it lies, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lxml import etree

from pipeline.safe.annotation import Annotation
from pipeline.simulate.orbit_pass import ascending_node_s
from pipeline.simulate.safe_xml.values import Element, document, time_text

XFDU = "urn:ccsds:schema:xfdu:1"
SAFE = "http://www.esa.int/safe/sentinel-1.0"
S1 = f"{SAFE}/sentinel-1"
S1SARL1 = f"{S1}/sar/level-1"
GML = "http://www.opengis.net/gml"
NAMESPACES = {"gml": GML, "xfdu": XFDU, "safe": SAFE, "s1": S1, "s1sarl1": S1SARL1}
FACILITY = "IceLines simulation, no observation"
SCHEMAS = {
    "product": "s1Level1ProductSchema",
    "noise": "s1Level1NoiseSchema",
    "calibration": "s1Level1CalibrationSchema",
    "measurement": "s1Level1MeasurementSchema",
}
RELATIVE_ORBITS = 175  # after which the ground track repeats
FIRST_RELATIVE_ORBIT = 73  # S1A: absolute orbit 46117 is its relative orbit 20


@dataclass(frozen=True, slots=True)
class ProductFile:
    """A file of the product: `kind` is product, noise, calibration or measurement."""

    kind: str
    polarisation: str
    href: str  # from the product's folder: annotation/s1a-....xml
    size_bytes: int
    md5: str

    @property
    def id(self) -> str:
        stem = self.href.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("-", "")
        return f"product{stem}" if self.kind == "product" else stem

    @property
    def is_measurement(self) -> bool:
        return self.kind == "measurement"


def manifest_xml(
    annotations: Sequence[Annotation], files: Sequence[ProductFile], ipf: str
) -> bytes:
    """The manifest of a product of these channels (one scene) and files."""
    root = etree.Element(f"{{{XFDU}}}XFDU", nsmap=NAMESPACES)
    root.set("version", "esa/safe/sentinel-1.0/sentinel-1/sar/level-1/grd/standard")
    root.append(_package_map(annotations[0].mode, files))
    root.append(_metadata_section(annotations, files, ipf))
    objects = etree.SubElement(root, "dataObjectSection")
    for file in files:
        objects.append(_data_object(file))
    return document(root)


def corners(annotation: Annotation) -> list[tuple[float, float]]:
    """Latitude and longitude of the image's corners in order around it."""
    grid = annotation.geolocation
    order = ((-1, 0), (-1, -1), (0, -1), (0, 0))
    return [(float(grid.latitudes_deg[at]), float(grid.longitudes_deg[at])) for at in order]


def _package_map(mode: str, files: Sequence[ProductFile]) -> Element:
    package = etree.Element("informationPackageMap")
    unit = _child(
        package,
        f"{{{XFDU}}}contentUnit",
        unitType="SAFE Archive Information Package",
        textInfo=f"Sentinel-1 {mode} Level-1 GRD Product, simulated",
        dmdID="acquisitionPeriod platform generalProductInformation "
        "measurementOrbitReference measurementFrameSet",
        pdiID="processing",
    )
    for file in sorted(files, key=lambda file: file.is_measurement):
        _content_unit(unit, file, files)
    return package


def _content_unit(parent: Element, file: ProductFile, files: Sequence[ProductFile]) -> None:
    unit = _child(parent, f"{{{XFDU}}}contentUnit", repID=SCHEMAS[file.kind])
    unit.set("unitType", "Measurement Data Unit" if file.is_measurement else "Metadata Unit")
    if file.is_measurement:
        about = (f for f in files if f.polarisation == file.polarisation and not f.is_measurement)
        unit.set("dmdID", " ".join(f"{f.id}Annotation" for f in about))
    _child(unit, "dataObjectPointer", dataObjectID=file.id)


def _metadata_section(
    annotations: Sequence[Annotation], files: Sequence[ProductFile], ipf: str
) -> Element:
    section = etree.Element("metadataSection")
    for file in files:
        if not file.is_measurement:
            described = _metadata_object(section, f"{file.id}Annotation", "DESCRIPTION", "DMD")
            _child(described, "dataObjectPointer", dataObjectID=file.id)
    annotation = annotations[0]
    _processing(_wrapped(section, "processing", "Processing"), annotation, ipf)
    _platform(_wrapped(section, "platform", "Platform Description"), annotation)
    _orbit(_wrapped(section, "measurementOrbitReference", "Orbit Reference"), annotation)
    general = _wrapped(section, "generalProductInformation", "General Product Information")
    _general(general, annotations)
    _period(_wrapped(section, "acquisitionPeriod", "Acquisition Period"), annotation)
    _frame(_wrapped(section, "measurementFrameSet", "Frame Set"), annotation)
    return section


def _processing(parent: Element, annotation: Annotation, ipf: str) -> None:
    start, stop = _period_texts(annotation)
    step = _child(parent, f"{{{SAFE}}}processing", name="Simulation", start=start, stop=stop)
    facility = _child(
        step, f"{{{SAFE}}}facility", name=FACILITY, organisation="IceLines", site="none"
    )
    facility.set("country", "none")
    # Readers take the format of the tables from the processor's name and version.
    _child(facility, f"{{{SAFE}}}software", name="Sentinel-1 IPF", version=ipf)
    _child(step, f"{{{SAFE}}}resource", name=FACILITY, role="Raw Data")


def _platform(parent: Element, annotation: Annotation) -> None:
    platform = _child(parent, f"{{{SAFE}}}platform")
    _text(platform, SAFE, "nssdcIdentifier", "0000-000A")
    _text(platform, SAFE, "familyName", "SENTINEL-1")
    _text(platform, SAFE, "number", annotation.platform[-1])
    instrument = _child(platform, f"{{{SAFE}}}instrument")
    radar = _text(instrument, SAFE, "familyName", "Synthetic Aperture Radar")
    radar.set("abbreviation", "SAR")
    mode = _child(_child(instrument, f"{{{SAFE}}}extension"), f"{{{S1SARL1}}}instrumentMode")
    _text(mode, S1SARL1, "mode", annotation.mode)
    _text(mode, S1SARL1, "swath", annotation.mode)


def _orbit(parent: Element, annotation: Annotation) -> None:
    reference = _child(parent, f"{{{SAFE}}}orbitReference")
    relative = (annotation.absolute_orbit - FIRST_RELATIVE_ORBIT) % RELATIVE_ORBITS + 1
    numbers = (("orbitNumber", annotation.absolute_orbit), ("relativeOrbitNumber", relative))
    for name, number in numbers:
        for end in ("start", "stop"):
            _text(reference, SAFE, name, str(number)).set("type", end)
    _text(reference, SAFE, "cycleNumber", str(annotation.absolute_orbit // RELATIVE_ORBITS + 1))
    _text(reference, SAFE, "phaseIdentifier", "1")
    properties = _child(_child(reference, f"{{{SAFE}}}extension"), f"{{{S1}}}orbitProperties")
    _text(properties, S1, "pass", annotation.pass_direction)
    _text(properties, S1, "ascendingNodeTime", _time(annotation, ascending_node_s(annotation)))


def _general(parent: Element, annotations: Sequence[Annotation]) -> None:
    first = annotations[0]
    information = _child(parent, f"{{{S1SARL1}}}standAloneProductInformation")

    def say(name: str, value: object) -> None:
        _text(information, S1SARL1, name, str(value))

    say("instrumentConfigurationID", 0)
    say("missionDataTakeID", first.datatake)
    for annotation in annotations:
        say("transmitterReceiverPolarisation", annotation.polarisation)
    say("productClass", "S")
    say("productClassDescription", "SAR Standard L1 Product")
    say("productComposition", "Individual")
    say("productType", first.product_type)
    say("productTimelinessCategory", "Fast-24h")
    say("sliceProductFlag", "false")
    say("segmentStartTime", _time(first, first.start_s))
    say("sliceNumber", 0)
    say("totalSlices", 0)


def _period(parent: Element, annotation: Annotation) -> None:
    period = _child(parent, f"{{{SAFE}}}acquisitionPeriod")
    start, stop = _period_texts(annotation)
    _text(period, SAFE, "startTime", start)
    _text(period, SAFE, "stopTime", stop)
    since_node = _child(_child(period, f"{{{SAFE}}}extension"), f"{{{S1}}}timeANX")
    node = ascending_node_s(annotation)
    _text(since_node, S1, "startTimeANX", f"{1000 * (annotation.start_s - node):.6e}")
    _text(since_node, S1, "stopTimeANX", f"{1000 * (annotation.stop_s - node):.6e}")


def _frame(parent: Element, annotation: Annotation) -> None:
    frame = _child(_child(parent, f"{{{SAFE}}}frameSet"), f"{{{SAFE}}}frame")
    outline = _child(frame, f"{{{SAFE}}}footPrint")
    outline.set("srsName", "http://www.opengis.net/gml/srs/epsg.xml#4326")
    pairs = " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in corners(annotation))
    _text(outline, GML, "coordinates", pairs)


def _data_object(file: ProductFile) -> Element:
    made = etree.Element("dataObject", {"ID": file.id, "repID": SCHEMAS[file.kind]})
    kind = "application/octet-stream" if file.is_measurement else "text/xml"
    stream = _child(made, "byteStream", mimeType=kind, size=str(file.size_bytes))
    _child(stream, "fileLocation", locatorType="URL", href=f"./{file.href}")
    checksum = _child(stream, "checksum", checksumName="MD5")
    checksum.text = file.md5
    return made


def _wrapped(section: Element, name: str, info: str) -> Element:
    kind = ("PROVENANCE", "PDI") if name == "processing" else ("DESCRIPTION", "DMD")
    made = _metadata_object(section, name, *kind)
    wrap = _child(made, "metadataWrap", mimeType="text/xml", vocabularyName="SAFE", textInfo=info)
    return _child(wrap, "xmlData")


def _metadata_object(parent: Element, name: str, classification: str, category: str) -> Element:
    return _child(
        parent, "metadataObject", ID=name, classification=classification, category=category
    )


def _child(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, tag, attributes)


def _text(parent: Element, namespace: str, name: str, value: str) -> Element:
    made = _child(parent, f"{{{namespace}}}{name}")
    made.text = value
    return made


def _period_texts(annotation: Annotation) -> tuple[str, str]:
    return _time(annotation, annotation.start_s), _time(annotation, annotation.stop_s)


def _time(annotation: Annotation, seconds: float) -> str:
    return time_text(annotation.epoch + timedelta(seconds=seconds))
