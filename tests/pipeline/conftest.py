from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.archive import ArchiveServer
from tests.servers.s3 import S3Server, running_s3


@pytest.fixture
def archive() -> Iterator[ArchiveServer]:
    with ArchiveServer() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server
