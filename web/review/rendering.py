"""Templates to pages of the desk: everything is escaped, an unknown name is an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import HTMLResponse

from web.review.guard import CSRF_FIELD, give_cookie
from web.review.static import versioned
from web.review.visit import Visit
from web.templating import environment_of


def page(visit: Visit, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page that `template` makes for this visit; a newcomer gets a cookie with it."""
    text = (
        _environment()
        .get_template(template)
        .render(visit=visit, csrf_field=CSRF_FIELD, static=_static_link(visit), **values)
    )
    response = HTMLResponse(text, status)
    if visit.is_new:
        give_cookie(response, visit.request, visit.token)
    return response


def json_block(document: Mapping[str, Any]) -> Markup:
    """JSON for a `<script type="application/json">`: no character in it can end the element."""
    text = orjson.dumps(document).decode()
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - what could be markup is escaped above


def _static_link(visit: Visit) -> Any:
    def link(path: str) -> str:
        return f"{visit.root}static/{versioned(path)}"

    return link


@cache
def _environment() -> Environment:
    environment = environment_of("web.review", "web.site")
    environment.filters["json_block"] = json_block
    return environment
