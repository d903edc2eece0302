"""Errors as answers: `{"code": ..., "description": ...}` with the status that fits."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from catalog.errors import IceLinesError, InputError, NotRecorded
from web.api.errors import UnknownRelease, Withdrawn

logger = logging.getLogger(__name__)

# The first class that fits decides.
STATUS = (
    (Withdrawn, HTTPStatus.GONE),
    (UnknownRelease, HTTPStatus.NOT_FOUND),
    (NotRecorded, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.BAD_REQUEST),
    (IceLinesError, HTTPStatus.SERVICE_UNAVAILABLE),
)
UNAVAILABLE = "The catalogue cannot be read at the moment. Try again later."
UNEXPECTED = "Something went wrong here; it has been logged."


def add_refusals(app: Starlette) -> None:
    """Make `app` answer every error as a document."""
    app.add_exception_handler(IceLinesError, _refuse_by_class)
    app.add_exception_handler(RequestValidationError, _refuse_malformed)
    app.add_exception_handler(HTTPException, _refuse_by_status)
    app.add_exception_handler(Exception, _refuse_unexpected)


def refusal(
    status: int, code: str, description: str, headers: dict[str, str] | None = None
) -> Response:
    # Written by json and not by orjson: it escapes what a client sent that is no Unicode.
    content = json.dumps({"code": code, "description": description})
    return Response(content, status, headers, media_type="application/json")


async def _refuse_by_class(_request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        # What the catalogue says of its files is for the operator and not for the public.
        logger.error("%s", error)
        return refusal(status, "Unavailable", UNAVAILABLE)
    return refusal(status, type(error).__name__, str(error))


async def _refuse_malformed(_request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    description = "; ".join(_sentence(fault) for fault in faults[:5])
    return refusal(HTTPStatus.BAD_REQUEST, "BadParameter", description)


async def _refuse_by_status(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    code = HTTPStatus(error.status_code).phrase.title().replace(" ", "")
    headers = dict(error.headers or {})
    return refusal(error.status_code, code, str(error.detail), headers)


async def _refuse_unexpected(_request: Request, _error: Exception) -> Response:
    return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", UNEXPECTED)


def _sentence(fault: dict[str, Any]) -> str:
    is_json = fault["type"] != "json_invalid"  # else the place is that of a letter
    parts = fault["loc"] if is_json else ()
    place = ".".join(str(part) for part in parts if part not in ("body", "query"))
    return f"{place or 'body'}: {fault['msg']}"
