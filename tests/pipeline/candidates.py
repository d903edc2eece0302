"""Candidates to start a test from."""

from __future__ import annotations

from typing import Any

from shapely import MultiPolygon, box

from catalog.scene import parse_product_name
from pipeline.discovery.candidate import Candidate, RemoteFile

PRODUCT = "S1A_EW_GRDM_1SDH_20260912T081233_20260912T081337_060001_0770AB_BB15"
ENDPOINT = "https://archive.example.org/v1/"


def make_candidate(name: str = PRODUCT, **changes: Any) -> Candidate:
    """An EW scene over the Amery ice shelf, offered as a folder."""
    product = parse_product_name(name)
    fields: dict[str, Any] = {
        "product": product,
        "footprint": MultiPolygon([box(68.0, -71.0, 76.0, -67.0)]),
        "files": (RemoteFile(f"{product.text}.SAFE", f"s3://eodata/{product.text}.SAFE"),),
        "endpoint": ENDPOINT,
        "item_id": name,
        "timeliness": "Fast-24h",
    }
    return Candidate(**{**fields, **changes})
