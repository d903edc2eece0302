"""Valid values to start a test from; each test changes what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from shapely import MultiLineString, MultiPolygon, box

from catalog.calving import CalvingEvent, CalvingKind, EventStatus
from catalog.front import Front, Interval, Origin
from catalog.lineage import Input, InputKind, Lineage
from catalog.source import KNOWN_SOURCES

SHA = "ab" * 32
AMERY_LINE = MultiLineString([[(1_980_000.0, 690_000.0), (2_010_000.0, 720_000.0)]])
ROSS_LINE = MultiLineString([[(-150_000.0, -1_300_000.0), (150_000.0, -1_310_000.0)]])


def make_lineage() -> Lineage:
    return Lineage(
        inputs=(
            Input(InputKind.SCENE, "SIM_EW_GRDM_1SDH_20260912T081233_Amery", SHA),
            Input(InputKind.MODEL, "hedunet-hh-1", "cd" * 32),
        ),
        code_version="0.1.0",
        configuration_sha256="ef" * 32,
        software=MappingProxyType({"torch": "2.13.0"}),
        parameters=MappingProxyType({"threshold": 0.5, "tile_px": 768}),
    )


def make_front(**changes: Any) -> Front:
    """An accepted daily front of the Amery ice shelf from a simulated scene."""
    moment = changes.pop("start", datetime(2026, 9, 12, 8, 12, 33, tzinfo=UTC))
    fields: dict[str, Any] = {
        "unit": "Amery",
        "shelf": "Amery",
        "interval": Interval.DAILY,
        "origin": Origin.SIMULATED,
        "source": "simulated",
        "start": moment,
        "end": moment,
        "line": AMERY_LINE,
        "grid_m": 10.0,
        "confidence": 0.93,
        "uncertainty_m": 57.0,
        "area_km2": 1234.5,
        "baseline": "hedunet-hh-1",
        "lineage": make_lineage(),
    }
    return Front(**{**fields, **changes})


def make_imported_front(**changes: Any) -> Front:
    """An annual front of the Ross ice shelf by Greene et al.; it crosses the antimeridian."""
    day = datetime(2020, 3, 1, tzinfo=UTC)
    fields: dict[str, Any] = {
        "unit": "Ross",
        "shelf": "Ross",
        "interval": Interval.ANNUAL,
        "origin": Origin.IMPORTED,
        "source": "greene2022",
        "start": day,
        "line": ROSS_LINE,
        "grid_m": None,
        "confidence": None,
        "uncertainty_m": None,
        "baseline": None,
        "lineage": Lineage(inputs=(Input(InputKind.FILE, "fronts.gpkg", SHA),)),
        "imported_from": KNOWN_SOURCES["greene2022"],
        "attributes": MappingProxyType({"DATE_": "20200301"}),
    }
    return make_front(**{**fields, **changes})


def make_calving(**changes: Any) -> CalvingEvent:
    """A confirmed calving of the Amery ice shelf between two simulated scenes."""
    fields: dict[str, Any] = {
        "unit": "Amery",
        "shelf": "Amery",
        "interval": Interval.DAILY,
        "origin": Origin.SIMULATED,
        "source": "simulated",
        "kind": CalvingKind.CALVING,
        "status": EventStatus.CONFIRMED,
        "polygon": MultiPolygon([box(2_000_000.0, 700_000.0, 2_010_000.0, 720_000.0)]),
        "area_km2": 206.5,
        "area_uncertainty_km2": 1.9,
        "outflow_km2": 0.8,
        "width_km": 20.1,
        "start": datetime(2026, 9, 12, 8, 12, 33, tzinfo=UTC),
        "end": datetime(2026, 9, 24, 8, 12, 33, tzinfo=UTC),
        "is_wide": False,
        "front_before": "Amery_daily_20260912T081233_simulated",
        "front_after": "Amery_daily_20260924T081233_simulated",
        "scenes_before": ("SIM_EW_GRDM_1SDH_20260912T081233_Amery",),
        "scenes_after": ("SIM_EW_GRDM_1SDH_20260924T081233_Amery",),
        "confirmed_by": ("Amery_daily_20261006T081233_simulated",),
        "lineage": make_lineage(),
    }
    return CalvingEvent(**{**fields, **changes})
