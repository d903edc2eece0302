"""From a decision to the next case: work of the server, in CPU time, so that other programs on a
busy machine change little. What a browser adds is measured in docs/review.md."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.web.api.serving import LOOPBACK
from tests.web.review.sample import add_reviewers, desk_alone, open_desk, series
from tests.web.review.test_pages import decide, log_in, place_of
from web.review.desk import Desk

NEXT_CASE_S = 0.3
VERTICES = 20_000  # as many as a line may have
HUGE = series("Amery", "Amery", doubts=(1, 3, 4), length=6, vertices=VERTICES, wiggle_m=8.0)


class Stopwatch:
    """CPU seconds of this process from each request to the last byte of its answer.

    What is prepared after an answer is not in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.took: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.process_time()

        async def timed(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.took.append(time.process_time() - begun)

        await self._app(scope, receive, timed)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("huge")) as opened:
        opened.store.record_fronts((front, []) for front in HUGE)
        add_reviewers(opened)
        yield opened


def test_after_a_decision_on_a_huge_front_the_next_one_is_there_in_time(desk: Desk) -> None:
    watch = Stopwatch(desk_alone(desk))
    ada = TestClient(watch, base_url=LOOPBACK)
    log_in(ada, "ada")
    waiting = [entry.front_id for entry in desk.store.review.queue().entries]
    order = {front.id: front for front in HUGE}
    ada.get(place_of(order[waiting[0]]))
    for place, name in enumerate(waiting[:-1]):
        watch.took.clear()
        answer = decide(ada, order[name], "accept")
        assert answer.url.path == place_of(order[waiting[place + 1]])
        # The form was read again for its token; a browser has it already.
        assert sum(watch.took[1:]) < NEXT_CASE_S


def test_what_was_not_prepared_takes_longer(desk: Desk) -> None:
    """Or the test above would not show that preparing helps."""
    watch = Stopwatch(desk_alone(Desk(desk.store, desk.register, desk.passwords)))
    ada = TestClient(watch, base_url=LOOPBACK)
    log_in(ada, "ada", place=place_of(HUGE[1]).removeprefix("/review/"))
    unprepared = watch.took[-1]
    watch.took.clear()
    ada.get(place_of(HUGE[1]))
    assert unprepared > 2 * watch.took[-1]
