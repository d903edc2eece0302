"""What is mended around stac-fastapi: HEAD, the address without a slash, bodies beyond measure."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api.refusals import refusal

LARGEST_BODY = 1 << 20


class LandingAddress:
    """The API at its own address: `/stac` is answered as `/stac/` is, without a redirect."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root_path = scope.get("root_path", "") + self._root_path
        inside = {**scope, "root_path": root_path, "path": f"{root_path}/"}
        await self._app(inside, receive, send)


class HeadAsGet:
    """Answers HEAD with the headers of GET; stac-fastapi's routes know GET only (405)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body else message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class BodyLimit:
    """Refuses bodies that are larger than any search, or do not say how large they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = _refusal_of_body(Headers(scope=scope)) if scope["type"] == "http" else None
        await (app or self._app)(scope, receive, send)


def _refusal_of_body(headers: Headers) -> ASGIApp | None:
    if "transfer-encoding" in headers:
        status = HTTPStatus.LENGTH_REQUIRED
        return refusal(status, "LengthRequired", "Send the body with its Content-Length.")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return refusal(status, "TooLarge", f"A body has at most {LARGEST_BODY} bytes.")
    return None
