"""The desk as an application, to be mounted at /review."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from catalog.errors import IceLinesError, NotRecorded
from web.review.desk import Desk
from web.review.errors import DeskRefusal, ForgedForm
from web.review.guard import SecurityHeaders
from web.review.pages import account, case, pictures, queue
from web.review.rendering import page
from web.review.static import static_routes
from web.review.visit import Visit, read_visit

Handler = Callable[[Desk, Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

logger = logging.getLogger(__name__)


def build_desk(desk: Desk, hosts: list[str]) -> Starlette:
    """The pages; `hosts` are the names under which they may be asked for."""
    return Starlette(
        routes=[
            Route("/", _behind_login(desk, queue.show)),
            Route("/login", _endpoint(desk, account.show_login)),
            Route("/login", _endpoint(desk, account.log_in), methods=["POST"]),
            Route("/logout", _endpoint(desk, account.log_out), methods=["POST"]),
            Route("/cases/{collection}/{item_id}", _behind_login(desk, case.show)),
            Route(
                "/cases/{collection}/{item_id}",
                _behind_login(desk, case.decide),
                methods=["POST"],
            ),
            Route(
                "/cases/{collection}/{item_id}/quicklook.png",
                _behind_login(desk, pictures.quicklook),
            ),
            Route("/cases/{collection}/{item_id}/radar.png", _behind_login(desk, pictures.radar)),
            Route(
                "/cases/{collection}/{item_id}/probability.png",
                _behind_login(desk, pictures.probability),
            ),
            Route("/cases/{collection}/{item_id}/record.json", _behind_login(desk, case.record)),
            Route("/coast/{unit}.json", _behind_login(desk, pictures.coast)),
            *static_routes(),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={HTTPException: _plain, Exception: _unexpected},
    )


def _behind_login(desk: Desk, handler: Handler) -> Endpoint:
    def answer(desk: Desk, visit: Visit) -> Response:
        if visit.session is not None:
            return handler(desk, visit)
        if visit.request.method == "POST":
            return account.show_lost_form(visit)
        return RedirectResponse(visit.link("login", next=visit.here), 303)

    return _endpoint(desk, answer)


def _endpoint(desk: Desk, handler: Handler) -> Endpoint:
    """Reads the body, then works in a thread: the catalogue and argon2 would block the loop."""

    async def answer(request: Request) -> Response:
        body = await request.body() if request.method == "POST" else b""
        return await run_in_threadpool(_answer, desk, handler, request, body)

    return answer


def _answer(desk: Desk, handler: Handler, request: Request, body: bytes) -> Response:
    visit = read_visit(request, desk.register)
    try:
        return handler(desk, visit.with_form(body))
    except ForgedForm as error:
        return page(visit, "refusal.html.j2", 403, title="Not accepted", text=str(error))
    except NotRecorded:
        text = "There is no such case in this catalogue."
        return page(visit, "refusal.html.j2", 404, title="Not here", text=text)
    except DeskRefusal as error:
        return page(visit, "refusal.html.j2", 400, title="Not accepted", text=str(error))
    except IceLinesError as error:
        logger.error("%s", error)
        text = "The catalogue cannot be used at the moment. Nothing was recorded."
        return page(visit, "refusal.html.j2", 503, title="Not now", text=text)


def _plain(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


def _unexpected(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("Something went wrong here; it has been logged.\n", 500)
