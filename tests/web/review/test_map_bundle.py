"""The bundle of the map is committed as it was built, and from the sources beside it."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType

import pytest

from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "scripts" / "build_web_assets.py"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_web_assets", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bundle_is_that_of_its_sources(build: ModuleType) -> None:
    recorded = json.loads((build.BUILT / build.RECORD).read_text("utf-8"))
    assert recorded == build.record(), f"run {SCRIPT.name} and commit what it writes"


def test_the_bundle_asks_for_nothing_from_elsewhere(build: ModuleType) -> None:
    lock = json.loads((build.SOURCES / "package-lock.json").read_text("utf-8"))
    bundle = (build.BUILT / build.BUNDLE).read_text("utf-8")
    assert all("resolved" not in package for package in lock["packages"].values())
    assert "importScripts" not in bundle
    assert "sourceMappingURL" not in bundle


def test_every_bundled_package_has_its_licence_beside_it(build: ModuleType) -> None:
    text = (build.BUILT / build.LICENCES).read_text("utf-8")
    for name in ("ol 10", "rbush", "quickselect"):
        assert name in text
    assert "OpenLayers Contributors" in text
