"""One request to the desk: who asks, what the form says, how to link from here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from web.review.errors import ForgedForm
from web.review.guard import CSRF_FIELD, cookie_name, csrf_token, refuse_forged
from web.review.register import TOKEN_BYTES, Register, Session

MOST_FIELDS = 32
FORM_TYPE = "application/x-www-form-urlencoded"
TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
OWN_PLACE = re.compile(r"(?:cases/[\w./-]+)?(?:\?[\w=&.%+-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visit:
    """`token` is the secret of the cookie, fresh (`is_new`) for somebody who had none."""

    request: Request
    token: str
    is_new: bool
    session: Session | None
    form: Mapping[str, str]

    @property
    def csrf(self) -> str:
        return csrf_token(self.token)

    @property
    def reviewer(self) -> str:
        """The name that decisions carry; the pages that record some are behind the login."""
        if self.session is None:
            raise ForgedForm("Nobody is logged in. Nothing was recorded.")
        return self.session.name

    @property
    def root(self) -> str:
        """The way from this page to the desk's first page."""
        return "../" * self._path.count("/") or "./"

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def here(self) -> str:
        """This place, as `own_place` accepts it."""
        query = self.request.url.query
        return own_place(f"{self._path}?{query}" if query else self._path)

    def link(self, path: str, **query: str) -> str:
        """A relative link to another place of the desk; empty parameters are left out."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return f"{self.root}{path}?{asked}" if asked else f"{self.root}{path}"

    @property
    def _path(self) -> str:
        """The path below the desk, without the slash it begins with."""
        scope = self.request.scope
        below: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return below.lstrip("/")

    def with_form(self, body: bytes) -> Visit:
        """The same visit with the form it sent; raises ForgedForm for one that is not ours."""
        if self.request.method != "POST":
            return self
        form = _form_of(self.request, body)
        token = None if self.is_new else self.token
        refuse_forged(self.request, token, form.get(CSRF_FIELD, ""))
        return replace(self, form=MappingProxyType(form))

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")


def read_visit(request: Request, register: Register) -> Visit:
    """Who asks."""
    cookie = request.cookies.get(cookie_name(request), "")
    is_known = TOKEN_PATTERN.fullmatch(cookie) is not None
    session = register.session(cookie) if is_known else None
    token = cookie if is_known else secrets.token_urlsafe(TOKEN_BYTES)
    return Visit(request, token, not is_known, session, MappingProxyType({}))


def own_place(text: str) -> str:
    """`text` where it leads to a page of this desk, else the first page."""
    return text if OWN_PLACE.fullmatch(text) and ".." not in text else ""


def _form_of(request: Request, body: bytes) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise ForgedForm("Only forms of these pages are read here.")
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ForgedForm("The form cannot be read.") from error
    return {name: value.replace("\r\n", "\n") for name, value in fields}
