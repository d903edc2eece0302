"""One program for everything that is served: the STAC API, files by permanent address, the site."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route

from catalog.settings import Workspace
from catalog.store import CatalogStore
from web.api.edge import BodyLimit, HeadAsGet, LandingAddress
from web.api.exposure import Exposure, State
from web.api.files import SiteFiles, file_routes
from web.api.refusals import add_refusals
from web.api.stac import build_stac_api

STAC_PATH = "/stac"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
PREFLIGHT_SECONDS = 3600


def build_app(store: CatalogStore, workspace: Workspace, exposure: Exposure) -> Starlette:
    """The application; it reads `store` and `workspace` and changes neither."""
    stac = HeadAsGet(build_stac_api(store, exposure))
    app = Starlette(
        routes=[
            *file_routes(store, workspace, exposure),
            Route(STAC_PATH, LandingAddress(stac, STAC_PATH)),
            Mount(STAC_PATH, stac),
            Mount("/", SiteFiles(workspace.site)),
        ],
        middleware=[*_who_may_read(exposure), Middleware(BodyLimit)],
    )
    add_refusals(app)
    return app


def _who_may_read(exposure: Exposure) -> list[Middleware]:
    if exposure.state is State.RELEASED:
        # What is published is for every page of every site.
        methods = ("GET", "HEAD", "POST", "OPTIONS")
        return [
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=methods,
                allow_headers=["*"],
                expose_headers=["ETag"],
                max_age=PREFLIGHT_SECONDS,
            )
        ]
    # What is not published yet is for this machine: no page of another site may read it, nor one
    # whose name was made to lead here (DNS rebinding).
    own_host = urlsplit(exposure.public_url).hostname or ""
    return [Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK_HOSTS, own_host])]
