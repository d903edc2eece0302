"""What protects the pages: headers on every answer, the session cookie, tokens in every form."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.review.errors import ForgedForm

COOKIE = "icelines_review"
HOST_COOKIE = f"__Host-{COOKIE}"  # https only: no other host of the domain can set it
CSRF_FIELD = "csrf"
# Nothing inline, nothing from elsewhere, in no frame of anybody.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000"


class SecurityHeaders:
    """Puts `HEADERS` on every answer; a page that says nothing else is not kept by anybody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")
                if scope.get("scheme") == "https":
                    headers["strict-transport-security"] = ONE_YEAR
            await send(message)

        await self._app(scope, receive, send_guarded)


def cookie_name(request: Request) -> str:
    return HOST_COOKIE if request.url.scheme == "https" else COOKIE


def give_cookie(response: Response, request: Request, token: str) -> None:
    """Hand out `token`: unreadable for scripts, never sent with a form of another site.

    Lax and not Strict: a link from elsewhere would come without it, be taken for a newcomer's, and
    the new cookie would end the session. Forms are guarded by `refuse_forged` besides.
    """
    response.set_cookie(
        cookie_name(request),
        token,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def csrf_token(token: str) -> str:
    """What the forms of the holder of `token` carry; it cannot be made without the cookie."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def refuse_forged(request: Request, token: str | None, sent: str) -> None:
    """Raise ForgedForm unless the form was handed out to the holder of this cookie, by us."""
    is_ours = token is not None and hmac.compare_digest(
        csrf_token(token).encode(), sent.encode("utf-8", "replace")
    )
    if not is_ours or not _comes_from_here(request):
        raise ForgedForm(
            "This form was not handed out to this session. Nothing was recorded.",
            remedy="Open the page again and send the form from there.",
        )


def _comes_from_here(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
