"""`annotation/s1?-*.xml`: the annotation of one channel."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.safe.annotation import Annotation
from pipeline.simulate.orbit_pass import ascending_node_s, heading_deg
from pipeline.simulate.safe_xml.geometry import (
    coordinate_conversion,
    geolocation_grid,
    orbit_list,
    swath_merging,
    terrain_heights,
)
from pipeline.simulate.safe_xml.header import header
from pipeline.simulate.safe_xml.instrument import (
    antenna_pattern,
    azimuth_fm_rates,
    doppler_centroid,
    downlink_information,
    downlink_quality,
    raw_data_analysis,
    raw_data_quality,
    replica_information,
)
from pipeline.simulate.safe_xml.values import (
    Element,
    document,
    double,
    element,
    listed,
    moment,
    single,
    text,
)
from pipeline.simulate.swath import SubSwath, swath_of

RADAR_FREQUENCY_HZ = 5.405000454334350e9
LOOKS = {"EW": (6, 3), "IW": (5, 1)}  # range, azimuth: EW as a published product, IW belief


@dataclass(frozen=True, slots=True)
class PixelStatistics:
    """Mean and standard deviation of the digital numbers that hold data."""

    mean: float
    standard_deviation: float


def annotation_xml(
    annotation: Annotation, statistics: PixelStatistics, image_number: int = 1
) -> bytes:
    """The annotation file of one channel."""
    return document(
        element(
            "product",
            header(annotation, image_number),
            _quality_information(annotation, statistics),
            _general_annotation(annotation),
            element(
                "imageAnnotation",
                _image_information(annotation, statistics),
                _processing_information(annotation),
            ),
            doppler_centroid(annotation),
            antenna_pattern(annotation),
            element(
                "swathTiming",
                text("linesPerBurst", 0),
                text("samplesPerBurst", 0),
                listed("burstList", []),
            ),
            geolocation_grid(annotation),
            coordinate_conversion(annotation),
            swath_merging(annotation),
        )
    )


def _quality_information(annotation: Annotation, statistics: PixelStatistics) -> Element:
    record = element(
        "qualityData",
        moment("azimuthTime", annotation.epoch, annotation.first_line_s),
        downlink_quality(),
        raw_data_quality(),
        element(
            "dopplerCentroidQuality",
            text("dcMethod", "Pre-defined"),
            text("dopplerCentroidUncertainFlag", False),
        ),
        element(
            "imageQuality",
            _image_statistics(statistics),
            text("outputDataMeanOutsideNominalRangeFlag", False),
            text("outputDataStDevOutsideNominalRangeFlag", False),
        ),
    )
    return element(
        "qualityInformation",
        double("productQualityIndex", 0.0),
        listed("qualityDataList", [record]),
    )


def _image_statistics(statistics: PixelStatistics) -> Element:
    def real(tag: str, value: float) -> Element:
        return element(tag, single("re", value), single("im", 0.0))

    return element(
        "imageStatistics",
        real("outputDataMean", statistics.mean),
        real("outputDataStdDev", statistics.standard_deviation),
    )


def _general_annotation(annotation: Annotation) -> Element:
    return element(
        "generalAnnotation",
        _product_information(annotation),
        downlink_information(annotation),
        orbit_list(annotation),
        listed("attitudeList", []),
        raw_data_analysis(annotation),
        replica_information(annotation),
        listed("noiseList", []),
        terrain_heights(annotation),
        azimuth_fm_rates(annotation),
    )


def _product_information(annotation: Annotation) -> Element:
    return element(
        "productInformation",
        text("pass", annotation.pass_direction.capitalize()),
        text("timelinessCategory", "Fast-24h"),
        double("platformHeading", heading_deg(annotation)),
        text("projection", "Ground Range"),
        double("rangeSamplingRate", swath_of(annotation.mode).sampling_rate_hz),
        double("radarFrequency", RADAR_FREQUENCY_HZ),
        double("azimuthSteeringRate", 0.0),
    )


def _image_information(annotation: Annotation, statistics: PixelStatistics) -> Element:
    epoch = annotation.epoch
    return element(
        "imageInformation",
        moment("productFirstLineUtcTime", epoch, annotation.first_line_s),
        moment("productLastLineUtcTime", epoch, annotation.last_line_s),
        moment("ascendingNodeTime", epoch, ascending_node_s(annotation)),
        moment("anchorTime", epoch, annotation.first_line_s),
        text("productComposition", "Individual"),
        text("sliceNumber", 0),
        listed("sliceList", []),
        double("slantRangeTime", annotation.slant_range_time_s),
        text("pixelValue", "Detected"),
        text("outputPixels", "16 bit Unsigned Integer"),
        single("rangePixelSpacing", annotation.pixel_spacing_m),
        single("azimuthPixelSpacing", annotation.line_spacing_m),
        double("azimuthTimeInterval", annotation.line_interval_s),
        double("azimuthFrequency", 1.0 / annotation.line_interval_s),
        text("numberOfSamples", annotation.pixels),
        text("numberOfLines", annotation.lines),
        double("zeroDopMinusAcqTime", 0.0),
        double("incidenceAngleMidSwath", annotation.incidence_mid_swath_deg),
        _image_statistics(statistics),
    )


def _processing_information(annotation: Annotation) -> Element:
    epoch, beams = annotation.epoch, swath_of(annotation.mode).subswaths
    dimensions = element(
        "inputDimensions",
        moment("azimuthTime", epoch, annotation.first_line_s),
        text("swath", beams[0].name),
        text("numberOfInputSamples", annotation.pixels),
        text("numberOfInputLines", annotation.lines),
    )
    return element(
        "processingInformation",
        *_processing_steps(),
        listed("swathProcParamsList", (_looks(annotation.mode, beam) for beam in beams)),
        listed("inputDimensionsList", [dimensions]),
        double("referenceRange", 800_000.0),
        text("ellipsoidName", "WGS84"),
        double("ellipsoidSemiMajorAxis", 6_378_137.0),
        double("ellipsoidSemiMinorAxis", 6_356_752.314245),
        text("bistaticDelayCorrectionApplied", True),
        text("topsFilterConvention", "Only Echo Lines"),
        text("orbitSource", "Auxiliary"),
        text("attitudeSource", "Auxiliary"),
    )


def _processing_steps() -> list[Element]:
    return [
        text("rawDataAnalysisUsed", False),
        text("orbitDataFileUsed", True),
        text("attitudeDataFileUsed", False),
        text("rxVariationCorrectionApplied", False),
        text("antennaElevationPatternApplied", True),
        text("antennaAzimuthPatternApplied", True),
        text("antennaAzimuthElementPatternApplied", True),
        text("dcMethod", "Pre-defined"),
        text("dcInputData", "Range Compressed"),
        text("rangeSpreadingLossCompensationApplied", True),
        text("srgrConversionApplied", True),
        text("detectionPerformed", True),
        text("thermalNoiseCorrectionPerformed", False),
        text("rfiMitigationPerformed", "Never"),
        text("rfiMitigationDomain", "Time"),
        text("chirpSource", "Nominal"),
        text("pgSource", "Model"),
        text("rrfSpectrum", "Unextended"),
        text("applicationLutId", "IceLines simulation, no observation"),
    ]


def _looks(mode: str, beam: SubSwath) -> Element:
    def processing(tag: str, looks: int) -> Element:
        return element(
            tag,
            text("windowType", "None"),
            double("windowCoefficient", 0.0),
            *(double(f"{name}Bandwidth", 0.0) for name in ("total", "processing", "look")),
            text("numberOfLooks", looks),
            double("lookOverlap", 0.0),
        )

    in_range, in_azimuth = LOOKS.get(mode, (1, 1))
    return element(
        "swathProcParams",
        text("swath", beam.name),
        processing("rangeProcessing", in_range),
        processing("azimuthProcessing", in_azimuth),
        single("processorScalingFactor", 1.0),
    )
