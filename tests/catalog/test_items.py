"""Values become STAC items and come back as they were; the items are valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pystac
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString, MultiPolygon, box

from catalog.ancillary import Ancillary, AncillaryKind, VerticalDatum, ancillary_id
from catalog.canonical import canonical_json
from catalog.errors import IceLinesError, RecordError
from catalog.front import Front, Interval, Reason, Status
from catalog.items.ancillary import ancillary_to_item, item_to_ancillary
from catalog.items.envelope import Asset, Item, assets_of, revision_digest
from catalog.items.front import front_to_item, item_to_front, line_asset
from catalog.items.model import item_to_model, model_to_item
from catalog.items.scene import item_to_scene, scene_to_item
from catalog.model_card import DataSource, ModelCard
from catalog.objects import ObjectStore
from catalog.scene import Scene
from catalog.served import served_form
from catalog.validate import ItemValidator
from tests.factories import SHA, make_front, make_imported_front

QUICKLOOK = Asset("quicklook", "objects/ab/x.png", "image/png", "Quick-look", ("overview",), SHA, 9)

metres = st.floats(-2_500_000, 2_500_000, allow_nan=False)
lines = st.lists(st.tuples(metres, metres), min_size=2, max_size=6, unique=True)
fronts = st.builds(
    lambda line, status, reasons, confidence, area, hours: make_front(
        line=MultiLineString([line]),
        status=status,
        reasons=tuple(reasons),
        confidence=confidence,
        area_km2=area,
        start=datetime(2014, 10, 3, tzinfo=UTC) + timedelta(hours=hours),
        vertex_uncertainty_m=tuple(float(i) for i in range(len(line))),
    ),
    lines,
    st.sampled_from(Status),
    st.lists(st.sampled_from(Reason), unique=True),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 5e5),
    st.integers(0, 100_000),
)


def through_json(item: Item) -> Item:
    parsed: Item = orjson.loads(canonical_json(item))
    return parsed


@given(fronts)
def test_a_front_comes_back_from_its_item_as_it_was(front: Front) -> None:
    assert item_to_front(through_json(front_to_item(front, [QUICKLOOK]))) == front


def test_an_imported_front_comes_back_with_its_source() -> None:
    front = make_imported_front()
    assert item_to_front(through_json(front_to_item(front, []))) == front


@given(fronts)
def test_the_digest_is_that_of_the_bytes_however_often_they_were_read(front: Front) -> None:
    item = front_to_item(front, [QUICKLOOK])
    assert revision_digest(item) == revision_digest(through_json(item))


def test_assets_come_back_as_they_were() -> None:
    assert assets_of(front_to_item(make_front(), [QUICKLOOK])) == (QUICKLOOK,)


def test_the_exact_line_is_kept_as_a_file_in_polar_coordinates(tmp_path: Path) -> None:
    front = make_imported_front()
    store = ObjectStore(tmp_path)
    asset = line_asset(front, store)
    document = orjson.loads(store.existing_path(asset.href).read_bytes())
    coordinates = document["features"][0]["geometry"]["coordinates"]
    assert MultiLineString(coordinates) == front.line
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3031"


def test_gdal_reads_the_line_file_in_its_system(tmp_path: Path) -> None:
    import pyogrio

    store = ObjectStore(tmp_path)
    path = store.path(line_asset(make_imported_front(), store).href)
    assert pyogrio.read_info(path)["crs"] == "EPSG:3031"


def test_a_canonical_record_names_no_host() -> None:
    item = front_to_item(make_imported_front(), [QUICKLOOK])
    hrefs = [link["href"] for link in item["links"]]
    hrefs += [asset["href"] for asset in item["assets"].values()]
    assert not any("://" in href for href in hrefs)


def test_an_instant_has_a_datetime_and_an_interval_has_both_ends() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    instant = front_to_item(make_front(start=start), [])["properties"]
    monthly = make_front(start=start, end=datetime(2026, 1, 31, tzinfo=UTC))
    interval = front_to_item(replace(monthly, interval=Interval.MONTHLY), [])["properties"]
    assert instant["datetime"] == "2026-01-01T00:00:00Z"
    assert interval["datetime"] is None
    assert interval["end_datetime"] == "2026-01-31T00:00:00Z"


def test_a_front_with_a_number_that_is_none_cannot_be_recorded() -> None:
    item = front_to_item(make_front(confidence=float("nan")), [])
    with pytest.raises(RecordError, match="confidence is nan"):
        revision_digest(item)


SCENE = Scene(
    id="S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549",
    platform="sentinel-1a",
    mode="EW",
    product_type="GRDM",
    polarisations=("HH", "HV"),
    start=datetime(2022, 11, 30, 1, 43, 42, tzinfo=UTC),
    end=datetime(2022, 11, 30, 1, 44, 46, tzinfo=UTC),
    footprint=MultiPolygon([box(60, -72, 66, -69)]),
    sha256=SHA,
    size_bytes=3_194_940,
    href=f"objects/ab/{SHA}.tif",
    simulated=False,
    absolute_orbit=46117,
    datatake="058549",
)
CARD = ModelCard(
    id="hedunet-hh-1",
    architecture="HED-UNet",
    parameters=2_035_656,
    input_channels=("HH",),
    weights_sha256=SHA,
    weights_size_bytes=8_000_000,
    weights_href=f"objects/ab/{SHA}.safetensors",
    training_data="simulated scenes",
    training_seed=7,
    trained_on=date(2026, 11, 1),
    scores={"iou_ice": 0.98, "front_distance_m": 42.0},
    limits="Trained on simulated scenes only.",
    framework="pytorch",
    framework_version="2.13.0",
)
FULL_CARD = replace(
    CARD,
    id="hedunet-dual-1",
    input_channels=("HH", "HV"),
    architecture_document={"family": "HED-UNet", "channels": ["HH", "HV"], "base_channels": 8},
    licence="CC-BY-4.0",
    sources=(
        DataSource("simulated tiles", "CC0-1.0", "IceLines", 16_000),
        DataSource("CaFFe", "CC-BY-4.0", "Gourmelon et al. 2022", 490, SHA, "4 sites"),
    ),
    recipe={"steps": 2_000, "learning_rate": 0.002, "channels": ["HH", "HV"], "ema": None},
    pixel_sizes_m=(40.0, 70.0),
    calibration={"position_scale": 1.2},
    golden={"tile_sha256": SHA, "line": "MULTILINESTRING ((0 10, 20.5 30))"},
    pretrained_on="simulated tiles",
)


DEM = Ancillary(
    id="rema-1-km-v2",
    kind=AncillaryKind.DEM,
    title="REMA 1 km, v2",
    licence="CC-BY-4.0",
    represents=date(2022, 11, 1),
    footprint=MultiPolygon([box(170, -80, 180, -70), box(-180, -80, -170, -70)]),
    shape_px=(5_600, 5_800),
    crs="EPSG:3031",
    sha256=SHA,
    size_bytes=40_000_000,
    href=f"objects/ab/{SHA}.tif",
    media_type="image/tiff; application=geotiff",
    vertical=VerticalDatum.ELLIPSOID,
    citation="Howat et al. 2022",
    doi="10.7910/DVN/EBW8UC",
)
MASK = replace(DEM, kind=AncillaryKind.MASK, vertical=None, crs=None, citation=None, doi=None)


@pytest.mark.parametrize("ancillary", [DEM, MASK, replace(DEM, layer="surface")])
def test_a_raster_comes_back_from_its_item_as_it_was(ancillary: Ancillary) -> None:
    assert item_to_ancillary(through_json(ancillary_to_item(ancillary))) == ancillary


def test_the_box_of_a_raster_over_the_antimeridian_has_its_west_in_the_east() -> None:
    assert ancillary_to_item(DEM)["bbox"] == [170, -80, -170, -70]


@pytest.mark.parametrize(
    "changes",
    [
        {"vertical": None},
        {"kind": AncillaryKind.MASK},
        {"kind": AncillaryKind.GEOID, "vertical": VerticalDatum.GEOID},
        {"id": ""},
        {"id": "../rema"},
        {"id": "REMA"},
    ],
)
def test_a_raster_says_what_its_heights_count_from_and_has_a_name(changes: dict[str, Any]) -> None:
    with pytest.raises(IceLinesError):
        replace(DEM, **changes)


def test_a_name_is_made_of_a_title() -> None:
    assert ancillary_id("REMA 1 km, v2.0 (Howat)") == "rema-1-km-v2.0-howat"
    assert ancillary_id("…") == ""


def test_a_scene_comes_back_from_its_item_as_it_was() -> None:
    assert item_to_scene(through_json(scene_to_item(SCENE))) == SCENE


def test_a_model_comes_back_from_its_item_as_it_was() -> None:
    for card in (CARD, FULL_CARD):
        assert item_to_model(through_json(model_to_item(card))) == card


def test_a_model_from_scratch_says_so_with_a_null() -> None:
    properties = model_to_item(CARD)["properties"]
    assert properties["mlm:pretrained"] is False
    assert properties["mlm:pretrained_source"] is None


def test_a_model_recorded_before_licences_were_has_none_stated() -> None:
    item = model_to_item(CARD)
    del item["properties"]["license"]
    assert item_to_model(item) == CARD


def test_the_recipe_is_pinned_by_its_digest() -> None:
    other = replace(FULL_CARD, recipe={**FULL_CARD.recipe, "steps": 2_001})
    digests = {model_to_item(c)["properties"]["icelines:recipe_sha256"] for c in (FULL_CARD, other)}
    assert len(digests) == 2
    assert "icelines:recipe_sha256" not in model_to_item(CARD)["properties"]


VALID_ITEMS = {
    "front": lambda: front_to_item(make_front(), [QUICKLOOK]),
    "front with everything": lambda: front_to_item(
        make_front(
            status=Status.IN_REVIEW,
            reasons=(Reason.ADVANCE_TOO_FAST,),
            vertex_uncertainty_m=(50.0, 60.0),
            area_change_km2=-4.0,
        ),
        [],
    ),
    "imported front": lambda: front_to_item(make_imported_front(), []),
    "scene": lambda: scene_to_item(SCENE),
    "scene without orbit": lambda: scene_to_item(replace(SCENE, absolute_orbit=None)),
    "model": lambda: model_to_item(CARD),
    "model with everything": lambda: model_to_item(FULL_CARD),
    "elevation model": lambda: ancillary_to_item(DEM),
    "mask": lambda: ancillary_to_item(MASK),
}


@pytest.mark.parametrize("name", VALID_ITEMS)
def test_canonical_and_served_forms_are_valid_offline(name: str, shared_schemas: Path) -> None:
    validator = ItemValidator(shared_schemas)
    item = VALID_ITEMS[name]()
    served = served_form(item, "https://icelines.example.org", 1, revision_digest(item))
    assert list(validator.faults(item)) == []
    assert list(validator.faults(served)) == []


def test_pystac_reads_the_served_form(shared_schemas: Path) -> None:
    item = front_to_item(make_imported_front(), [QUICKLOOK])
    served = served_form(item, "https://icelines.example.org", 3, revision_digest(item))
    read = pystac.Item.from_dict(served)
    assert read.collection_id == "fronts-annual"
    assert read.assets["quicklook"].href.startswith("https://icelines.example.org/objects/")


BREAKAGES: dict[str, tuple[str, Any]] = {
    "an unknown status": ("icelines:status", "maybe"),
    "a misspelt property": ("icelines:uncertainty", 12.0),
    "a negative area": ("icelines:area_km2", -1.0),
    "another projection": ("proj:code", "EPSG:4326"),
    "review without a reason": ("icelines:status", "in_review"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_the_own_schema_refuses(name: str, shared_schemas: Path) -> None:
    item = front_to_item(make_front(), [])
    key, value = BREAKAGES[name]
    item["properties"][key] = value
    assert list(ItemValidator(shared_schemas).faults(item))


def test_the_own_schema_refuses_heights_without_a_datum(shared_schemas: Path) -> None:
    item = ancillary_to_item(DEM)
    del item["properties"]["icelines:vertical"]
    assert list(ItemValidator(shared_schemas).faults(item))
