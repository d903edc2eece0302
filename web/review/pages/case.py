"""A case: everything there is to see of a doubtful front, and the decision about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import RedirectResponse, Response

from catalog.errors import RecordError, StorageError
from catalog.front import Origin
from catalog.items.envelope import GEOJSON
from catalog.reason_words import REASON_WORDS
from catalog.review import LONGEST_NOTE, AlreadyDecided, following
from catalog.review_store import DecisionConflict
from web.review.case_map import case_picture, map_content, map_keys
from web.review.desk import Desk
from web.review.docket import (
    Case,
    as_decided,
    case_path,
    next_waiting,
    read_case,
    read_queue,
    shelf_title,
    turn_of,
)
from web.review.errors import ForgedForm, UnusableForm
from web.review.neighbourhood import neighbourhood_of
from web.review.pages.done import PARAMETER, mark_done, read_done
from web.review.pages.pictures import PROBABILITY, QUICKLOOK, kept_asset
from web.review.pages.queue import selection_of
from web.review.preparing import preparing
from web.review.probability import extent_of
from web.review.radar import RadarPlace, radar_place
from web.review.rendering import page
from web.review.series_chart import series_chart
from web.review.submission import Line, Submission, read_submission
from web.review.visit import Visit
from web.review.wording import (
    case_title,
    choices,
    decision_words,
    facts,
    may_have_calved,
    reason_sentences,
)

SEE_OTHER, CONFLICT, UNUSABLE = 303, 409, 422
ADDRESS_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Return:
    """What a page shows again after a decision that was not recorded, and why it was not."""

    note: str = ""
    drawn: Line | None = None
    meanwhile: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


NOTHING = Return()


def show(desk: Desk, visit: Visit) -> Response:
    """The case that the address names."""
    return _case_page(desk, visit, _case(desk, visit), NOTHING)


def decide(desk: Desk, visit: Visit) -> Response:
    """Record what the form says and go on; or show the case again and say why not."""
    case, sent = _case(desk, visit), read_submission(visit.form)
    back = Return(sent.note, sent.drawn)
    try:
        _record(desk, visit, case, sent)
    except DecisionConflict as conflict:
        now = _case(desk, visit)
        told = replace(back, meanwhile=_meanwhile(now, sent, conflict))
        return _case_page(desk, visit, now, told, CONFLICT)
    except UnusableForm as error:
        return _case_page(desk, visit, case, replace(back, faults=error.faults), UNUSABLE)
    except AlreadyDecided as error:
        told = replace(back, faults=(error.fault, "Undo it first (u), then decide."))
        return _case_page(desk, visit, case, told, CONFLICT)
    except RecordError as error:
        told = replace(back, faults=(f"{error.fault} {error.remedy}".strip(),))
        return _case_page(desk, visit, case, told, UNUSABLE)
    if sent.is_undo and sent.drawn:  # somebody else's decision, in the way of a line just drawn
        return _case_page(desk, visit, _case(desk, visit), Return(drawn=sent.drawn))
    return _go_on(desk, visit, case, stays=sent.is_undo)


def record(desk: Desk, visit: Visit) -> Response:
    """The canonical record of a front, with its lineage."""
    return Response(_case(desk, visit).stored.document, media_type=GEOJSON)


def _case(desk: Desk, visit: Visit) -> Case:
    params = visit.request.path_params
    return read_case(desk.store, desk.memory, params["collection"], params["item_id"])


def _record(desk: Desk, visit: Visit, case: Case, sent: Submission) -> None:
    """Raises DecisionConflict, UnusableForm or RecordError."""
    known = case.decisions[: sent.expected - 1]
    if len(known) < sent.expected - 1:
        raise ForgedForm("The form knows of decisions that there are not. Nothing was recorded.")
    decision = following(
        known,
        collection=case.stored.collection,
        front_id=case.stored.item_id,
        revision_digest=sent.digest,
        action=sent.action,
        reason=sent.reason,
        reviewer=visit.reviewer,
        decided_at=desk.register.clock(),
        note=sent.note,
        line_after=sent.line_for(case.front.unit),
    )
    desk.store.review.add_decision(decision)


def _meanwhile(now: Case, sent: Submission, conflict: DecisionConflict) -> tuple[str, ...]:
    """What happened since the reviewer opened the page: decisions, else what the store says."""
    unseen = now.decisions[sent.expected - 1 :]
    told = [f"{decision_words(d)}{f' - “{d.note}”' if d.note else ''}" for d in unseen]
    return tuple(told) or (conflict.fault,)


def _go_on(desk: Desk, visit: Visit, case: Case, *, stays: bool) -> Response:
    wanted = selection_of(visit)
    query = {**wanted.query, PARAMETER: mark_done(case)}
    if stays:
        return RedirectResponse(visit.link(case.path, **query), SEE_OTHER)
    after = next_waiting(desk.store, case.front, wanted)
    path = case_path(after.collection, after.front_id) if after else ""
    return RedirectResponse(visit.link(path, **query), SEE_OTHER)


def _case_page(desk: Desk, visit: Visit, case: Case, back: Return, status: int = 200) -> Response:
    wanted = selection_of(visit)
    front, traced = as_decided(desk.store, case)
    near = neighbourhood_of(front, desk.store, desk.memory, traced)
    scene = _radar_place(desk, case)
    turn = turn_of(front, read_queue(desk.store, wanted))
    shown = page(
        visit,
        "case.html.j2",
        status,
        wanted=wanted,
        case=case,
        front=front,
        back=back,
        title=case_title(front),
        shelf=shelf_title(front.shelf),
        filter_words=REASON_WORDS[wanted.reason] if wanted.reason else "",
        turn=turn,
        facts=facts(front),
        reasons=reason_sentences(front),
        standing=decision_words(case.stands) if case.stands else "",
        is_applied=case.is_applied,
        picture=case_picture(near, case_title(front)),
        near=near,
        keys=map_keys(near),
        map_content=map_content(
            near,
            visit.link(f"coast/{front.unit}.json"),
            _radar(desk, visit, case, scene),
            _probability(desk, visit, case),
            back.drawn,
        ),
        quicklook=_picture_link(desk, visit, case, QUICKLOOK),
        scene=scene,
        redrawn=scene.path_of(front.line) if scene and traced else "",
        is_imported=front.origin is Origin.IMPORTED,
        chart=series_chart(near),
        history=[(decision_words(d), d.note) for d in reversed(case.decisions)],
        choices=choices(),
        may_have_calved=may_have_calved(front),
        longest_note=LONGEST_NOTE,
        path_of=lambda entry: case_path(entry.collection, entry.front_id),
        done=read_done(desk, visit, shown=case),
    )
    return preparing(shown, desk, turn.after)


def _picture_link(desk: Desk, visit: Visit, case: Case, key: str) -> str:
    """Where a picture lies, under an address of its content; empty where none is kept."""
    asset = kept_asset(desk, case.stored, key)
    return visit.link(f"{case.path}/{key}.png", v=asset.sha256[:ADDRESS_DIGITS]) if asset else ""


def _radar_place(desk: Desk, case: Case) -> RadarPlace | None:
    asset = kept_asset(desk, case.stored, QUICKLOOK)
    if asset is None:
        return None
    try:
        return radar_place(desk.store.objects.path(asset.href))
    except StorageError:  # a damaged file must not keep anybody from judging
        return None


def _radar(desk: Desk, visit: Visit, case: Case, scene: RadarPlace | None) -> dict[str, Any] | None:
    if scene is None:
        return None
    link = _picture_link(desk, visit, case, QUICKLOOK).replace(f"/{QUICKLOOK}.png", "/radar.png")
    return {"url": link, "extent": scene.extent}


def _probability(desk: Desk, visit: Visit, case: Case) -> dict[str, Any] | None:
    asset = kept_asset(desk, case.stored, PROBABILITY)
    if asset is None:
        return None
    try:
        extent = extent_of(desk.store.objects.path(asset.href))
    except StorageError:  # a damaged file must not keep anybody from judging
        return None
    return {"url": _picture_link(desk, visit, case, PROBABILITY), "extent": extent}
