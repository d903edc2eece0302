"""One program for all that is served: STAC API, files by permanent address, site, review desk."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from catalog.settings import Workspace
from catalog.store import CatalogStore
from web.api.edge import BodyLimit, HeadAsGet, LandingAddress
from web.api.exposure import Exposure, State
from web.api.files import SiteFiles, file_routes
from web.api.refusals import add_refusals
from web.api.stac import build_stac_api
from web.review.app import build_desk
from web.review.desk import Desk

STAC_PATH = "/stac"
REVIEW_PATH = "/review"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
PREFLIGHT_SECONDS = 3600


def build_app(
    store: CatalogStore, workspace: Workspace, exposure: Exposure, desk: Desk | None = None
) -> Starlette:
    """The application; it reads `store` and `workspace`, and only the desk writes: decisions."""
    published = _published(store, workspace, exposure)
    if desk is None:
        return published
    # Beside the rest and not inside: what other sites may read of that, they may not of the desk.
    return Starlette(
        routes=[
            Route(REVIEW_PATH, _to_desk),
            Mount(REVIEW_PATH, build_desk(desk, _own_hosts(exposure))),
            Mount("/", published),
        ],
        middleware=[Middleware(BodyLimit)],
    )


def _published(store: CatalogStore, workspace: Workspace, exposure: Exposure) -> Starlette:
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
    return [Middleware(TrustedHostMiddleware, allowed_hosts=_own_hosts(exposure))]


def _own_hosts(exposure: Exposure) -> list[str]:
    return [*LOOPBACK_HOSTS, urlsplit(exposure.public_url).hostname or ""]


def _to_desk(_request: Request) -> Response:
    return RedirectResponse(f".{REVIEW_PATH}/")
