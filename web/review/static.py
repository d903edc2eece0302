"""Style, scripts and fonts: the site's own and the desk's, each under an address of its content."""

from __future__ import annotations

from functools import cache
from importlib import resources

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from catalog.canonical import sha256_hex

FOLDERS = {"site": "web.site", "desk": "web.review"}
DIGEST_LETTERS = 12
FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


def static_routes() -> list[BaseRoute]:
    return [
        Mount(f"/static/{name}", _Files(packages=[(package, "static")]))
        for name, package in FOLDERS.items()
    ]


@cache
def versioned(path: str) -> str:
    """`desk/review.css` with the digest of its content, so that it may be kept for ever."""
    folder, _, name = path.partition("/")
    content = resources.files(FOLDERS[folder]).joinpath("static", *name.split("/")).read_bytes()
    return f"{path}?v={sha256_hex(content)[:DIGEST_LETTERS]}"


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        has_version = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = FOREVER if has_version else A_DAY
        return response
