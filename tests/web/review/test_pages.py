"""The pages by form alone: login, decisions, conflicts, and what is refused."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from PIL import Image
from shapely import LineString, MultiLineString
from starlette.testclient import TestClient

from catalog.front import Front
from catalog.review import Action, DecisionReason
from catalog.review_verdict import decided_front
from pipeline.quicklook import BAND_PX
from tests.web.api.serving import LOOPBACK
from tests.web.review.sample import (
    PASSWORD,
    add_reviewers,
    desk_alone,
    desk_app,
    front_line,
    open_desk,
    record_sample,
    series,
)
from tests.web.review.test_accounts import NOW, Hands
from web.api.exposure import State
from web.review.case_map import view_of
from web.review.desk import Desk
from web.review.guard import CONTENT_SECURITY_POLICY, COOKIE, HOST_COOKIE
from web.review.lockout import ACCOUNT_RULE
from web.review.neighbourhood import Neighbourhood
from web.site.series import Series

AMERY = series("Amery", "Amery", doubts=(3, 5, 7, 8))
DOUBTFUL = AMERY[3]
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace to copy: it takes a second to make."""
    folder = tmp_path_factory.mktemp("sample")
    with open_desk(folder) as made:
        record_sample(made.store)
        add_reviewers(made)
    return folder


@pytest.fixture
def desk(sample_folder: Path, tmp_path: Path, clock: Hands) -> Iterator[Desk]:
    copytree(sample_folder, tmp_path, dirs_exist_ok=True)
    with open_desk(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def visitor(desk: Desk) -> TestClient:
    return TestClient(desk_alone(desk), base_url=LOOPBACK)


@pytest.fixture
def ada(desk: Desk) -> TestClient:
    return logged_in(desk, "ada")


@pytest.fixture
def bob(desk: Desk) -> TestClient:
    return logged_in(desk, "bob")


def logged_in(desk: Desk, name: str) -> TestClient:
    client = TestClient(desk_alone(desk), base_url=LOOPBACK)
    assert log_in(client, name).status_code == 200
    return client


def log_in(client: TestClient, name: str, password: str = PASSWORD, place: str = "") -> Any:
    page = client.get("/review/login", params={"next": place})
    fields = {"csrf": token_in(page.text), "name": name, "password": password, "next": place}
    return client.post("/review/login", data=fields)


def token_in(page: str) -> str:
    found = CSRF.search(page)
    assert found is not None
    return found[1]


def place_of(front: Front) -> str:
    return f"/review/cases/{front.collection}/{front.id}"


def form_of(client: TestClient, front: Front) -> dict[str, str]:
    """The hidden fields of a case, as a browser would send them back."""
    form = client.get(place_of(front)).text.rpartition('<form class="decide"')[2]
    hidden = re.findall(r'type="hidden" name="(\w+)"(?: id="[\w-]+")? value="([^"]*)"', form)
    return dict(hidden)


def decide(client: TestClient, front: Front, do: str, **more: str) -> Any:
    return client.post(place_of(front), data={**form_of(client, front), "do": do, **more})


# --- the door --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["", place_of(DOUBTFUL)[8:], "cases/fronts-daily/x/quicklook.png", "coast/Amery.json"],
)
def test_nothing_is_shown_before_the_login(visitor: TestClient, path: str) -> None:
    answer = visitor.get(f"/review/{path}", follow_redirects=False)
    assert answer.status_code == 303
    assert "login" in answer.headers["location"]
    assert "Amery" not in answer.text


def test_after_the_login_one_is_where_one_wanted_to_be(visitor: TestClient) -> None:
    page = visitor.get(place_of(DOUBTFUL))
    assert page.url.path == "/review/login"
    answer = log_in(visitor, "Ada ", place=f"cases/{DOUBTFUL.collection}/{DOUBTFUL.id}")
    assert answer.url.path == place_of(DOUBTFUL)
    assert "Amery Ice Shelf, 8 February 2026" in answer.text


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "cases/../../x", "/etc", "javascript:1"]
)
def test_the_login_leads_nowhere_else(visitor: TestClient, place: str) -> None:
    assert log_in(visitor, "ada", place=place).url.path == "/review/"


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_login_says_the_same_whatever_was_wrong(
    visitor: TestClient, name: str, password: str
) -> None:
    answer = log_in(visitor, name, password)
    assert answer.status_code == 403
    assert "Name and password do not belong together." in answer.text
    assert password == "" or password not in answer.text


def test_guessing_is_locked_out_with_the_time_and_opens_again(
    visitor: TestClient, clock: Hands
) -> None:
    for _ in range(ACCOUNT_RULE.most):
        log_in(visitor, "ada", "not the password")
    answer = log_in(visitor, "ada")
    assert answer.status_code == 429
    assert "Try again after 09:15 UTC" in answer.text
    assert answer.headers["retry-after"] == "900"
    clock.move(minutes=15)
    assert log_in(visitor, "ada").url.path == "/review/"


def test_the_cookie_is_new_with_every_login_and_out_of_reach_of_scripts_and_other_sites(
    visitor: TestClient,
) -> None:
    visitor.get("/review/login")
    before = visitor.cookies[COOKIE]
    page = visitor.get("/review/login")
    answer = visitor.post(
        "/review/login",
        data={"csrf": token_in(page.text), "name": "ada", "password": PASSWORD},
        follow_redirects=False,
    )
    cookie = answer.headers["set-cookie"]
    assert before not in cookie
    assert ("HttpOnly" in cookie, "SameSite=lax" in cookie, "Secure" in cookie) == (
        True,
        True,
        False,
    )


def test_over_https_the_cookie_is_secure_and_of_this_host_alone(desk: Desk, tmp_path: Path) -> None:
    public = "https://icelines.example.org"
    app = desk_app(desk, tmp_path, public, State.RELEASED)
    answer = TestClient(app, base_url=public).get("/review/login")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{HOST_COOKIE}=")
    assert "Secure" in cookie
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["strict-transport-security"]


def test_whoever_logs_out_is_out_with_every_copy_of_the_cookie(ada: TestClient) -> None:
    kept = ada.cookies[COOKIE]
    ada.post("/review/logout", data={"csrf": token_in(ada.get("/review/").text)})
    ada.cookies.set(COOKIE, kept)
    assert ada.get("/review/", follow_redirects=False).status_code == 303


def test_a_session_that_ended_gives_the_typed_note_back(
    ada: TestClient, desk: Desk, clock: Hands
) -> None:
    form = form_of(ada, DOUBTFUL)
    clock.move(hours=13)
    answer = ada.post(
        place_of(DOUBTFUL), data={**form, "do": "accept", "note": "<b>the berg</b> of May"}
    )
    assert answer.status_code == 403
    assert "nothing was recorded" in answer.text
    assert "&lt;b&gt;the berg&lt;/b&gt; of May" in answer.text
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


def test_the_desk_lies_beside_the_rest_of_what_is_served(desk: Desk, tmp_path: Path) -> None:
    client = TestClient(desk_app(desk, tmp_path, LOOPBACK), base_url=LOOPBACK)
    assert client.get("/review").url.path == "/review/login"
    assert client.get("/stac").json()["type"] == "Catalog"
    assert client.get("/stac/search").json()["numberMatched"] == 24
    assert client.get("/nothing").status_code == 404
    large = client.post("/review/login", content=b"x" * 2_000_000)
    assert large.status_code == 413


def test_no_other_name_of_this_machine_is_answered(ada: TestClient) -> None:
    assert ada.get("/review/", headers={"host": "rebound.example"}).status_code == 400


def test_every_page_forbids_what_it_does_not_need(ada: TestClient) -> None:
    for path in ("/review/", place_of(DOUBTFUL), "/review/login", "/review/cases/a/b", "/review/x"):
        headers = ada.get(path).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_no_page_has_script_or_style_of_its_own(ada: TestClient) -> None:
    for path in ("/review/", place_of(DOUBTFUL)):
        text = ada.get(path).text
        assert re.findall(r'\son\w+="', text) == []
        assert re.findall(r'\sstyle="', text) == []
        assert "<style" not in text
        scripts = re.findall(r"<script ([^>]*)>", text)
        assert all("src=" in s or 'type="application/json"' in s for s in scripts)


# --- forged forms ----------------------------------------------------------------------------


@pytest.mark.parametrize("forged", ["", "0" * 64, "ä"])
def test_a_form_without_our_token_decides_nothing(ada: TestClient, desk: Desk, forged: str) -> None:
    answer = decide(ada, DOUBTFUL, "accept", csrf=forged)
    assert answer.status_code == 403
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


def test_a_token_of_somebody_else_does_not_work(
    ada: TestClient, bob: TestClient, desk: Desk
) -> None:
    stolen = form_of(bob, DOUBTFUL)["csrf"]
    assert decide(ada, DOUBTFUL, "accept", csrf=stolen).status_code == 403
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
def test_a_form_from_another_site_is_refused_even_with_the_token(
    ada: TestClient, headers: dict[str, str]
) -> None:
    form = {**form_of(ada, DOUBTFUL), "do": "accept"}
    assert ada.post(place_of(DOUBTFUL), data=form, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"do": "release"},
        {"do": ""},
        {"do": "reject because"},
        {"expected": "0"},
        {"expected": "-1"},
        {"expected": "two"},
        {"expected": "9" * 40},
        {"expected": "7"},
        {"do": "replace", "line": "[["},
        {"do": "replace", "line": '{"a": 1}'},
        {"do": "replace", "line": "[[[1,2,3]]]"},
        {"do": "replace", "line": "[[[1900000,700000],[NaN,700000]]]"},
        {"do": "replace", "line": "[[[1900000,700000],[1e999,700000]]]"},
        {"do": "replace", "line": "[" * 5000},
    ],
)
def test_a_form_that_no_page_of_ours_sends_decides_nothing(
    ada: TestClient, desk: Desk, changes: dict[str, str]
) -> None:
    form = {**form_of(ada, DOUBTFUL), "do": "accept", **changes}
    assert ada.post(place_of(DOUBTFUL), data=form).status_code in (400, 403)
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


def test_only_forms_are_read(ada: TestClient) -> None:
    assert ada.post(place_of(DOUBTFUL), json={"do": "accept"}).status_code == 403
    assert ada.put(place_of(DOUBTFUL)).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/review/cases/fronts-daily/Nowhere_daily_20260101_x",
        "/review/cases/scenes/anything",
        f"{place_of(AMERY[5])}/quicklook.png",
        f"{place_of(AMERY[5])}/probability.png",
        "/review/coast/Atlantis.json",
        "/review/nothing",
        "/review/static/desk/../tables.py",
        "/review/static/desk/%2e%2e/tables.py",
    ],
)
def test_what_is_not_there_is_404(ada: TestClient, path: str) -> None:
    assert ada.get(path).status_code == 404


# --- the queue -------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_and_counts_it(ada: TestClient) -> None:
    text = ada.get("/review/").text
    assert "5 cases to judge" in text
    assert text.count("data-case") == 5
    assert "advances faster than the shelf can flow" in text


def test_the_queue_is_filtered_by_shelf_and_by_reason(ada: TestClient) -> None:
    assert ada.get("/review/?shelf=Totten").text.count("data-case") == 1
    assert ada.get("/review/?reason=low_confidence").text.count("data-case") == 3
    both = ada.get("/review/?reason=low_confidence&shelf=Amery").text
    assert both.count("data-case") == 2
    assert ada.get("/review/?shelf=Ross").text.count("data-case") == 0


def test_a_filter_that_means_nothing_is_no_fault(ada: TestClient) -> None:
    answer = ada.get("/review/", params={"reason": "<script>", "shelf": '"><script>alert(1)'})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


# --- a case ----------------------------------------------------------------------------------


def test_a_case_shows_what_the_machine_saw(ada: TestClient) -> None:
    text = ada.get(place_of(DOUBTFUL)).text
    for words in (
        "The line does not separate ice from ocean everywhere.",
        "Front before",
        "2026-01-27, accepted",
        "Front after",
        "marked-point",
        "Area of Amery Ice Shelf",
        "hedunet-hh-1",
    ):
        assert words in text
    for kind in ("quicklook", "probability"):
        (address,) = set(re.findall(rf'src="([^"]*{kind}\.png[^"]*)"', text))
        picture = ada.get(f"/review/cases/x/{address}".replace("/cases/x/../../", "/"))
        assert picture.headers["content-type"] == "image/png"
        assert picture.headers["cache-control"].startswith("private")


def test_a_case_without_pictures_says_that_none_are_kept(ada: TestClient) -> None:
    text = ada.get(place_of(AMERY[5])).text
    assert "No radar picture of this front is kept." in text
    assert "No probabilities of this front are kept." in text


def test_the_record_of_a_case_is_the_canonical_one(ada: TestClient, desk: Desk) -> None:
    stored = desk.store.get(DOUBTFUL.collection, DOUBTFUL.id)
    assert ada.get(f"{place_of(DOUBTFUL)}/record.json").content == stored.document


def test_accepting_records_who_when_and_what_and_shows_the_next(
    ada: TestClient, desk: Desk
) -> None:
    stored = desk.store.get(DOUBTFUL.collection, DOUBTFUL.id)
    answer = decide(ada, DOUBTFUL, "accept", note=" clear \r\nedge ")
    (decision,) = desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id)
    assert (decision.action, decision.reviewer, decision.decided_at) == (Action.ACCEPT, "ada", NOW)
    assert (decision.note, decision.revision_digest) == ("clear \nedge", stored.digest)
    assert answer.url.path.startswith("/review/cases/")
    assert answer.url.path != place_of(DOUBTFUL)
    assert "Accepted: Amery Ice Shelf, 8 February 2026" in answer.text
    assert "4 cases to judge" in ada.get("/review/").text
    assert desk.store.get(DOUBTFUL.collection, DOUBTFUL.id).digest == stored.digest


def test_the_filter_stays_through_the_decisions(ada: TestClient) -> None:
    path = f"{place_of(DOUBTFUL)}?reason=low_confidence"
    form = {**form_of(ada, DOUBTFUL), "do": "reject fast_ice"}
    answer = ada.post(path, data=form)
    assert answer.url.params["reason"] == "low_confidence"
    assert "the model was not confident" in answer.text


def test_the_last_case_leads_back_to_the_queue(ada: TestClient) -> None:
    for front in (AMERY[3], AMERY[5], AMERY[7], AMERY[8]):
        answer = ada.post(
            f"{place_of(front)}?shelf=Amery", data={**form_of(ada, front), "do": "accept"}
        )
    assert answer.url.path == "/review/"
    assert "No case with this filter." in answer.text
    assert "1 case" in ada.get("/review/").text


def test_rejecting_records_the_reason(ada: TestClient, desk: Desk) -> None:
    decide(ada, DOUBTFUL, "reject sea_ice")
    (decision,) = desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id)
    assert (decision.action, decision.reason) == (Action.REJECT, DecisionReason.SEA_ICE)
    assert "sea ice was taken for the shelf" in ada.get(place_of(DOUBTFUL)).text


def test_undo_takes_back_and_the_case_waits_again(ada: TestClient, desk: Desk) -> None:
    decide(ada, DOUBTFUL, "reject berg")
    answer = decide(ada, DOUBTFUL, "undo")
    assert answer.url.path == place_of(DOUBTFUL)
    actions = [d.action for d in desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id)]
    assert actions == [Action.REJECT, Action.UNDO]
    assert "5 cases to judge" in ada.get("/review/").text


def test_there_is_nothing_to_undo_where_nothing_stands(ada: TestClient, desk: Desk) -> None:
    answer = decide(ada, DOUBTFUL, "undo")
    assert answer.status_code == 422
    assert "there is no decision to undo" in answer.text
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


# --- drawing ---------------------------------------------------------------------------------


def drawn(front: Front, shift_m: float = 0.0) -> str:
    part = front.line.geoms[0]
    points = ",".join(f"[{x + shift_m},{y}]" for x, y in part.coords)
    return f"[[{points}]]"


def test_a_drawn_line_is_put_on_the_grid_and_recorded_with_the_decision(
    ada: TestClient, desk: Desk
) -> None:
    decide(ada, DOUBTFUL, "replace", line=drawn(DOUBTFUL, shift_m=-1003.4))
    (decision,) = desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id)
    assert decision.action is Action.REPLACE
    assert decision.line_after is not None
    x, y = decision.line_after.geoms[0].coords[5]
    assert (x % 10, y % 10) == (0, 0)
    assert decision.line_after.hausdorff_distance(DOUBTFUL.line) == pytest.approx(1000, abs=20)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", "No line was drawn"),
        ("[]", "No line was drawn"),
        ("[[[1900000,700000]]]", "at least two vertices"),
        ("[[[1900000,700000],[1900003,700002]]]", "no two vertices that differ"),
        ("[[[0,0],[100000,100000],[100000,0],[0,100000]]]", "crosses or touches itself"),
        ("[[[-1300000,200000],[-1290000,260000]]]", "leaves the region of Amery"),
    ],
)
def test_a_line_that_cannot_be_a_front_comes_back_with_its_faults_and_the_note(
    ada: TestClient, desk: Desk, line: str, fault: str
) -> None:
    answer = decide(ada, DOUBTFUL, "replace", line=line, note="my note")
    assert answer.status_code == 422
    assert fault in answer.text
    assert ">my note</textarea>" in answer.text
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


@pytest.mark.parametrize("number", ["1" + "0" * 400, "NaN", '"x"'])
def test_what_is_no_line_at_all_is_refused(ada: TestClient, desk: Desk, number: str) -> None:
    answer = decide(ada, DOUBTFUL, "replace", line=f"[[[{number},0],[1,1]]]")
    assert 400 <= answer.status_code < 500
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()


def test_where_a_retreat_is_doubted_one_may_say_that_it_calved(ada: TestClient, desk: Desk) -> None:
    retreat = AMERY[5]  # loses area that the next front has again
    assert 'value="accept calving_confirmed"' in ada.get(place_of(retreat)).text
    assert "calving_confirmed" not in ada.get(place_of(AMERY[7])).text
    decide(ada, retreat, "accept calving_confirmed")
    (decision,) = desk.store.review.decisions(retreat.collection, retreat.id)
    assert decision.reason is DecisionReason.CALVING_CONFIRMED


# --- a line drawn anew -----------------------------------------------------------------------


def paths_of(text: str, kind: str) -> list[str]:
    return re.findall(rf'd="([^"]*)" class="case-line {kind}"', text)


def test_after_a_redraw_the_line_of_the_person_is_the_current_one_before_check_and_after(
    ada: TestClient, desk: Desk
) -> None:
    traced = paths_of(ada.get(place_of(DOUBTFUL)).text, "judged")
    drawn = front_line("Amery", 0.52, seed=77)
    parts = [[list(point) for point in part.coords] for part in drawn.geoms]
    decide(ada, DOUBTFUL, "replace wrong_line", line=json.dumps(parts))
    told = ada.get(place_of(DOUBTFUL)).text
    name = DOUBTFUL.collection, DOUBTFUL.id
    machine, decisions = (
        desk.store.review.undecided_front(*name),
        desk.store.review.decisions(*name),
    )
    desk.store.revise_front(decided_front(machine, decisions))
    applied = ada.get(place_of(DOUBTFUL)).text
    for text in (told, applied):
        assert paths_of(text, "judged") != traced
        assert len(paths_of(text, "traced")) == 1
        assert "As the machine traced it" in text
        # On the quick-look too: the machine's line is in the picture, the person's lies over it.
        assert 'class="redrawn"' in text
        assert "the line that a person drew, which holds" in text
        assert "confidence 0.61" not in text
    assert paths_of(told, "judged") == paths_of(applied, "judged")
    assert "<code>icelines check</code> and <code>icelines average</code> apply it" in told
    assert "It is applied" in applied
    decide(ada, DOUBTFUL, "undo")
    back = ada.get(place_of(DOUBTFUL)).text
    assert paths_of(back, "traced") == []
    assert 'class="redrawn"' not in back


def test_of_the_quick_look_the_scene_lies_on_the_map_without_its_bands(ada: TestClient) -> None:
    whole = Image.open(io.BytesIO(ada.get(f"{place_of(DOUBTFUL)}/quicklook.png").content))
    answer = ada.get(f"{place_of(DOUBTFUL)}/radar.png")
    scene = Image.open(io.BytesIO(answer.content))
    assert scene.size == (whole.width, whole.height - 2 * BAND_PX)
    assert answer.headers["content-type"] == "image/png"
    content = re.search(r'id="map-content">(.*?)</script>', ada.get(place_of(DOUBTFUL)).text)
    assert content is not None
    radar = json.loads(content[1])["radar"]
    west, south, east, north = radar["extent"]
    assert (east - west, north - south) == (250_000.0, 200_000.0)
    assert "radar.png" in radar["url"]


# --- two people ------------------------------------------------------------------------------


def test_the_second_of_two_is_told_who_decided_what_and_loses_no_word(
    ada: TestClient, bob: TestClient, desk: Desk
) -> None:
    form = form_of(bob, DOUBTFUL)
    decide(ada, DOUBTFUL, "reject berg", note="<i>B-99</i>")
    answer = bob.post(place_of(DOUBTFUL), data={**form, "do": "accept", "note": "looks fine to me"})
    assert answer.status_code == 409
    assert "rejected by ada, 2 November 2026, 09:00 UTC" in answer.text
    assert "an iceberg was taken for the shelf" in answer.text
    assert "&lt;i&gt;B-99&lt;/i&gt;" in answer.text
    assert ">looks fine to me</textarea>" in answer.text
    (decision,) = desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id)
    assert decision.reviewer == "ada"
    again = dict(re.findall(r'name="(expected|digest)" value="([^"]*)"', answer.text))
    assert again["expected"] == "2"


def test_a_front_that_was_revised_meanwhile_is_looked_at_again(ada: TestClient, desk: Desk) -> None:
    form = form_of(ada, DOUBTFUL)
    desk.store.revise_front(DOUBTFUL.with_verdict(DOUBTFUL.status, DOUBTFUL.reasons, 1.5))
    answer = ada.post(place_of(DOUBTFUL), data={**form, "do": "accept"})
    assert answer.status_code == 409
    assert "the record was revised since you looked at it" in answer.text
    assert desk.store.review.decisions(DOUBTFUL.collection, DOUBTFUL.id) == ()
    assert decide(ada, DOUBTFUL, "accept").status_code == 200


def test_the_way_back_is_offered_to_whoever_decided_and_to_nobody_else(
    ada: TestClient, bob: TestClient
) -> None:
    answer = decide(ada, DOUBTFUL, "accept")
    assert "data-undo" in answer.text
    query = f"?done={DOUBTFUL.collection}/{DOUBTFUL.id}"
    assert "Accepted:" in ada.get(f"/review/{query}").text
    assert "Accepted:" not in bob.get(f"/review/{query}").text
    assert bob.get("/review/?done=../x").status_code == 200


# --- odd fronts ------------------------------------------------------------------------------


def test_a_front_alone_of_its_series_and_of_no_known_unit_can_be_judged(
    ada: TestClient, desk: Desk
) -> None:
    (lone,) = series("Amery", "Amery", doubts=(0,), length=1)
    wordie = replace(lone, unit="Wordie", shelf="Wordie", area_km2=None, area_change_km2=None)
    desk.store.record_fronts([(wordie, [])])
    text = ada.get(place_of(wordie)).text
    assert "No area is known for this series." in text
    assert "Front before" not in text
    assert "No trusted front of this series lies before it." in text
    assert decide(ada, wordie, "accept").status_code == 200


def test_the_map_stays_near_the_region_where_a_line_goes_on_beyond_it() -> None:
    far = replace(DOUBTFUL, line=union(DOUBTFUL.line, [(0.0, 0.0), (-900_000.0, 10.0)]))
    near = Neighbourhood(far, None, None, Series(far.series, (), (far,)), "")
    assert view_of(near)[0] > 1_500_000
    unknown = replace(far, unit="Wordie")
    near = Neighbourhood(unknown, None, None, Series(far.series, (), (unknown,)), "")
    assert view_of(near)[0] == -900_000


def union(line: MultiLineString, part: list[tuple[float, float]]) -> MultiLineString:
    return MultiLineString([*line.geoms, LineString(part)])


def test_a_line_over_the_antimeridian_is_drawn_in_one_piece(ada: TestClient, desk: Desk) -> None:
    (lone,) = series("Amery", "Amery", doubts=(0,), length=1)
    ross = replace(lone, unit="Ross2", shelf="Ross", line=front_line("Ross2", 0.5))
    desk.store.record_fronts([(ross, [])])
    text = ada.get(place_of(ross)).text
    (path,) = re.findall(r'd="([^"]*)" class="case-line judged"', text)
    assert path.count("M") == 1
