"""Files at permanent addresses: stored objects, files of releases, our schema, the site.

Nothing is served by a path that a client made up: an object by the grammar of its name, a file
of a release because the release names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from catalog.errors import NotRecorded
from catalog.extensions import ICELINES_PATH
from catalog.items.envelope import COG, GEOJSON, JSON, PNG
from catalog.objects import HREF_PREFIX
from catalog.release import Release, ReleaseFile, ReleaseState
from catalog.settings import Workspace
from catalog.store import CatalogStore
from catalog.validate import own_schema_bytes
from web.api.documents import SCHEMA
from web.api.exposure import Exposure

OBJECT_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})(?P<suffix>\.[a-z0-9]{1,16})", re.ASCII)
MEDIA_TYPES = {
    ".geojson": GEOJSON,
    ".json": JSON,
    ".parquet": "application/vnd.apache.parquet",
    ".png": PNG,
    ".tif": COG,
    ".tiff": COG,
}
BYTES = "application/octet-stream"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
NOT_THERE = "There is no such page.\n"
NOT_BUILT = "The site has not been built: run `icelines site build`. The STAC API is at /stac.\n"


def file_routes(store: CatalogStore, workspace: Workspace, exposure: Exposure) -> list[BaseRoute]:
    """Where files lie, apart from the site."""
    return [
        Route(f"/{HREF_PREFIX}/{{prefix}}/{{name}}", objects(store)),
        Route("/releases/latest/files/{path:path}", latest_files(store, exposure)),
        Route("/releases/{version}/files/{path:path}", release_files(store, workspace, exposure)),
        Route(f"/{ICELINES_PATH}", schema),
    ]


def objects(store: CatalogStore) -> Callable[[Request], Response]:
    """`/objects/<ab>/<sha256>.<ext>`"""

    def serve_object(request: Request) -> Response:
        prefix, name = request.path_params["prefix"], request.path_params["name"]
        match = OBJECT_NAME.fullmatch(name)
        if match is None or match["sha256"][:2] != prefix:
            raise NotRecorded("There is no such object.")
        path = store.objects.path(f"{HREF_PREFIX}/{prefix}/{name}")
        media_type = MEDIA_TYPES.get(match["suffix"], BYTES)
        return _file(path, media_type, match["sha256"], FOREVER, request)

    return serve_object


def release_files(
    store: CatalogStore, workspace: Workspace, exposure: Exposure
) -> Callable[[Request], Response]:
    """`/releases/<version>/files/<path>`, for the files that the release names."""

    def serve_file(request: Request) -> Response:
        release = exposure.release(store, request.path_params["version"])
        file = _named_file(release, request.path_params["path"])
        path = workspace.releases / str(release.version) / file.path
        caching = FOREVER if release.state is ReleaseState.PUBLISHED else ASK_AGAIN
        return _file(path, file.media_type, file.sha256, caching, request)

    return serve_file


def latest_files(store: CatalogStore, exposure: Exposure) -> Callable[[Request], Response]:
    """`/releases/latest/files/<path>`: the way to the file of the newest published release."""

    def redirect(request: Request) -> Response:
        release = store.latest_published()
        if release is None:
            raise NotRecorded("Nothing has been published yet.")
        file = _named_file(release, request.path_params["path"])
        address = f"{exposure.public_url}/releases/{release.version}/files/{file.path}"
        return RedirectResponse(address, headers={"cache-control": ASK_AGAIN})

    return redirect


def schema(_request: Request) -> Response:
    """Our own schema, where it stays."""
    return Response(own_schema_bytes(), media_type=SCHEMA, headers={"cache-control": FOREVER})


class SiteFiles(StaticFiles):
    """The static site, which may be built, rebuilt or absent while the server runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder

    async def check_config(self) -> None:
        """Nothing: a folder that is not there yet is no fault."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except (HTTPException, ValueError) as error:  # ValueError: a path with NUL in it
            status = error.status_code if isinstance(error, HTTPException) else 404
            is_built = (self._folder / "index.html").is_file()
            return PlainTextResponse(NOT_THERE if is_built else NOT_BUILT, status)
        response.headers.setdefault("cache-control", ASK_AGAIN)
        return response


def _named_file(release: Release, path: str) -> ReleaseFile:
    for file in release.files:
        if file.path == path:
            return file
    raise NotRecorded(f"Release {release.version} has no such file.")


def _file(path: Path, media_type: str, sha256: str, caching: str, request: Request) -> Response:
    etag = f'"{sha256}"'
    headers = {"cache-control": caching, "etag": etag, "x-content-type-options": "nosniff"}
    if not path.is_file():
        raise NotRecorded("There is no such file here.")
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=media_type, headers=headers)
