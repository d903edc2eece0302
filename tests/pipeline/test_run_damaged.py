"""A month among whose products are damaged ones: each costs what it has to, and no other anything.

All of it is fetched and processed once, and then three times more; the tests look at what came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from catalog.front import Front
from catalog.lineage import InputKind
from catalog.observation import Observation, ObservationKind
from catalog.settings import load_settings
from catalog.shelf import Part
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome
from pipeline.fetch import wanted_of
from pipeline.run import MOST_ATTEMPTS, Bench, ProcessReport, process_scenes, scenes_on_record
from pipeline.run_fetch import FetchBench, FetchReport, fetch_products
from pipeline.settings import ProcessingSettings
from tests.pipeline.damaged_products import (
    DUAL,
    PART,
    SINGLE,
    Change,
    Product,
    image_of_other_size,
    removed,
    renamed_by_the_cloud,
    simulated,
    swapped,
    truncated,
    with_members,
    with_values,
)
from tests.pipeline.fetching.carriers import carrier_of
from tests.pipeline.fetching.products import zip_of
from tests.pipeline.networks import store_threshold_model
from tests.pipeline.simulate.sample import make_part

SETTINGS = ProcessingSettings(pixel_size_m=80.0, threads=1, margin_m=2_000.0)
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
BETWEEN = timedelta(hours=12)
NEAR_TRUTH_M = 160.0  # two pixels
REMEDIES = re.compile(r"Fetch .*again|Choose another model")
FRONT, REFUSED, NOT_FETCHED = "front", "refused", "not fetched"

LOST = "HH is left out: no annotation file says HH."

ORBIT = "generalAnnotation/orbitList"
GRID = "geolocationGrid/geolocationGridPointList"
LAST_LINE = "imageAnnotation/imageInformation/productLastLineUtcTime"
SIGMA = "calibrationVectorList/calibrationVector/sigmaNought"
NOISE = "noiseRangeVectorList/noiseRangeVector/noiseRangeLut"
NOISE_ALONG = "noiseAzimuthVectorList/noiseAzimuthVector/noiseAzimuthLut"


def whole(_files: dict[str, bytes]) -> None:
    pass


def not_a_number(words: list[str]) -> list[str]:
    return ["nan", *words[1:]]


@dataclass(frozen=True, slots=True)
class Case:
    """A product, what is done to it, what has to come of it, and words that have to be said.

    `on_the_way`: the manifest tells; otherwise the archive itself has listed the damage.
    """

    name: str
    polarisations: tuple[str, ...]
    change: Change
    outcome: str = FRONT
    says: str = ""
    on_the_way: bool = False

    def of(self, product: Product) -> Product:
        way = product.cut_on_the_way if self.on_the_way else product.damaged
        return way(self.change)


def good(number: int, polarisations: tuple[str, ...] = SINGLE) -> Case:
    return Case(f"whole {number}", polarisations, whole)


def lost_and_cut(
    kind: str, polarisation: str, of: tuple[str, ...], outcome: str, says: str
) -> list[Case]:
    """A file removed, and the same cut short."""
    title = f"{kind} of {polarisation} of {len(of)}"
    return [
        Case(f"{title} removed", of, removed(kind, polarisation), outcome, says),
        Case(f"{title} truncated", of, truncated(kind, polarisation), outcome, says),
    ]


CASES = [
    good(1),
    *lost_and_cut("annotation", "HH", SINGLE, NOT_FETCHED, "no annotation file says HH"),
    *lost_and_cut("calibration", "HH", SINGLE, NOT_FETCHED, "no calibration file says HH"),
    *lost_and_cut("noise", "HH", SINGLE, FRONT, "HH cannot be denoised: no noise file says HH"),
    Case("measurement of HH of 1 removed", SINGLE, removed("measurement"), NOT_FETCHED,
         "no measurement file is named HH"),
    Case("measurement of HH of 1 truncated", SINGLE, truncated("measurement"), REFUSED,
         "the image of HH cannot be read"),
    Case("measurement of HH of 1 empty", SINGLE, truncated("measurement", share=0), REFUSED,
         "the image of HH cannot be read"),
    good(2),
    *lost_and_cut("manifest", "HH", SINGLE, FRONT, "manifest.safe: is "),
    *lost_and_cut("manifest", "HH", DUAL, FRONT, "manifest.safe: is "),
    *lost_and_cut("annotation", "HH", DUAL, REFUSED, "HH is left out: no annotation file says HH"),
    *lost_and_cut("calibration", "HH", DUAL, REFUSED, "no calibration file says HH"),
    *lost_and_cut("noise", "HH", DUAL, FRONT, "HH cannot be denoised: no noise file says HH"),
    Case("measurement of HH of 2 removed", DUAL, removed("measurement"), REFUSED,
         "HH is left out: no measurement file is named HH"),
    Case("measurement of HH of 2 truncated", DUAL, truncated("measurement"), REFUSED,
         "the image of HH cannot be read"),
    good(3, DUAL),
    *lost_and_cut("annotation", "HV", DUAL, FRONT, "HV is left out: no annotation file says HV"),
    *lost_and_cut("calibration", "HV", DUAL, FRONT, "HV is left out: no calibration file says HV"),
    *lost_and_cut("noise", "HV", DUAL, FRONT, "HV cannot be denoised: no noise file says HV"),
    Case("measurement of HV of 2 removed", DUAL, removed("measurement", "HV"), FRONT,
         "HV is left out: no measurement file is named HV"),
    Case("measurement of HV of 2 empty", DUAL, truncated("measurement", "HV", 0), FRONT,
         "HV is left out: s1a-ew-grd-hv-"),
    Case("annotations swapped", DUAL, swapped("annotation"), NOT_FETCHED,
         "which pixels are meant cannot be known"),
    Case("calibrations swapped", DUAL, swapped("calibration"), FRONT,
         "is named HV but says HH, and is used for it"),
    Case("noise tables swapped", DUAL, swapped("noise"), FRONT,
         "is named HV but says HH, and is used for it"),
    good(4),
    Case("calibration not a number", SINGLE, with_values("calibration", SIGMA, not_a_number),
         NOT_FETCHED, "not finite and above zero"),
    Case("noise not a number", SINGLE, with_values("noise", NOISE, not_a_number), FRONT,
         "HH cannot be denoised: "),
    Case("noise along not a number", SINGLE, with_values("noise", NOISE_ALONG, not_a_number),
         FRONT, "an azimuth factor is not finite"),
    Case("calibration short", SINGLE,
         with_members("calibration", "calibrationVectorList", lambda all: all[:1]),
         NOT_FETCHED, "is shorter than the image"),
    Case("noise short", SINGLE,
         with_members("noise", "noiseRangeVectorList", lambda all: all[:1]), FRONT,
         "is shorter than the image"),
    Case("orbit out of order", SINGLE, with_members("annotation", ORBIT, lambda all: all[::-1]),
         FRONT, "orbitList was not in order and has been sorted"),
    Case("orbit too short", SINGLE, with_members("annotation", ORBIT, lambda all: all[:2]),
         NOT_FETCHED, "has 2 state vectors, 4 are needed"),
    Case("grid out of order", SINGLE, with_members("annotation", GRID, lambda all: all[::-1])),
    Case("clock against itself", SINGLE,
         with_values("annotation", LAST_LINE, lambda _: ["2026-01-01T00:00:00.000000"]),
         NOT_FETCHED, "its clock contradicts itself"),
    Case("image of another size", SINGLE, image_of_other_size, REFUSED, "pixels, its annotation"),
    Case("files renamed", DUAL, renamed_by_the_cloud),
    good(5, DUAL),
    *(
        Case(f"{kind} cut on the way", SINGLE, truncated(kind), NOT_FETCHED,
             "is not the file that manifest.safe lists", on_the_way=True)
        for kind in ("annotation", "calibration", "noise", "measurement")
    ),
    Case("measurements swapped on the way", DUAL, swapped("measurement"), NOT_FETCHED,
         "is not the file that manifest.safe lists", on_the_way=True),
    good(6),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """What came of it: products by the names of their cases, four runs, the record."""

    products: dict[str, Product]
    fetched: list[FetchReport]
    processed: list[ProcessReport]
    fronts: dict[str, Front]  # by the scene
    observations: dict[str, Observation]  # by the scene

    def names(self, outcome: str) -> set[str]:
        """Of the products of all cases that end so."""
        return {self.products[case.name].name for case in CASES if case.outcome == outcome}


def fetch_all(
    store: CatalogStore, places: list[Path], parts: tuple[Part, ...] = (PART,)
) -> FetchReport:
    report = FetchReport()
    with carrier_of(attempts=1) as carrier:
        bench = FetchBench(store, parts, carrier, 1)
        for each in fetch_products(bench, [wanted_of(str(place)) for place in places]):
            report += each
    return report


def scene_of(front: Front) -> str:
    (scene,) = front.lineage.inputs_of(InputKind.SCENE)
    return scene.name


@contextmanager
def opened(folder: Path) -> Iterator[CatalogStore]:
    with CatalogStore.open(load_settings(folder / "workspace")) as store:
        yield store


@pytest.fixture(scope="module")
def simulations(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Product]:
    folder = tmp_path_factory.mktemp("simulated")
    return {polarisations: simulated(polarisations, folder) for polarisations in (SINGLE, DUAL)}


@pytest.fixture(scope="module")
def month(
    simulations: dict[tuple[str, ...], Product], tmp_path_factory: pytest.TempPathFactory
) -> Month:
    folder = tmp_path_factory.mktemp("month")
    products = {
        case.name: case.of(simulations[case.polarisations].at(FIRST + number * BETWEEN))
        for number, case in enumerate(CASES)
    }
    places = [product.write(folder) for product in products.values()]
    with opened(folder) as store:
        bench = Bench(store, (PART,), SETTINGS, store_threshold_model(folder))
        fetched, processed = [], []
        for _ in range(MOST_ATTEMPTS + 1):
            fetched.append(fetch_all(store, places))
            processed.append(process_scenes(bench, scenes_on_record(store)))
        fronts = {scene_of(front): front for front in store.fronts()}
        observations = {seen.scene_id: seen for seen in store.observations()}
    return Month(products, fetched, processed, fronts, observations)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_product_costs_what_it_has_to(month: Month, case: Case) -> None:
    product = month.products[case.name]
    if case.outcome == FRONT:
        check_front(month, product, case.says)
    elif case.outcome == REFUSED:
        check_refused(month, product, case.says)
    else:
        check_not_fetched(month, product, case.says)


def check_front(month: Month, product: Product, says: str) -> None:
    """A front where it is true, whose lineage says what was missing."""
    front = month.fronts[product.name]
    degradations = front.lineage.parameters.get("scene.degradations")
    assert says in str(degradations) if says else degradations is None
    assert front.line.hausdorff_distance(product.truth) < NEAR_TRUTH_M
    assert month.observations[product.name].kind is ObservationKind.OBSERVED


def check_refused(month: Month, product: Product, says: str) -> None:
    """Named in the report with fault and remedy; on record as an acquisition without a front."""
    (failure,) = [f for f in month.processed[0].failures if f.scene_id == product.name]
    assert failure.fault.startswith(f"{product.name}: ")
    assert says in failure.fault
    assert REMEDIES.search(failure.fault)
    seen = month.observations[product.name]
    assert (seen.kind, seen.unit) == (ObservationKind.REJECTED, PART.name)
    assert says in seen.reason
    assert "/vsizip/" not in seen.reason
    assert product.name not in month.fronts


def check_not_fetched(month: Month, product: Product, says: str) -> None:
    (failure,) = [f for f in month.fetched[0].failures if product.name in f.fault]
    assert says in failure.fault
    assert REMEDIES.search(failure.fault)
    assert product.name not in month.observations


def test_every_product_is_on_record_by_its_end(month: Month) -> None:
    assert set(month.fronts) == month.names(FRONT)
    assert set(month.observations) == month.names(FRONT) | month.names(REFUSED)
    assert len(month.fetched[0].failures) == len(month.names(NOT_FETCHED))
    first = month.processed[0]
    assert first.fronts.new == len(month.names(FRONT))
    assert {failure.scene_id for failure in first.failures} == month.names(REFUSED)


def test_what_is_missing_is_said_when_it_is_fetched(month: Month) -> None:
    name = month.products["calibration of HV of 2 removed"].name
    doubts = [doubt for doubt in month.fetched[0].doubts if doubt.startswith(name)]
    assert doubts[1:] == [f"{name}: HV is left out: no calibration file says HV."]


def test_what_is_good_is_not_tried_again(month: Month) -> None:
    for fetched, processed in zip(month.fetched[1:], month.processed[1:], strict=True):
        assert fetched.done_before == len(month.names(FRONT) | month.names(REFUSED))
        assert processed.done_before == len(month.names(FRONT))
        assert processed.fronts == RecordOutcome()


def test_what_is_damaged_is_tried_three_times_and_then_left(month: Month) -> None:
    for fetched, processed in zip(month.fetched[:-1], month.processed[:-1], strict=True):
        assert len(fetched.failures) == len(month.names(NOT_FETCHED))
        assert len(processed.failures) == len(month.names(REFUSED))
        assert (fetched.quarantined, processed.quarantined) == ((), ())
    fetched, processed = month.fetched[-1], month.processed[-1]
    assert (fetched.failures, processed.failures) == ((), ())
    assert len(fetched.quarantined) == len(month.names(NOT_FETCHED))
    assert {failure.scene_id for failure in processed.quarantined} == month.names(REFUSED)


# -- one product at a time -----------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogStore]:
    with opened(tmp_path) as opened_store:
        yield opened_store


@pytest.fixture
def product(simulations: dict[tuple[str, ...], Product]) -> Product:
    return simulations[SINGLE]


@pytest.fixture
def bench(store: CatalogStore, tmp_path: Path) -> Bench:
    return Bench(store, (PART,), SETTINGS, store_threshold_model(tmp_path))


def process_all(bench: Bench) -> ProcessReport:
    return process_scenes(bench, scenes_on_record(bench.store))


def test_a_deflated_zip_file_becomes_a_front(
    store: CatalogStore, bench: Bench, product: Product, tmp_path: Path
) -> None:
    path = tmp_path / f"{product.name}.zip"
    path.write_bytes(zip_of(product.files, product.name))
    assert fetch_all(store, [path]).failures == ()
    assert process_all(bench).fronts.new == 1
    assert store.fronts()[0].line.hausdorff_distance(product.truth) < NEAR_TRUTH_M


def test_a_zip_file_cut_short_is_refused(
    store: CatalogStore, product: Product, tmp_path: Path
) -> None:
    path = tmp_path / f"{product.name}.zip"
    content = zip_of(product.files, product.name)
    path.write_bytes(content[: len(content) // 2])
    (failure,) = fetch_all(store, [path]).failures
    assert failure.fault.startswith(product.name)
    assert "is no zip file, or is cut off. Fetch it again" in failure.fault


def test_a_product_outside_every_shelf_is_refused_and_the_nearest_is_named(
    store: CatalogStore, product: Product, tmp_path: Path
) -> None:
    near = make_part("Nearland", (-1_600_000.0, -110_000.0))
    far = make_part("Farland", (1_600_000.0, 310_000.0))
    (failure,) = fetch_all(store, [product.write(tmp_path)], parts=(far, near)).failures
    assert failure.fault.startswith(product.name)
    assert "the nearest is Nearland, 1" in failure.fault
    assert "`icelines process FILE --out DIR`" in failure.fault
    assert scenes_on_record(store) == []


def test_an_image_that_is_changed_in_the_store_is_refused(
    store: CatalogStore, bench: Bench, product: Product, tmp_path: Path
) -> None:
    fetch_all(store, [product.write(tmp_path)])
    (scene,) = scenes_on_record(store)
    path = store.objects.path(scene.href)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    (failure,) = process_all(bench).failures
    assert "is not the one on record" in failure.fault
    assert [seen.kind for seen in store.observations()] == [ObservationKind.REJECTED]


def test_a_scene_for_which_no_model_is_left_is_on_record_and_left_after_three_attempts(
    store: CatalogStore, bench: Bench, simulations: dict[tuple[str, ...], Product], tmp_path: Path
) -> None:
    product = simulations[DUAL].damaged(removed("annotation"))
    fetch_all(store, [product.write(tmp_path)])
    shipped = replace(bench, weights=None)
    for _ in range(MOST_ATTEMPTS):
        (failure,) = process_all(shipped).failures
        assert failure.fault.startswith(f"{product.name}: ")
        assert failure.fault.endswith(f"no model works on HV. {LOST} Fetch the product again.")
    (left,) = process_all(shipped).quarantined
    assert left.scene_id == product.name
    (seen,) = store.observations()
    assert seen.kind is ObservationKind.REJECTED
    assert seen.reason == f"no model works on HV. {LOST}"


def test_a_model_that_cannot_be_read_is_held_against_no_scene(
    store: CatalogStore, bench: Bench, product: Product, tmp_path: Path
) -> None:
    fetch_all(store, [product.write(tmp_path)])
    for _ in range(MOST_ATTEMPTS + 1):
        assert len(process_all(replace(bench, weights=tmp_path / "no.safetensors")).failures) == 1
    assert store.observations() == ()
    assert process_all(bench).fronts.new == 1


# -- elevation models ----------------------------------------------------------------------------


def write_dem(path: Path, west: float, north: float, height_m: float = 0.0) -> Path:
    """60 x 60 km in cells of 500 m, all of one height above the geoid."""
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", count=1, height=120, width=120,
        crs="EPSG:3031", transform=Affine(500.0, 0, west, 0, -500.0, north),
    ) as raster:  # fmt: skip
        raster.write(np.full((1, 120, 120), height_m, dtype=np.float32))
    return path


def on_dem(bench: Bench, dem: Path) -> Bench:
    model = {"dem": str(dem), "dem_vertical": "geoid"}
    return replace(bench, settings=SETTINGS.model_copy(update=model))


@pytest.mark.parametrize(
    ("east_m", "least", "most"), [(0.0, 0.0, 0.0), (30e3, 0.2, 0.8), (1e6, 1, 1)]
)
def test_the_lineage_says_what_the_elevation_model_does_not_cover(
    store: CatalogStore, bench: Bench, product: Product, tmp_path: Path,
    east_m: float, least: float, most: float,
) -> None:  # fmt: skip
    fetch_all(store, [product.write(tmp_path)])
    middle = PART.region.centroid
    dem = write_dem(tmp_path / "dem.tif", middle.x - 30e3 + east_m, middle.y + 30e3)
    assert process_all(on_dem(bench, dem)).failures == ()
    (front,) = store.fronts()
    share = float(str(front.lineage.parameters["scene.surface.dem_uncovered_share"]))
    assert least <= share <= most
    assert [given.name for given in front.lineage.inputs_of(InputKind.FILE)] == ["dem.tif"]
    said = str(front.lineage.parameters.get("scene.degradations"))
    assert ("elevation model does not cover the scene" in said) is (share == 1.0)
    # What is not covered lies on the mean sea, where this scene is.
    assert front.line.hausdorff_distance(product.truth) < NEAR_TRUTH_M


def test_an_elevation_model_that_cannot_be_read_is_named(
    store: CatalogStore, bench: Bench, product: Product, tmp_path: Path
) -> None:
    fetch_all(store, [product.write(tmp_path)])
    (tmp_path / "dem.tif").write_bytes(b"")
    (failure,) = process_all(on_dem(bench, tmp_path / "dem.tif")).failures
    assert "dem.tif: cannot be read as an elevation model" in failure.fault
    assert "Give a raster" in failure.fault
    assert process_all(bench).fronts.new == 1
