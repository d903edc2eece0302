from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from pipeline.errors import SceneError
from pipeline.geometry.range_doppler import RadarGeometry
from pipeline.safe.annotation import Annotation
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.orbit_pass import ASCENDING, Target

MOMENT = datetime(2026, 9, 4, 20, 13, 5, tzinfo=UTC)
TARGET = Target(71.0, -68.5, 40.0)
SMALL = Acquisition(TARGET, MOMENT, lines=300, pixels=400)


def grid_error_px(annotation: Annotation) -> float:
    """Largest distance between the geolocation grid and the range-Doppler equations."""
    grid = annotation.geolocation
    lonlat = np.column_stack((grid.longitudes_deg.ravel(), grid.latitudes_deg.ravel()))
    image = RadarGeometry(annotation).lonlat_to_image(lonlat, grid.heights_m.ravel())
    return float(np.abs(image - np.column_stack((grid.lines.ravel(), grid.pixels.ravel()))).max())


@pytest.mark.parametrize(
    "acquisition",
    [
        SMALL,
        Acquisition(TARGET, MOMENT),
        Acquisition(TARGET, MOMENT, mode="IW", height_m=55.0),
        Acquisition(TARGET, MOMENT, mode="SM", direction=ASCENDING),
        Acquisition(TARGET, MOMENT, mode="IW", lines=500, pixels=700, incidence_deg=42.0),
    ],
)
def test_the_geolocation_grid_agrees_with_the_range_doppler_equations(
    acquisition: Acquisition,
) -> None:
    assert grid_error_px(simulated_annotation(acquisition, "HH")) < 0.005


def test_the_grid_lies_on_the_surface_that_is_given() -> None:
    def surface(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
        return 30.0 + 200.0 * (longitude - 71.0) + 50.0 * (latitude + 68.5)

    annotation = simulated_annotation(SMALL, "HH", surface)

    grid = annotation.geolocation
    np.testing.assert_allclose(
        grid.heights_m, surface(grid.longitudes_deg, grid.latitudes_deg), atol=0.01
    )
    assert np.ptp(grid.heights_m) > 10
    assert grid_error_px(annotation) < 0.005


def test_the_target_appears_where_it_is_wanted() -> None:
    at = replace(SMALL, target=Target(71.0, -68.5, 0.0), target_line=20.0, target_pixel=390.0)

    geometry = RadarGeometry(simulated_annotation(at, "HH"))

    image = geometry.lonlat_to_image(np.array([[71.0, -68.5]]), np.array([0.0]))
    np.testing.assert_allclose(image, [[20.0, 390.0]], atol=0.01)


def test_slices_of_one_pass_continue_each_other() -> None:
    first = simulated_annotation(replace(SMALL, target_line=100.0), "HH")
    second = simulated_annotation(replace(SMALL, target_line=100.0 - 300.0), "HH")

    end = RadarGeometry(first).to_lonlat(np.array([[300.0, 200.0]]))
    start = RadarGeometry(second).to_lonlat(np.array([[0.0, 200.0]]))

    assert (first.absolute_orbit, first.datatake) == (second.absolute_orbit, second.datatake)
    # The polynomials that lay out the lines have other times in each slice.
    np.testing.assert_allclose(start, end, atol=1e-5)


def test_pixels_measure_what_they_are_said_to_measure_on_the_ground() -> None:
    annotation = simulated_annotation(Acquisition(TARGET, MOMENT), "HH")
    image = np.array([[5000.0, 5243.0], [5000.0, 5244.0], [5001.0, 5243.0]])

    ground = RadarGeometry(annotation).to_ground(image)

    assert np.linalg.norm(ground[1] - ground[0]) == pytest.approx(40.0, abs=0.05)
    assert np.linalg.norm(ground[2] - ground[0]) == pytest.approx(40.0, abs=0.1)


def test_a_full_ew_swath_has_the_ranges_and_angles_of_real_ones() -> None:
    annotation = simulated_annotation(Acquisition(TARGET, MOMENT), "HH")
    incidence = annotation.geolocation.incidence_deg

    assert (annotation.lines, annotation.pixels) == (10_708, 10_487)
    assert incidence.min() == pytest.approx(18.9, abs=0.5)  # the real scene: 18.9 to 46.4
    assert incidence.max() == pytest.approx(46.4, abs=0.5)
    assert annotation.slant_range_time_s == pytest.approx(4.964e-3, rel=0.01)
    assert annotation.line_interval_s == pytest.approx(6.0e-3, rel=0.05)


def test_ground_to_slant_polynomials_lead_back_by_those_of_slant_to_ground() -> None:
    conversion = simulated_annotation(replace(SMALL, pixels=3000), "HH").ground_range
    ground = np.linspace(0, 2999 * 40.0, 1000)

    for sr0, gr0, srgr, grsr in zip(
        conversion.sr0_m, conversion.gr0_m, conversion.srgr, conversion.grsr, strict=True
    ):
        slant = np.polynomial.polynomial.polyval(ground - gr0, grsr)
        back = np.polynomial.polynomial.polyval(slant - sr0, srgr)
        np.testing.assert_allclose(back, ground, atol=0.01)


def test_the_same_acquisition_gives_the_same_annotation_and_polarisation_changes_only_itself() -> (
    None
):
    first, second = simulated_annotation(SMALL, "HH"), simulated_annotation(SMALL, "HV")

    assert (first.polarisation, second.polarisation) == ("HH", "HV")
    np.testing.assert_array_equal(first.orbit.positions_m, second.orbit.positions_m)
    np.testing.assert_array_equal(
        first.geolocation.longitudes_deg, second.geolocation.longitudes_deg
    )


def test_a_swath_that_would_begin_below_the_satellite_is_refused() -> None:
    with pytest.raises(SceneError, match="below the satellite"):
        simulated_annotation(replace(SMALL, incidence_deg=20.0, target_pixel=9000.0), "HH")


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(SceneError, match="One of EW, IW, SM"):
        simulated_annotation(replace(SMALL, mode="WV"), "HH")
