"""The desk in a real browser: by keyboard alone, two people at once, nothing blocked or failing.

Screenshots go to `test-artefacts/review/` (not committed): look at them after a change of style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from catalog.front import Front
from catalog.review import Action, Decision, DecisionReason, following
from tests.conftest import REPOSITORY
from tests.web.review.sample import (
    PASSWORD,
    add_reviewers,
    live_desk,
    open_desk,
    record_sample,
    series,
)
from tests.web.site.test_browser import FLAGS, MODES
from web.review.desk import Desk

pytestmark = pytest.mark.browser

SCREENSHOTS = REPOSITORY / "test-artefacts" / "review"
AMERY = series("Amery", "Amery", doubts=(3, 5, 7, 8))
PICTURED = AMERY[3]
WIDTHS = (360, 390, 768, 1360)
# Of what has the focus: its place among all that can have it, whether an outline shows it, and
# whether it is the last button of the page.
FOCUSED = """() => {
  const now = document.activeElement;
  const all = [...document.querySelectorAll("*")];
  const style = getComputedStyle(now);
  const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return [all.indexOf(now), isSeen, now.hasAttribute("data-next")];
}"""
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")


@dataclass
class Watched:
    """A reviewer's browser, and everything that went wrong in it."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def case(self) -> str:
        """The id of the front on the page."""
        return self.page.url.partition("?")[0].rpartition("/")[2]

    def leaves(self, *keys: str) -> None:
        """Press keys that lead to another page, and wait until it is there."""
        with self.page.expect_navigation():
            self.press(*keys)


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium_path), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        record_sample(opened.store)
        add_reviewers(opened)
        yield opened


@pytest.fixture
def address(desk: Desk, tmp_path: Path) -> Iterator[str]:
    with live_desk(desk, tmp_path) as served:
        yield served


def watched(browser: Browser, address: str, **mode: Any) -> Watched:
    context: BrowserContext = browser.new_context(reduced_motion="reduce", **mode)
    page = context.new_page()
    page.set_default_timeout(10_000)
    seen = Watched(page)
    # OpenLayers says so where a busy machine has not laid the page out yet, and draws as soon as it
    # has: `has_map` waits for that.
    page.on(
        "console",
        lambda m: None if m.text.startswith("No map visible") else seen.faults.append(m.text),
    )
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    # Whoever decides fast leaves before all of the map is there.
    page.on(
        "requestfailed",
        lambda r: None if r.failure == "net::ERR_ABORTED" else seen.faults.append(f"no {r.url}"),
    )
    host = address.partition("/review")[0]
    page.on(
        "request",
        lambda r: None if r.url.startswith((host, "data:")) else seen.faults.append(r.url),
    )
    page.goto(address)
    return seen


def log_in_by_keyboard(reviewer: Watched, name: str) -> None:
    reviewer.page.keyboard.type(name)
    reviewer.press("Tab")
    reviewer.page.keyboard.type(PASSWORD)
    reviewer.leaves("Enter")
    expect(reviewer.page.locator("table.cases")).to_be_visible()


def decisions_on(desk: Desk, front_id: str) -> tuple[Decision, ...]:
    return desk.store.review.decisions("fronts-daily", front_id)


def has_map(reviewer: Watched) -> None:
    reviewer.page.wait_for_selector("#map.ready")


def test_a_reviewer_with_a_keyboard_accepts_rejects_redraws_and_undoes(
    browser: Browser, address: str, desk: Desk
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")

    # Into the list, to its second case and back to the first.
    ada.press("j", "j", "k")
    ada.leaves("Enter")
    first = ada.case
    assert ada.page.evaluate("document.activeElement.id") == "case-title"
    ada.leaves("a")
    (decision,) = decisions_on(desk, first)
    assert (decision.action, decision.reviewer) == (Action.ACCEPT, "ada")

    # Undo from the next page leads back to the case.
    second = ada.case
    assert second != first
    ada.leaves("u")
    assert ada.case == first
    assert [d.action for d in decisions_on(desk, first)] == [Action.ACCEPT, Action.UNDO]
    ada.leaves("a")
    assert ada.case == second

    # A note, then a rejection with its reason.
    ada.press("c")
    ada.page.keyboard.type("fast ice, ask Ann")
    ada.press("Escape")
    ada.press("r")
    expect(ada.page.locator("#rejection .choices")).to_be_visible()
    ada.leaves("2")
    (decision,) = decisions_on(desk, second)
    assert (decision.action, decision.reason) == (Action.REJECT, DecisionReason.SEA_ICE)
    assert decision.note == "fast ice, ask Ann"

    # A line redrawn: a vertex moved, one added, one removed.
    third = ada.case
    has_map(ada)
    before = judged_line(desk, third)
    ada.press("e", "]", "]", "Shift+ArrowUp", "i", "]", "]", "Delete")
    expect(ada.page.locator("#map-says")).to_have_text("Vertex 5 of 80.")
    ada.leaves("Enter")
    (decision,) = decisions_on(desk, third)
    assert decision.action is Action.REPLACE
    assert decision.line_after is not None
    assert decision.line_after.hausdorff_distance(before) > 100
    assert len(decision.line_after.geoms[0].coords) == 80

    # On and back without deciding.
    fourth = ada.case
    ada.leaves("n")
    ada.leaves("p")
    assert ada.case == fourth
    assert decisions_on(desk, fourth) == ()
    ada.leaves("q")
    expect(ada.page.locator("h1")).to_have_text("2 cases to judge")
    assert ada.faults == []
    ada.page.context.close()


def judged_line(desk: Desk, front_id: str) -> Any:
    (front,) = [f for f in all_sample_fronts() if f.id == front_id]
    return front.line


def all_sample_fronts() -> list[Front]:
    return [*AMERY, *series("Totten", "Totten", doubts=(6,))]


def on_map(reviewer: Watched, across: float, down: float, *, ends: bool = False) -> None:
    """Click a place of the map; a line ends with a double click."""
    place = reviewer.page.locator("#map")
    box = place.bounding_box()
    assert box is not None
    position: Any = {"x": across * box["width"], "y": down * box["height"]}
    (place.dblclick if ends else place.click)(position=position)
    reviewer.page.wait_for_timeout(300)  # two clicks at once would end the line


def test_a_line_drawn_with_the_pointer_is_judged_by_the_server_and_kept_where_it_is_refused(
    browser: Browser, address: str, desk: Desk
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    has_map(ada)
    ada.page.click("[data-redraw]")
    ada.page.click("[data-afresh]")
    on_map(ada, 0.6, 0.3)
    on_map(ada, 0.7, 0.5)
    on_map(ada, 0.62, 0.7, ends=True)
    expect(ada.page.locator("#map-says")).to_contain_text("of 3")
    ada.leaves("Enter")
    expect(ada.page.locator("#faults")).to_contain_text("Nothing was recorded")
    assert decisions_on(desk, PICTURED.id) == ()
    expect(ada.page.locator("#map-says")).to_contain_text("of 3")
    # 422 is told in the console by the browser itself.
    assert [fault for fault in ada.faults if "422" not in fault] == []

    # Started again from the traced line and dragged by a vertex, it is good.
    has_map(ada)
    ada.press("z")
    expect(ada.page.locator("#map-says")).to_contain_text("of 80")
    ada.leaves("Enter")
    (decision,) = decisions_on(desk, PICTURED.id)
    assert decision.action is Action.REPLACE
    ada.page.context.close()


@pytest.mark.parametrize("end", ["Enter", "button"])
def test_a_sketch_is_ended_before_it_is_recorded_and_the_line_before_is_out_of_reach(
    browser: Browser, address: str, desk: Desk, end: str
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    has_map(ada)
    ada.press("e", "d", "Enter")  # nothing is drawn: nothing is recorded
    on_map(ada, 0.6, 0.3)
    on_map(ada, 0.7, 0.5)
    on_map(ada, 0.62, 0.7)
    ada.press("ArrowUp", "i", "Delete")
    ada.press("Enter") if end == "Enter" else ada.page.click("[data-keep]")
    expect(ada.page.locator("#map-says")).to_have_text("Vertex 1 of 3.")
    assert decisions_on(desk, PICTURED.id) == ()
    # Far from the front, the sketch is judged and refused; the traced line would be recorded.
    ada.leaves("Enter")
    expect(ada.page.locator("#faults")).to_contain_text("Nothing was recorded")
    expect(ada.page.locator("#map-says")).to_have_text("Vertex 1 of 3.")
    assert decisions_on(desk, PICTURED.id) == ()
    assert [fault for fault in ada.faults if "422" not in fault] == []
    ada.page.context.close()


def test_two_people_at_once_do_not_overwrite_each_other(
    browser: Browser, address: str, desk: Desk
) -> None:
    place = f"cases/{PICTURED.collection}/{PICTURED.id}"
    people = []
    for name in ("ada", "bob"):
        reviewer = watched(browser, address, **MODES["light"])
        log_in_by_keyboard(reviewer, name)
        reviewer.page.goto(f"{address}{place}")
        people.append(reviewer)
    ada, bob = people
    bob.press("c")
    bob.page.keyboard.type("looks fine to me")
    bob.press("Escape")
    ada.press("r")
    ada.leaves("4")
    bob.leaves("a")
    notice = bob.page.locator("#conflict")
    expect(notice).to_contain_text("rejected by ada")
    expect(notice).to_contain_text("an iceberg was taken for the shelf")
    expect(bob.page.locator("#note")).to_have_value("looks fine to me")
    assert [d.reviewer for d in decisions_on(desk, PICTURED.id)] == ["ada"]
    # Now bob knows; to decide otherwise he takes back what ada decided, and says so.
    expect(bob.page.locator("[data-accept]")).to_have_count(0)
    bob.leaves("u")
    bob.leaves("a")
    decided = [(d.reviewer, d.action) for d in decisions_on(desk, PICTURED.id)]
    assert decided[1:] == [("bob", Action.UNDO), ("bob", Action.ACCEPT)]
    assert decisions_on(desk, PICTURED.id)[1].note == "looks fine to me"
    for reviewer in people:
        assert [fault for fault in reviewer.faults if "409" not in fault] == []
        reviewer.page.context.close()


def test_a_line_just_drawn_outlives_the_decision_of_somebody_else_and_its_undo(
    browser: Browser, address: str, desk: Desk
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    has_map(ada)
    ada.press("e", "]", "Shift+ArrowUp")
    desk.store.review.add_decision(bobs_rejection(desk))
    ada.leaves("Enter")
    expect(ada.page.locator("#conflict")).to_contain_text("rejected by bob")
    expect(ada.page.locator("#map-says")).to_contain_text("of 80")
    ada.leaves("u")
    expect(ada.page.locator("#map-says")).to_contain_text("of 80")
    ada.leaves("Enter")
    *_, last = decisions_on(desk, PICTURED.id)
    assert (last.action, last.reviewer) == (Action.REPLACE, "ada")
    assert last.line_after is not None
    assert last.line_after.hausdorff_distance(PICTURED.line) > 100
    ada.page.context.close()


def bobs_rejection(desk: Desk) -> Decision:
    return following(
        decisions_on(desk, PICTURED.id),
        collection=PICTURED.collection,
        front_id=PICTURED.id,
        revision_digest=desk.store.get(PICTURED.collection, PICTURED.id).digest,
        action=Action.REJECT,
        reviewer="bob",
        decided_at=desk.register.clock(),
    )


@pytest.mark.parametrize("mode", MODES)
def test_nothing_on_the_pages_is_a_barrier(browser: Browser, address: str, mode: str) -> None:
    """What axe-core finds by WCAG 2.1, A and AA: labels, contrast, roles, order of headings."""
    ada = watched(browser, address, **MODES[mode])
    barriers(ada, "login")
    log_in_by_keyboard(ada, "ada")
    barriers(ada, "queue")
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    has_map(ada)
    barriers(ada, "case")
    ada.press("r")
    barriers(ada, "rejecting")
    ada.press("Escape", "e", "]")
    barriers(ada, "drawing")
    ada.press("Escape", "?")
    barriers(ada, "help")
    ada.press("Escape")
    ada.leaves("a")
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    barriers(ada, "decided")
    ada.page.context.close()


def barriers(reviewer: Watched, where: str) -> None:
    found = Axe().run(reviewer.page, options={"runOnly": [*WCAG, "best-practice"]})
    told = [
        f"{where}: {rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
    assert told == []


def test_the_focus_goes_through_a_case_as_one_reads_it_and_can_be_seen(
    browser: Browser, address: str
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    has_map(ada)
    tops = []
    for _ in range(40):
        ada.press("Tab")
        top, is_seen, is_last = ada.page.evaluate(FOCUSED)
        assert is_seen
        tops.append(top)
        if is_last:
            break
    assert is_last
    assert len(tops) > 8
    assert tops == sorted(tops)
    ada.page.context.close()


def test_a_link_from_another_site_leaves_the_session_and_a_drawn_line_alone(
    browser: Browser, address: str, desk: Desk
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    place = f"{address}cases/{PICTURED.collection}/{PICTURED.id}"
    ada.page.goto(place)
    has_map(ada)
    ada.press("e", "]", "Shift+ArrowUp")
    mail = ada.page.context.new_page()
    mail.route(
        "http://mail.example.org/",
        lambda route: route.fulfill(content_type="text/html", body=f'<a href="{place}">Look</a>'),
    )
    mail.goto("http://mail.example.org/")
    mail.click("a")
    expect(mail.locator("#case-title")).to_be_visible()
    ada.leaves("Enter")
    (decision,) = decisions_on(desk, PICTURED.id)
    assert decision.action is Action.REPLACE
    assert ada.faults == []
    ada.page.context.close()


def test_without_scripts_all_but_drawing_works(browser: Browser, address: str, desk: Desk) -> None:
    bob = watched(browser, address, java_script_enabled=False, **MODES["light"])
    bob.page.fill("#name", "bob")
    bob.page.fill("#password", PASSWORD)
    bob.page.click("text=Log in")
    bob.page.click("[data-case] >> nth=0")
    first = bob.case
    expect(bob.page.locator("svg.map.case")).to_be_visible()
    expect(bob.page.locator("[data-redraw]")).to_be_hidden()
    bob.page.fill("#note", "by hand")
    bob.page.click("summary:has-text('Reject')")
    bob.page.click("text=Surface melt hides the front")
    (decision,) = decisions_on(desk, first)
    assert (decision.reason, decision.note) == (DecisionReason.MELT, "by hand")
    bob.page.click("text=Undo")
    assert bob.case == first
    assert len(decisions_on(desk, first)) == 2
    bob.page.click("[data-next]")
    assert bob.faults == []
    bob.page.context.close()


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_can_be_looked_at(browser: Browser, address: str, mode: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    ada = watched(browser, address, **MODES[mode])
    shoot(ada, f"login-{mode}")
    log_in_by_keyboard(ada, "ada")
    ada.press("j")
    shoot(ada, f"queue-{mode}")
    fits(ada)
    ada.page.goto(f"{address}cases/{PICTURED.collection}/{PICTURED.id}")
    has_map(ada)
    ada.page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
    shoot(ada, f"case-{mode}")
    fits(ada)
    ada.press("r")
    shoot(ada, f"reject-{mode}", full_page=False)
    fits(ada)
    ada.press("Escape", "?")
    expect(ada.page.locator("#help")).to_be_visible()
    shoot(ada, f"help-{mode}", full_page=False)
    ada.press("Escape", "o", "e", "]")
    shoot(ada, f"drawing-{mode}", full_page=False)
    fits(ada)
    ada.press("Escape")
    expect(ada.page.locator("#help")).to_be_hidden()
    expect(ada.page.locator(".drawing-bar")).to_be_hidden()
    assert ada.page.evaluate("document.activeElement.hasAttribute('data-redraw')")
    assert ada.faults == []
    ada.page.context.close()


def shoot(reviewer: Watched, name: str, *, full_page: bool = True) -> None:
    reviewer.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=full_page)


def fits(reviewer: Watched) -> None:
    """No page is wider than its screen."""
    size = reviewer.page.viewport_size
    assert size is not None
    for width in WIDTHS:
        reviewer.page.set_viewport_size({"width": width, "height": size["height"]})
        assert reviewer.page.evaluate("document.documentElement.scrollWidth") <= width
    reviewer.page.set_viewport_size(size)


def test_a_held_key_decides_one_case_and_not_the_next(
    browser: Browser, address: str, desk: Desk
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    ada.leaves("n")
    with ada.page.expect_navigation():
        for _ in range(6):
            ada.page.keyboard.down("a")
    ada.page.keyboard.up("a")
    expect(ada.page.locator("#case-title")).to_be_visible()
    decided = [f.id for f in all_sample_fronts() if decisions_on(desk, f.id)]
    assert len(decided) == 1
    ada.page.context.close()


def test_typing_in_the_note_and_keys_of_the_browser_decide_nothing(
    browser: Browser, address: str, desk: Desk
) -> None:
    ada = watched(browser, address, **MODES["light"])
    log_in_by_keyboard(ada, "ada")
    ada.leaves("n")
    ada.press("c")
    ada.page.keyboard.type("a r 1 u n p ?")
    ada.press("Escape", "Control+a", "Alt+a", "1", "Shift+Tab")
    expect(ada.page.locator("#note")).to_have_value("a r 1 u n p ?")
    assert re.search(r"/cases/", ada.page.url)
    assert [f.id for f in all_sample_fronts() if decisions_on(desk, f.id)] == []
    ada.page.context.close()
