from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pipeline.geometry.heights import Vertical
from pipeline.radiometry.calibration import Quantity
from pipeline.snap.graph import ExternalDem, SnapChain, map_projection, snap_graph
from tests.pipeline.snap.operators import PARAMETERS

RADIOMETRY = [
    "Read",
    "Apply-Orbit-File",
    "ThermalNoiseRemoval",
    "Remove-GRD-Border-Noise",
    "Calibration",
]
DEM = ExternalDem(Path("/heights/rema & more.tif"), vertical="ellipsoid", nodata=-9999.0)


def chain(*polarisations: str, **changes: Any) -> SnapChain:
    targets = {name: Path(f"/work/{name}.tif") for name in polarisations or ("HH", "HV")}
    defaults = {"source": Path("/in/S1A.SAFE/manifest.safe"), "targets": targets}
    return SnapChain(**{**defaults, "crs": "EPSG:3031", "pixel_size_m": 40.0, **changes})


def nodes(chain: SnapChain) -> list[Any]:
    return list(etree.fromstring(snap_graph(chain)).iterfind("node"))


def operators(chain: SnapChain) -> list[str]:
    return [node.findtext("operator") for node in nodes(chain)]


def parameters(chain: SnapChain, operator: str) -> list[dict[str, str]]:
    found = [node for node in nodes(chain) if node.findtext("operator") == operator]
    return [{value.tag: value.text for value in node.find("parameters")} for node in found]


VARIANTS = [
    chain(),
    chain("VV"),
    chain(dem=DEM),
    chain("HV", "HH", quantity=Quantity.GAMMA0, looks=4),
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_source_is_a_node_that_stands_before(variant: SnapChain) -> None:
    seen: set[str] = set()
    for node in nodes(variant):
        sources = [source.get("refid") for source in node.iterfind("sources/sourceProduct")]
        assert len(sources) == (0 if node.findtext("operator") == "Read" else 1)
        assert set(sources) <= seen
        assert node.get("id") not in seen
        seen.add(node.get("id"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_operators_get_parameters_that_they_know(variant: SnapChain) -> None:
    for node in nodes(variant):
        names = [value.tag for value in node.find("parameters")]
        assert len(names) == len(set(names))
        assert set(names) <= PARAMETERS[node.findtext("operator")]


def test_the_order_is_that_of_the_documentation() -> None:
    mapped = ["Ellipsoid-Correction-RD", "LinearToFromdB", "Write"]
    assert operators(chain()) == RADIOMETRY + mapped * 2
    assert operators(chain("HH", dem=DEM)) == [*RADIOMETRY, "Terrain-Correction", *mapped[1:]]


def test_noise_and_border_may_be_left_as_they_are() -> None:
    plain = chain("HH", denoise=False, drop_border=False)
    assert operators(plain)[:3] == ["Read", "Apply-Orbit-File", "Calibration"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sea_is_never_masked(variant: SnapChain) -> None:
    mapping = "Terrain-Correction" if variant.dem else "Ellipsoid-Correction-RD"
    found = parameters(variant, mapping)
    assert len(found) == len(variant.targets)
    assert all(values["nodataValueAtSea"] == "false" for values in found)


def test_every_polarisation_is_processed_and_written_to_its_own_file() -> None:
    both = chain("HV", "HH")
    for operator in RADIOMETRY[2:]:
        assert parameters(both, operator)[0]["selectedPolarisations"] == "HV,HH"
    bands = [values["sourceBands"] for values in parameters(both, "LinearToFromdB")]
    assert bands == ["Sigma0_HV", "Sigma0_HH"]
    files = [values["file"] for values in parameters(both, "Write")]
    assert files == ["/work/HV.tif", "/work/HH.tif"]
    sources = [s.get("refid") for n in nodes(both)[5:] for s in n.iterfind("sources/sourceProduct")]
    assert sources[3:] == [
        "Calibration",
        "Ellipsoid-Correction-RD-Sigma0_HH",
        "LinearToFromdB-Sigma0_HH",
    ]


def test_finer_pixels_are_averaged_before_they_are_mapped() -> None:
    fine = chain("HH", looks=4)
    assert operators(fine)[4:7] == ["Calibration", "Multilook", "Ellipsoid-Correction-RD"]
    [averaged] = parameters(fine, "Multilook")
    assert (averaged["nRgLooks"], averaged["nAzLooks"]) == ("4", "4")
    [mapping] = [n for n in nodes(fine) if n.findtext("operator") == "Ellipsoid-Correction-RD"]
    assert mapping.find("sources/sourceProduct").get("refid") == "Multilook"


def test_the_backscatter_asked_for_is_the_one_calibrated() -> None:
    [sigma] = parameters(chain("HH"), "Calibration")
    assert (sigma["outputSigmaBand"], sigma["outputGammaBand"]) == ("true", "false")
    gamma0 = chain("HH", quantity=Quantity.GAMMA0)
    [gamma] = parameters(gamma0, "Calibration")
    assert (gamma["outputSigmaBand"], gamma["outputGammaBand"]) == ("false", "true")
    assert parameters(gamma0, "LinearToFromdB")[0]["sourceBands"] == "Gamma0_HH"


def test_pixel_centres_lie_half_a_pixel_off_the_multiples() -> None:
    [grid] = parameters(chain("HH"), "Ellipsoid-Correction-RD")
    assert grid["pixelSpacingInMeter"] == "40.0"
    assert grid["alignToStandardGrid"] == "true"
    assert (grid["standardGridOriginX"], grid["standardGridOriginY"]) == ("20.0", "20.0")


@pytest.mark.parametrize(("vertical", "adds_geoid"), [("geoid", "true"), ("ellipsoid", "false")])
def test_heights_come_with_their_reference_and_their_gaps(
    vertical: Vertical, adds_geoid: str
) -> None:
    dem = ExternalDem(DEM.path, vertical, -9999.0)
    [heights] = parameters(chain("HH", dem=dem), "Terrain-Correction")
    assert heights["demName"] == "External DEM"
    assert heights["externalDEMFile"] == "/heights/rema & more.tif"
    assert heights["externalDEMApplyEGM"] == adds_geoid
    assert heights["externalDEMNoDataValue"] == "-9999.0"


def test_a_missing_orbit_file_does_not_stop_it() -> None:
    [orbit] = parameters(chain("HH"), "Apply-Orbit-File")
    assert orbit["continueOnFail"] == "true"


def test_clipping_is_spoken_of_only_when_asked_for() -> None:
    [usual] = parameters(chain("HH"), "ThermalNoiseRemoval")
    assert "clipNegativeValues" not in usual
    [kept] = parameters(chain("HH", keep_negative_power=True), "ThermalNoiseRemoval")
    assert kept["clipNegativeValues"] == "false"


def test_a_system_with_a_code_is_given_by_its_code() -> None:
    assert map_projection("EPSG:3031") == "EPSG:3031"
    own = "+proj=laea +lat_0=-75 +lon_0=12 +datum=WGS84 +units=m"
    assert map_projection(own).startswith('PROJCS["')
