"""A catalogue of 648 generated fronts, and ways to ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from catalog.items.envelope import Item
from catalog.settings import Workspace
from catalog.store import CatalogStore
from tests.catalog.records import generated_items, open_store
from tests.web.api.serving import working_client

FRONTS = 648


@pytest.fixture(scope="session")
def items() -> list[Item]:
    return generated_items(FRONTS)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="session")
def store(workspace: Workspace, items: list[Item]) -> Iterator[CatalogStore]:
    with open_store(workspace.root) as opened:
        opened.record_items(items)
        yield opened


@pytest.fixture(scope="session")
def api(store: CatalogStore, workspace: Workspace) -> TestClient:
    """The working state; an error on our side is raised into the test."""
    return working_client(store, workspace)


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[CatalogStore]:
    with open_store(tmp_path) as opened:
        yield opened
