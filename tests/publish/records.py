"""A small workspace to release from: our own fronts, a simulated one, and one of other authors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from shapely import MultiLineString, MultiPolygon, box

from catalog.front import Front, Interval, Origin
from catalog.items.model import model_to_item
from catalog.items.scene import scene_to_item
from catalog.lineage import Input, InputKind, Lineage
from catalog.model_card import ModelCard
from catalog.observation import Observation, ObservationKind
from catalog.publisher import Publisher, load_publisher, template_text
from catalog.release import Version
from catalog.scene import Scene
from catalog.settings import Settings, Workspace, load_settings
from catalog.store import CatalogStore
from publish.content import Inclusion
from publish.freeze import default_cut_off
from publish.run import Built, build_release
from tests.factories import AMERY_LINE, SHA, make_front, make_imported_front

SCENE_ID = "S1A_EW_GRDM_1SDH_20260912T081233_20260912T081333_061000_07A000_AB12"
SIMULATED_SCENE_ID = "SIM_EW_GRDM_1SDH_20260912T081233_Amery"
MODEL_ID = "hedunet-hh-1"
GETZ_LINE = MultiLineString([[(-1_500_000.0, -1_000_000.0), (-1_480_000.0, -1_010_000.0)]])
NOVEMBER, DECEMBER = Version(2026, 11), Version(2026, 12)
SCENE = Scene(
    id=SCENE_ID,
    platform="sentinel-1a",
    mode="EW",
    product_type="GRDM",
    polarisations=("HH", "HV"),
    start=datetime(2026, 9, 12, 8, 12, 33, tzinfo=UTC),
    end=datetime(2026, 9, 12, 8, 13, 33, tzinfo=UTC),
    footprint=MultiPolygon([box(60, -72, 78, -65)]),
    sha256=SHA,
    size_bytes=3_194_940,
    href=f"objects/ab/{SHA}.tif",
    simulated=False,
    absolute_orbit=61000,
    datatake="07A000",
)
MODEL = ModelCard(
    id=MODEL_ID,
    architecture="HED-UNet",
    parameters=2_035_656,
    input_channels=("HH",),
    weights_sha256="cd" * 32,
    weights_size_bytes=8_000_000,
    weights_href=f"objects/cd/{'cd' * 32}.safetensors",
    training_data="simulated scenes",
    training_seed=7,
    trained_on=date(2026, 11, 1),
    scores={"iou_ice": 0.98},
    limits="Trained on simulated scenes only.",
    framework="pytorch",
    framework_version="2.13.0",
)


def lineage(scene_id: str = SCENE_ID) -> Lineage:
    return Lineage(
        inputs=(
            Input(InputKind.SCENE, scene_id, SHA),
            Input(InputKind.MODEL, MODEL_ID, "cd" * 32),
        ),
        code_version="0.1.0",
    )


def own_front(**changes: Any) -> Front:
    """An accepted daily front of Amery from a real scene."""
    fields = {"origin": Origin.SENTINEL1, "source": "icelines", "lineage": lineage()}
    return make_front(**{**fields, **changes})


def monthly_front(**changes: Any) -> Front:
    """A monthly mean of Getz1 with an error for each vertex."""
    fields: dict[str, Any] = {
        "unit": "Getz1",
        "shelf": "Getz",
        "interval": Interval.MONTHLY,
        "start": datetime(2026, 9, 1, tzinfo=UTC),
        "end": datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC),
        "line": GETZ_LINE,
        "vertex_uncertainty_m": (40.0, 55.5),
        "observations": 3,
        "spread_m": 12.5,
    }
    return own_front(**{**fields, **changes})


def simulated_front(**changes: Any) -> Front:
    fields = {"lineage": lineage(SIMULATED_SCENE_ID), "line": AMERY_LINE}
    return make_front(**{**fields, **changes})


def gap() -> Observation:
    moment = datetime(2026, 8, 1, tzinfo=UTC)
    return Observation("Amery", moment, ObservationKind.GAP, "no_acquisition")


def fill(store: CatalogStore, fronts: Iterable[Front] | None = None) -> None:
    """Record scenes, model, observations and `fronts` (default: own, monthly, imported)."""
    simulated = replace(
        SCENE, id=SIMULATED_SCENE_ID, simulated=True, absolute_orbit=None, datatake=None
    )
    store.record_items([scene_to_item(SCENE), scene_to_item(simulated), model_to_item(MODEL)])
    chosen = [own_front(), monthly_front(), make_imported_front()] if fronts is None else fronts
    store.record_fronts((front, ()) for front in chosen)
    store.record_observations([gap()])


def filled_in_publisher(path: Path) -> Publisher:
    """A publisher without placeholders; the prefix is the one DataCite keeps for tests."""
    text = (
        template_text()
        .replace("https://CHANGE-ME.example.org", "https://icelines.example.org")
        .replace("10.99999", "10.5072")
        .replace("https://orcid.org/CHANGE-ME", "https://orcid.org/0000-0002-1825-0097")
        .replace("https://ror.org/CHANGE-ME", "https://ror.org/04bwf3e34")
        .replace('family_name = "CHANGE-ME"', 'family_name = "Carberry"')
        .replace('given_name = "CHANGE-ME"', 'given_name = "Josiah"')
        .replace("CHANGE-ME: institution", "Institute of Ice & Öcean")
        .replace("CHANGE-ME@", "ice@")
        .replace("# Fill in every value that starts with CHANGE-ME", "#")
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_publisher(path)


class House:
    """A workspace with its catalogue and publisher, and the shortest ways to use them."""

    def __init__(self, root: Path) -> None:
        self.settings: Settings = load_settings(root)
        self.publisher = filled_in_publisher(self.settings.workspace.publisher_file)
        self.store = CatalogStore.open(self.settings)

    @property
    def workspace(self) -> Workspace:
        return self.settings.workspace

    def folder(self, version: Version) -> Path:
        return self.workspace.releases / str(version)

    def build(self, version: Version = NOVEMBER, *include: str) -> Built:
        return build_release(
            self.store,
            self.workspace,
            self.publisher,
            version,
            Inclusion.parse(include),
            default_cut_off(version),
        )


class BuiltHouse:
    """A workspace with a built release in it."""

    def __init__(self, house: House, built: Built) -> None:
        self.house = house
        self.release = built.release
        self.folder = built.folder
