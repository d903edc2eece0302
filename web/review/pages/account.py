"""Logging in and out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from web.review import login
from web.review.desk import Desk
from web.review.errors import LockedOut, WrongLogin
from web.review.guard import give_cookie
from web.review.rendering import page
from web.review.visit import Visit, own_place

FORBIDDEN, TOO_MANY = 403, 429


def show_login(_desk: Desk, visit: Visit) -> Response:
    """The form, or the queue for somebody who is logged in already."""
    if visit.session is not None:
        return RedirectResponse(visit.link(""), 303)
    return _login_page(visit, place=own_place(visit.query("next")))


def log_in(desk: Desk, visit: Visit) -> Response:
    """On to where the visitor wanted to go, with a new cookie; or the form with what was wrong."""
    name = visit.form.get("name", "").strip().lower()
    password, place = visit.form.get("password", ""), own_place(visit.form.get("next", ""))
    try:
        token = login.log_in(desk.register, desk.passwords, name, password, visit.address)
    except WrongLogin as error:
        return _login_page(visit, FORBIDDEN, place=place, name=name, fault=str(error))
    except LockedOut as error:
        answer = _login_page(visit, TOO_MANY, place=place, name=name, fault=str(error))
        seconds = (error.until - desk.register.clock()).total_seconds()
        answer.headers["retry-after"] = str(max(round(seconds), 1))
        return answer
    answer = RedirectResponse(visit.link(place), 303)
    give_cookie(answer, visit.request, token)
    return answer


def log_out(desk: Desk, visit: Visit) -> Response:
    """Closes the session, here and for whoever else has the cookie."""
    desk.register.close_session(visit.token)
    return RedirectResponse(visit.link("login"), 303)


def show_lost_form(visit: Visit) -> Response:
    """A form came in after its session had ended: nothing was recorded, the note is given back."""
    return _login_page(visit, FORBIDDEN, place=visit.here, lost=visit.form)


def _login_page(
    visit: Visit,
    status: int = 200,
    *,
    place: str,
    name: str = "",
    fault: str = "",
    lost: object = None,
) -> Response:
    return page(
        visit, "login.html.j2", status, next=place, name=name, fault=fault, lost=lost
    )  # fmt: skip
