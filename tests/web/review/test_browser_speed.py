"""From the key to the first paint of the next case, in a real browser.

The figures go to `test-artefacts/review/next-case.json`. Other programs on the machine make pages
late: what is held to the limit is the fastest of several decisions, and where they take most of
the processors, the limit is longer by as much as a computation of our own is delayed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser

from tests.web.review.sample import add_reviewers, live_desk, open_desk, series
from tests.web.review.test_browser import (
    SCREENSHOTS,
    Watched,
    browser,  # noqa: F401 - a fixture
    log_in_by_keyboard,
    watched,
)
from tests.web.site.test_browser import MODES
from web.review.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.long]

NEXT_CASE_MS = 300.0
SPIN_S = 0.3
LOOKING_MS = 1_500  # nobody decides sooner; meanwhile the next case is prepared
# Told by the page before: when the key went down. Told by the next one: when it was painted.
NOTE_KEY = """addEventListener("keydown", () => sessionStorage.setItem(
  "key", performance.timeOrigin + performance.now()), true)"""
PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) resolve(performance.timeOrigin + paint.startTime - sessionStorage.getItem("key"));
}).observe({ type: "paint", buffered: true }))"""


@pytest.fixture(params=[150, 20_000], ids=["150 vertices", "20,000 vertices"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    wiggle_m = 300.0 if request.param < 1_000 else 8.0
    fronts = series("Amery", "Amery", range(1, 7), 8, vertices=request.param, wiggle_m=wiggle_m)
    with open_desk(tmp_path) as opened:
        opened.store.record_fronts((front, []) for front in fronts)
        add_reviewers(opened)
        yield opened


def test_the_next_case_is_painted_in_time(
    browser: Browser,  # noqa: F811
    desk: Desk,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    with live_desk(desk, tmp_path) as address:
        ada = watched(browser, address, **MODES["light"])
        ada.page.add_init_script(NOTE_KEY)
        log_in_by_keyboard(ada, "ada")
        ada.leaves("n")
        before = crowding()
        took = [decided(ada) for _ in range(5)]
        crowded = min(before, crowding())
        ada.page.context.close()
    tell(request.node.callspec.id, took, crowded)
    assert min(took) < NEXT_CASE_MS * crowded


def decided(reviewer: Watched) -> float:
    """Milliseconds from the key that accepts to the first paint of the next case."""
    reviewer.page.wait_for_selector("#map.ready")
    reviewer.page.wait_for_timeout(LOOKING_MS)
    reviewer.leaves("a")
    took: float = reviewer.page.evaluate(PAINTED)
    return took


def crowding() -> float:
    """How many times longer than alone a computation takes; 1 on a machine that is free."""
    began, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < SPIN_S:
        pass
    return max((time.perf_counter() - began) / SPIN_S, 1.0)


def tell(kind: str, took: list[float], crowded: float) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    file = SCREENSHOTS / "next-case.json"
    told = json.loads(file.read_text()) if file.exists() else {}
    each = [round(one) for one in took]
    told[kind] = {"median_ms": median(each), "each_ms": each, "crowding": round(crowded, 1)}
    file.write_text(json.dumps(told, indent=1))
