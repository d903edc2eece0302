"""Files by permanent address, and the site: only what is meant to be read, and as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from catalog.canonical import sha256_hex
from catalog.objects import StoredObject
from catalog.release import ReleaseFile, ReleaseState, Version
from catalog.settings import Workspace
from catalog.store import CatalogStore
from catalog.validate import own_schema_bytes
from tests.catalog.records import open_store
from tests.catalog.test_store import make_release
from tests.web.api.serving import public_client, working_client

NOVEMBER, DECEMBER = Version(2026, 11), Version(2026, 12)
PIXELS = bytes(range(256)) * 40
TABLE = b"unit,area_km2\nRoss,1.0\n"
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def store(workspace: Workspace) -> Iterator[CatalogStore]:
    with open_store(workspace.root) as opened:
        _write_release(opened, workspace, NOVEMBER, ReleaseState.PUBLISHED)
        _write_release(opened, workspace, DECEMBER, ReleaseState.FROZEN)
        yield opened


def _write_release(
    store: CatalogStore, workspace: Workspace, version: Version, state: ReleaseState
) -> None:
    folder = workspace.releases / str(version)
    (folder / "shelves" / "Ross").mkdir(parents=True)
    (folder / "shelves" / "Ross" / "areas.csv").write_bytes(TABLE)
    (folder / "notes-of-the-operator.txt").write_text("not for the public")
    file = ReleaseFile("shelves/Ross/areas.csv", len(TABLE), sha256_hex(TABLE), "Areas", "text/csv")
    store.save_release(make_release(version, state, files=(file,)))


@pytest.fixture
def raster(store: CatalogStore) -> StoredObject:
    return store.objects.put_bytes(PIXELS, ".tif")


@pytest.fixture
def public(store: CatalogStore, workspace: Workspace) -> TestClient:
    return public_client(store, workspace)


@pytest.fixture
def site(workspace: Workspace) -> Path:
    page = workspace.site / "shelves" / "Ross" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>Ross</h1>")
    (workspace.site / "index.html").write_text("<h1>IceLines</h1>")
    (workspace.site / "404.html").write_text("<h1>Not here</h1>")
    return workspace.site


# --- stored objects --------------------------------------------------------------------------


def test_an_object_is_served_as_it_is_and_for_ever(
    public: TestClient, raster: StoredObject
) -> None:
    answer = public.get(f"/{raster.href}")
    assert answer.content == PIXELS
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["etag"] == f'"{raster.sha256}"'
    assert answer.headers["content-type"].startswith("image/tiff")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_parts_of_an_object_can_be_read(public: TestClient, raster: StoredObject) -> None:
    answer = public.get(f"/{raster.href}", headers={"range": "bytes=256-300"})
    assert answer.status_code == 206
    assert answer.content == PIXELS[256:301]


def test_an_object_that_the_reader_has_is_not_sent_again(
    public: TestClient, raster: StoredObject
) -> None:
    answer = public.get(f"/{raster.href}", headers={"if-none-match": f'"{raster.sha256}"'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_head_of_an_object_tells_its_size(public: TestClient, raster: StoredObject) -> None:
    answer = public.head(f"/{raster.href}")
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(PIXELS)


def test_objects_cannot_be_written_or_deleted(public: TestClient, raster: StoredObject) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        assert public.request(method, f"/{raster.href}", content=b"x").status_code == 405
    assert public.get(f"/{raster.href}").content == PIXELS


@pytest.mark.parametrize(
    "path",
    [
        "/objects/{ab}/{sha}",
        "/objects/{ab}/{sha}.tif/",
        "/objects/{ab}/{sha}.TIF",
        "/objects/{ab}/{sha}.tif.bak",
        "/objects/00/{sha}.tif",
        "/objects/{ab}/{upper}.tif",
        "/objects/{ab}/.partial-{sha}.tif",
        "/objects/{ab}/..%2f..%2fcatalog.sqlite",
        "/objects/..%2f/catalog.sqlite",
        "/objects/../catalog.sqlite",
        "/objects/%2e%2e/catalog.sqlite",
        "/objects/{ab}/{sha}.tif%00",
        "/objects/{ab}/{sha}%0a.tif",
        "/objects/",
        "/catalog.sqlite",
        "/../catalog.sqlite",
        "/%2e%2e/catalog.sqlite",
        "/..%2fcatalog.sqlite",
        "/site/../../catalog.sqlite",
        "/static/..%2f..%2fcatalog.sqlite",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
    ],
)
def test_no_other_name_leads_to_a_file(
    public: TestClient, raster: StoredObject, site: Path, path: str
) -> None:
    sha = raster.sha256
    name = path.format(ab=sha[:2], sha=sha, upper=sha.upper())
    answer = public.get(name, follow_redirects=True)
    assert answer.status_code == 404, answer.text
    assert b"SQLite" not in answer.content
    assert b"root:" not in answer.content


# --- files of releases -----------------------------------------------------------------------


def test_a_file_of_a_published_release_is_served_for_ever(public: TestClient) -> None:
    answer = public.get("/releases/2026.11/files/shelves/Ross/areas.csv")
    assert answer.content == TABLE
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == IMMUTABLE


def test_a_file_of_the_latest_release_is_found_under_its_own_address(public: TestClient) -> None:
    path = "/releases/latest/files/shelves/Ross/areas.csv"
    answer = public.get(path, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/releases/2026.11/files/shelves/Ross/areas.csv")
    assert public.get(path).content == TABLE


@pytest.mark.parametrize(
    "path",
    [
        "/releases/2026.11/files/notes-of-the-operator.txt",
        "/releases/2026.11/files/",
        "/releases/2026.11/files/shelves",
        "/releases/2026.11/files/../../catalog.sqlite",
        "/releases/2026.11/files/..%2f..%2fcatalog.sqlite",
        "/releases/2026.12/files/shelves/Ross/areas.csv",
        "/releases/2031.01/files/shelves/Ross/areas.csv",
        "/releases/..%2f/files/shelves/Ross/areas.csv",
        "/releases/latest/files/notes-of-the-operator.txt",
    ],
)
def test_only_files_that_a_published_release_names_are_served(
    public: TestClient, path: str
) -> None:
    assert public.get(path).status_code == 404


def test_a_frozen_release_can_be_looked_at_at_home_and_is_not_kept(
    store: CatalogStore, workspace: Workspace
) -> None:
    home = working_client(store, workspace)
    answer = home.get("/releases/2026.12/files/shelves/Ross/areas.csv")
    assert answer.content == TABLE
    assert answer.headers["cache-control"] == "no-cache"


def test_files_of_a_withdrawn_release_are_gone(public: TestClient, store: CatalogStore) -> None:
    store.save_release(make_release(NOVEMBER, ReleaseState.WITHDRAWN))
    assert public.get("/releases/2026.11/files/shelves/Ross/areas.csv").status_code == 410
    assert public.get("/releases/latest/files/shelves/Ross/areas.csv").status_code == 404


def test_a_file_that_is_missing_on_disk_is_404(public: TestClient, workspace: Workspace) -> None:
    (workspace.releases / "2026.11" / "shelves" / "Ross" / "areas.csv").unlink()
    assert public.get("/releases/2026.11/files/shelves/Ross/areas.csv").status_code == 404


# --- schema and site -------------------------------------------------------------------------


def test_our_schema_lies_where_items_say(public: TestClient) -> None:
    answer = public.get("/schemas/icelines/v1.0.0/schema.json")
    assert answer.content == own_schema_bytes()
    assert answer.headers["content-type"] == "application/schema+json"


def test_pages_of_the_site_are_served_with_and_without_the_slash(
    public: TestClient, site: Path
) -> None:
    assert public.get("/").text == "<h1>IceLines</h1>"
    assert public.get("/shelves/Ross/").text == "<h1>Ross</h1>"
    assert public.get("/shelves/Ross").text == "<h1>Ross</h1>"
    assert public.get("/").headers["cache-control"] == "no-cache"


def test_a_page_that_is_not_there_is_the_sites_own_404(public: TestClient, site: Path) -> None:
    answer = public.get("/shelves/Atlantis/")
    assert (answer.status_code, answer.text) == (404, "<h1>Not here</h1>")


def test_a_site_that_was_not_built_is_said_so_and_seen_once_it_is(
    public: TestClient, workspace: Workspace
) -> None:
    answer = public.get("/")
    assert answer.status_code == 404
    assert "icelines site build" in answer.text
    workspace.site.mkdir()
    (workspace.site / "index.html").write_text("built")
    assert public.get("/").text == "built"


def test_a_site_without_a_page_for_errors_answers_plainly(public: TestClient, site: Path) -> None:
    (site / "404.html").unlink()
    answer = public.get("/nothing")
    assert (answer.status_code, answer.text) == (404, "There is no such page.\n")


def test_a_link_out_of_the_site_is_not_followed(public: TestClient, site: Path) -> None:
    (site / "leak").symlink_to(site.parent / "catalog.sqlite")
    assert public.get("/leak").status_code == 404
