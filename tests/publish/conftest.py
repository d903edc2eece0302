"""A filled workspace for each test that asks for one, and one built release to look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.datacite_server import DataCiteServer, running_datacite
from tests.publish.records import NOVEMBER, BuiltHouse, House, fill, simulated_front


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "workspace")
    yield house
    house.store.close()


@pytest.fixture
def house(empty_house: House) -> House:
    fill(empty_house.store)
    return empty_house


@pytest.fixture(scope="session")
def frozen_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose first release is built; to be copied."""
    house = House(tmp_path_factory.mktemp("frozen") / "workspace")
    fill(house.store)
    house.build()
    house.store.close()
    return house.workspace.root


@pytest.fixture
def frozen(frozen_workspace: Path, tmp_path: Path) -> Iterator[House]:
    """A workspace of its own with a built release."""
    house = House(Path(shutil.copytree(frozen_workspace, tmp_path / "workspace")))
    yield house
    house.store.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltHouse]:
    """A release of own and imported fronts; tests read it and leave it as it is."""
    house = House(tmp_path_factory.mktemp("built") / "workspace")
    fill(house.store)
    yield BuiltHouse(house, house.build(NOVEMBER, "imported:greene2022"))
    house.store.close()


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltHouse]:
    """A release of nothing but simulated fronts."""
    house = House(tmp_path_factory.mktemp("simulated") / "workspace")
    fill(house.store, [simulated_front()])
    yield BuiltHouse(house, house.build(NOVEMBER, "simulated"))
    house.store.close()


@pytest.fixture
def datacite() -> Iterator[DataCiteServer]:
    with running_datacite() as service:
        yield service
