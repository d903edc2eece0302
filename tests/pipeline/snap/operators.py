"""What SNAP's operators take, as its documentation and public sources name it."""

from __future__ import annotations

MAPPING = frozenset({
    "sourceBands", "demName", "externalDEMFile", "externalDEMNoDataValue", "externalDEMApplyEGM",
    "demResamplingMethod", "imgResamplingMethod", "pixelSpacingInMeter", "pixelSpacingInDegree",
    "mapProjection", "alignToStandardGrid", "standardGridOriginX", "standardGridOriginY",
    "nodataValueAtSea", "saveDEM", "saveLatLon", "saveIncidenceAngleFromEllipsoid",
    "saveLocalIncidenceAngle", "saveProjectedLocalIncidenceAngle", "saveSelectedSourceBand",
    "saveLayoverShadowMask", "outputComplex", "applyRadiometricNormalization", "saveSigmaNought",
    "saveGammaNought", "saveBetaNought", "incidenceAngleForSigma0", "incidenceAngleForGamma0",
    "auxFile", "externalAuxFile",
})  # fmt: skip

# Of versions before and after 10; `clipNegativeValues` is in the newest sources only.
PARAMETERS: dict[str, frozenset[str]] = {
    "Read": frozenset({"file", "formatName"}),
    "Apply-Orbit-File": frozenset({"orbitType", "polyDegree", "continueOnFail"}),
    "ThermalNoiseRemoval": frozenset(
        {"selectedPolarisations", "removeThermalNoise", "reIntroduceThermalNoise"}
    ),
    "Remove-GRD-Border-Noise": frozenset({"selectedPolarisations", "borderLimit", "trimThreshold"}),
    "Calibration": frozenset({
        "sourceBands", "auxFile", "externalAuxFile", "outputImageInComplex",
        "outputImageScaleInDb", "createGammaBand", "createBetaBand", "selectedPolarisations",
        "outputSigmaBand", "outputGammaBand", "outputBetaBand",
    }),
    "Multilook": frozenset(
        {"sourceBands", "nRgLooks", "nAzLooks", "outputIntensity", "grSquarePixel"}
    ),
    "Terrain-Correction": MAPPING,
    "Ellipsoid-Correction-RD": MAPPING,
    "LinearToFromdB": frozenset({"sourceBands"}),
    "Write": frozenset(
        {"file", "formatName", "deleteOutputOnFailure", "writeEntireTileRows",
         "clearCacheAfterRowWrite"}
    ),
}  # fmt: skip
