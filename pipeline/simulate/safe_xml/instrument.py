"""The parts of the annotation that tell of the instrument: an ideal one, or nothing known.

Readers of ground-range products do not use them; the schema demands them.
"""

from __future__ import annotations

import numpy as np

from pipeline.safe.annotation import Annotation
from pipeline.simulate.safe_xml.values import (
    Element,
    complexes,
    double,
    doubles,
    element,
    listed,
    moment,
    single,
    singles,
    text,
)
from pipeline.simulate.swath import swath_of

BIT_ERRORS = (
    *("SyncMarker", "DataTakeId", "EccNumber", "TestMode", "RxChannelId", "InstrumentConfigId"),
    *("PacketCount", "PriCount", "SsbErrorFlag", "BaqMode", "BaqBlockLength", "RangeDecimation"),
    *("RxGain", "TxRampRate", "TxPulseStartFrequency", "Rank", "Pri", "Swst", "Swl"),
    *("Polarisation", "TempComp", "ElevationBeamAddress", "AzimuthBeamAddress", "SasTestMode"),
    *("CalType", "CalibrationBeamAddress", "CalMode", "TxPulseNumber", "SignalType", "SwapFlag"),
    *("SwathNumber", "NumberOfQuads"),
)
DOWNLINK_COUNTS = (
    *("numDownlinkInputDataGaps", "downlinkGapsInInputDataSignificantFlag"),
    *("numDownlinkInputMissingLines", "downlinkMissingLinesSignificantFlag"),
    *("numInstrumentInputDataGaps", "instrumentGapsInInputDataSignificantFlag"),
    *("numInstrumentInputMissingLines", "instrumentMissingLinesSignificantFlag"),
    *("numSsbErrorInputDataGaps", "ssbErrorGapsInInputDataSignificantFlag"),
    *("numSsbErrorInputMissingLines", "ssbErrorMissingLinesSignificantFlag"),
)
BIASES = ("iBias", "qBias", "iqQuadratureDeparture", "iqGainImbalance")
BOUNDS = ("iBias", "qBias", "iqGain", "iqQuadratureDeparture")


def first_beam(annotation: Annotation) -> str:
    return swath_of(annotation.mode).subswaths[0].name


def downlink_quality() -> Element:
    counts = (text(name, False if name.endswith("Flag") else 0) for name in DOWNLINK_COUNTS)
    return element(
        "downlinkQuality",
        *(double(name, 0.0) for name in ("iInputDataMean", "qInputDataMean")),
        text("inputDataMeanOutsideNominalRangeFlag", False),
        *(double(name, 0.0) for name in ("iInputDataStdDev", "qInputDataStdDev")),
        text("inputDataStDevOutsideNominalRangeFlag", False),
        *counts,
        text("chirpSourceUsed", "Nominal"),
        text("pgSourceUsed", "Model"),
        text("rrfSpectrumUsed", "Unextended"),
        text("replicaReconstructionFailedFlag", False),
        *(double(f"{name}PgProductAmplitude", 0.0) for name in ("mean", "stdDev")),
        *(double(f"{name}PgProductPhase", 0.0) for name in ("mean", "stdDev")),
        text("pgProductDerivationFailedFlag", False),
        text("invalidDownlinkParamsFlag", False),
    )


def raw_data_quality() -> Element:
    names = ("iBias", "qBias", "iqGainImbalance", "iqQuadratureDeparture")
    flags = ("iBias", "qBias", "iqGain", "iqQuadratureDeparture")
    children = []
    for name, flag in zip(names, flags, strict=True):
        children += [double(name, _ideal(name)), text(f"{flag}SignificanceFlag", False)]
    return element("rawDataAnalysisQuality", *children)


def downlink_information(annotation: Annotation) -> Element:
    """One record, of the first beam."""
    epoch, first, last = annotation.epoch, annotation.first_line_s, annotation.last_line_s
    record = element(
        "downlinkInformation",
        text("swath", first_beam(annotation)),
        moment("azimuthTime", epoch, first),
        moment("firstLineSensingTime", epoch, first),
        moment("lastLineSensingTime", epoch, last),
        double("prf", 1.0 / annotation.line_interval_s),
        element(
            "bitErrorCount",
            *(text(f"numErr{name}", 0) for name in BIT_ERRORS),
            text("numIspHeaderErrors", 0),
        ),
        _downlink_values(annotation),
    )
    return listed("downlinkInformationList", [record])


def raw_data_analysis(annotation: Annotation) -> Element:
    support = [double(f"{name}{side}Bound", 0.0) for name in BOUNDS for side in ("Upper", "Lower")]
    used = ("iBias", "qBias", "iqGainImbalance", "iqQuadratureDeparture")
    record = element(
        "rawDataAnalysis",
        moment("azimuthTime", annotation.epoch, annotation.first_line_s),
        *(double(name, _ideal(name)) for name in BIASES),
        element(
            "support",
            *support,
            *(double(f"{name}UsedForCorrection", _ideal(name)) for name in used),
        ),
    )
    return listed("rawDataAnalysisList", [record])


def replica_information(annotation: Annotation) -> Element:
    """The nominal chirp of an ideal instrument; no measured replicas."""
    reference = element(
        "referenceReplica",
        moment("azimuthTime", annotation.epoch, annotation.first_line_s),
        text("chirpSource", "Nominal"),
        text("pgSource", "Model"),
        singles("amplitudeCoefficients", np.array([1.0, 0.0, 0.0, 0.0])),
        singles("phaseCoefficients", np.zeros(4)),
        single("timeDelay", 0.0),
        element("gain", single("re", 1.0), single("im", 0.0)),
    )
    record = element(
        "replicaInformation",
        text("swath", first_beam(annotation)),
        reference,
        listed("replicaList", []),
    )
    return listed("replicaInformationList", [record])


def azimuth_fm_rates(annotation: Annotation) -> Element:
    record = element(
        "azimuthFmRate",
        moment("azimuthTime", annotation.epoch, annotation.first_line_s),
        double("t0", annotation.slant_range_time_s),
        doubles("azimuthFmRatePolynomial", np.zeros(3)),
    )
    return listed("azimuthFmRateList", [record])


def doppler_centroid(annotation: Annotation) -> Element:
    """Zero: the image is made at zero Doppler."""
    epoch, first, last = annotation.epoch, annotation.first_line_s, annotation.last_line_s
    record = element(
        "dcEstimate",
        moment("azimuthTime", epoch, first),
        double("t0", annotation.slant_range_time_s),
        singles("geometryDcPolynomial", np.zeros(3)),
        singles("dataDcPolynomial", np.zeros(3)),
        double("dataDcRmsError", 0.0),
        text("dataDcRmsErrorAboveThreshold", False),
        moment("fineDceAzimuthStartTime", epoch, first),
        moment("fineDceAzimuthStopTime", epoch, last),
        listed("fineDceList", []),
    )
    return element("dopplerCentroid", listed("dcEstimateList", [record]))


def antenna_pattern(annotation: Annotation) -> Element:
    """A flat pattern over the angles of the grid's first row."""
    grid = annotation.geolocation
    record = element(
        "antennaPattern",
        text("swath", first_beam(annotation)),
        moment("azimuthTime", annotation.epoch, annotation.first_line_s),
        doubles("slantRangeTime", grid.slant_range_times_s[0]),
        singles("elevationAngle", grid.elevation_deg[0]),
        complexes("elevationPattern", np.ones(len(grid.pixels[0]))),
        singles("incidenceAngle", grid.incidence_deg[0]),
        double("terrainHeight", annotation.terrain_height_m),
        double("roll", 0.0),
    )
    return element("antennaPattern", listed("antennaPatternList", [record]))


def _downlink_values(annotation: Annotation) -> Element:
    epoch, first = annotation.epoch, annotation.first_line_s
    bandwidth = swath_of(annotation.mode).sampling_rate_hz

    def timed(name: str, value: float) -> Element:
        entry = element(name, moment("azimuthTime", epoch, first), double("value", value))
        return listed(f"{name}List", [entry])

    formats = (text(f"{name}Format", "None") for name in ("echo", "noise", "calibration"))
    return element(
        "downlinkValues",
        double("pri", annotation.line_interval_s),
        *(text(name, 0) for name in ("rank", "dataTakeId", "eccNumber", "rxChannelId")),
        text("instrumentConfigId", 0),
        element("dataFormat", text("baqBlockLength", 0), *formats, double("meanBitRate", 0.0)),
        element(
            "rangeDecimation",
            double("decimationFilterBandwidth", bandwidth),
            double("samplingFrequencyAfterDecimation", bandwidth),
            text("filterLength", 0),
        ),
        *(double(name, 0.0) for name in ("rxGain", "txPulseLength", "txPulseStartFrequency")),
        double("txPulseRampRate", 0.0),
        text("swathNumber", 0),
        timed("swl", 0.0),
        timed("swst", 0.0),
        listed("pointingStatusList", []),
    )


def _ideal(name: str) -> float:
    return 1.0 if name == "iqGainImbalance" else 0.0
