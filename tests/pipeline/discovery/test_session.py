"""An archive is asked to the end or not at all: paging, filters, refusals, broken answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.discovery.archives import Archive, ArchiveSettings
from pipeline.discovery.session import ArchiveSession, Question
from pipeline.errors import ArchiveError
from tests.pipeline.discovery.archive_server import (
    CORE,
    FILTER,
    QUERY,
    SEARCH,
    ArchiveServer,
    Ask,
    Handler,
    Reply,
    page_of,
    running,
)

SETTINGS = ArchiveSettings(timeout_s=2.0, retries=3, backoff_s=0.0, most_pages=20, page_size=3)
QUESTION = Question(
    (60.0, -72.0, 80.0, -66.0),
    datetime(2026, 9, 1, tzinfo=UTC),
    datetime(2026, 10, 1, tzinfo=UTC),
    ("EW", "IW"),
)
Start = Callable[..., ArchiveServer]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server; it ends with the test."""
    with ExitStack() as stack:
        yield lambda search, **how: stack.enter_context(running(ArchiveServer(search, **how)))


def items(*names: Any) -> list[Any]:
    return [{"id": name} for name in names]


def ask(server: ArchiveServer, settings: ArchiveSettings = SETTINGS, **archive: Any) -> list[Any]:
    described = Archive("test", "Test", server.address, **archive)
    with ArchiveSession(described, settings) as session:
        return [item["id"] for item in session.items(QUESTION)]


def numbered_pages(server_of: Callable[[], ArchiveServer], pages: int) -> Handler:
    """Pages of one item each, by GET links with a token."""

    def search(asked: Ask) -> Reply:
        n = int(asked.parameters.get("token", 0))
        href = f"{server_of().address}search?token={n + 1}"
        return page_of(items(n), {"rel": "next", "href": href} if n + 1 < pages else None)

    return search


def numbered(start: Start, pages: int) -> ArchiveServer:
    server = start(lambda _: page_of([]))
    server.search = numbered_pages(lambda: server, pages)
    return server


def test_a_question_says_where_when_and_what(start: Start) -> None:
    server = start(lambda _: page_of(items("a")))
    assert ask(server) == ["a"]
    assert server.searches[0].parameters == {
        "collections": ["sentinel-1-grd"],
        "bbox": [60.0, -72.0, 80.0, -66.0],
        "datetime": "2026-09-01T00:00:00Z/2026-10-01T00:00:00Z",
        "limit": 3,
    }


def test_every_page_is_read(start: Start) -> None:
    assert ask(numbered(start, 12)) == list(range(12))


def test_pages_by_post_carry_on_the_question(start: Start) -> None:
    def search(asked: Ask) -> Reply:
        body = {"token": "second"}
        link = {"rel": "next", "href": "/search", "method": "POST", "body": body, "merge": True}
        if asked.parameters.get("token"):
            return page_of(items("b"))
        return page_of(items("a"), link)

    server = start(search)
    assert ask(server) == ["a", "b"]
    assert server.searches[1].parameters["bbox"] == [60.0, -72.0, 80.0, -66.0]


def test_an_empty_page_in_between_does_not_end_the_answer(start: Start) -> None:
    pages = {None: ([], "1"), "1": (items("a"), "2"), "2": ([], "3"), "3": (items("b"), None)}

    def search(asked: Ask) -> Reply:
        found, token = pages[asked.parameters.get("token")]
        return page_of(found, {"rel": "next", "href": f"/search?token={token}"} if token else None)

    assert ask(start(search)) == ["a", "b"]


def test_an_archive_that_always_offers_an_empty_next_page_comes_to_an_end(start: Start) -> None:
    def search(asked: Ask) -> Reply:
        n = int(asked.parameters.get("token", 0))
        return page_of(
            items("a") if n == 0 else [], {"rel": "next", "href": f"/search?token={n + 1}"}
        )

    assert ask(start(search)) == ["a"]


@pytest.mark.parametrize("conforms_to", [None, (), (CORE,)])
@pytest.mark.parametrize("methods", [(), ("GET",), ("GET", "POST")])
def test_an_archive_that_says_nothing_of_itself_is_searched_all_the_same(
    start: Start, conforms_to: Any, methods: Any
) -> None:
    server = start(lambda _: page_of(items("a")), conforms_to=conforms_to, methods=methods)
    assert ask(server) == ["a"]
    assert server.searches[0].method == ("GET" if methods == ("GET",) else "POST")


def test_where_post_is_refused_get_is_tried(start: Start) -> None:
    server = start(lambda a: page_of(items("a")) if a.method == "GET" else Reply({}, 405))
    assert ask(server) == ["a"]
    assert server.searches[-1].parameters["bbox"] == "60.0,-72.0,80.0,-66.0"


def test_modes_are_asked_for_where_the_archive_can_filter(start: Start) -> None:
    server = start(lambda _: page_of(items("a")), conforms_to=(CORE, SEARCH, FILTER))
    ask(server)
    asked = server.searches[0].parameters
    mode = {"property": "sar:instrument_mode"}
    assert asked["filter"] == {
        "op": "or",
        "args": [{"op": "=", "args": [mode, "EW"]}, {"op": "=", "args": [mode, "IW"]}],
    }
    assert asked["filter-lang"] == "cql2-json"


def test_an_older_archive_is_asked_in_the_older_way(start: Start) -> None:
    server = start(lambda _: page_of(items("a")), conforms_to=(CORE, SEARCH, QUERY))
    ask(server)
    assert server.searches[0].parameters["query"] == {"sar:instrument_mode": {"in": ["EW", "IW"]}}


def test_a_filter_by_get_is_text(start: Start) -> None:
    how = {"conforms_to": (CORE, SEARCH, FILTER), "methods": ("GET",)}
    server = start(lambda _: page_of(items("a")), **how)
    ask(server)
    assert "sar:instrument_mode" in server.searches[0].parameters["filter"]
    assert server.searches[0].parameters["filter-lang"] == "cql2-text"


@pytest.mark.parametrize("status", [400, 422, 501])
def test_a_filter_that_is_promised_and_refused_is_left_out(start: Start, status: int) -> None:
    def search(asked: Ask) -> Reply:
        return Reply({}, status) if "filter" in asked.parameters else page_of(items("a"))

    assert ask(start(search, conforms_to=(CORE, SEARCH, FILTER))) == ["a"]


def test_nothing_found_with_a_filter_is_asked_again_without(start: Start) -> None:
    def search(asked: Ask) -> Reply:
        return page_of([] if "filter" in asked.parameters else items("a"))

    assert ask(start(search, conforms_to=(CORE, SEARCH, FILTER))) == ["a"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_archive_that_is_busy_is_asked_again(start: Start, status: int) -> None:
    replies = iter([Reply({}, status), Reply({}, status), page_of(items("a"))])
    assert ask(start(lambda _: next(replies))) == ["a"]


def test_an_archive_that_asks_to_wait_is_waited_for_but_not_for_ever(start: Start) -> None:
    wait = Reply({}, 429, {"Retry-After": "1"})
    replies = iter([wait, page_of(items("a"))])
    begun = time.monotonic()
    assert ask(start(lambda _: next(replies))) == ["a"]
    assert 1.0 <= time.monotonic() - begun < 5.0
    for_ever = iter([Reply({}, 429, {"Retry-After": "86400"}), page_of(items("a"))])
    settings = SETTINGS.model_copy(update={"longest_wait_s": 0.4})
    begun = time.monotonic()
    assert ask(start(lambda _: next(for_ever)), settings) == ["a"]
    assert time.monotonic() - begun < 2.0


def test_an_answer_that_breaks_off_is_asked_for_again(start: Start) -> None:
    replies = iter([Reply({"features": []}, claimed_length=10_000), page_of(items("a"))])
    assert ask(start(lambda _: next(replies))) == ["a"]


def leading_to(href: Any) -> Reply:
    return page_of(items("a"), {"rel": "next", "href": href})


def slowly() -> Iterator[bytes]:
    while True:
        time.sleep(0.05)
        yield b" "


@pytest.mark.parametrize(
    ("search", "fault"),
    [
        (lambda _: Reply({}, 503), "answers 503"),
        (lambda _: Reply({}, 400), "answers 400"),
        (lambda _: Reply({}, 401), "answers 401"),
        (lambda _: Reply(b"<html>sorry</html>"), "no JSON"),
        (lambda _: Reply(b"[" * 100_000), "no JSON"),
        (lambda _: Reply(b"\xff\xfe\x00"), "no JSON"),
        (lambda _: Reply([1, 2]), "no JSON object"),
        (lambda _: Reply({"features": {"a": 1}}), "no features"),
        (lambda _: Reply({}), "no features"),
        (lambda _: Reply({}, claimed_length=99), "breaks off"),
        (lambda _: Reply(dribble=slowly, claimed_length=10**9), "too slowly"),
        (lambda _: leading_to(None), "without address"),
        (lambda _: leading_to("http://10.1.2.3/x"), "another host"),
        (lambda _: leading_to("file:///etc/passwd"), "another host"),
        (lambda _: leading_to("/search?x=1"), "again and again"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error(start: Start, search: Handler, fault: str) -> None:
    settings = SETTINGS.model_copy(update={"timeout_s": 0.3, "retries": 1})
    with pytest.raises(ArchiveError, match=fault):
        ask(start(search), settings)


def test_pages_in_a_circle_are_an_error(start: Start) -> None:
    def search(asked: Ask) -> Reply:
        other = {"0": "1", "1": "0"}[asked.parameters.get("token", "0")]
        name = f"{len(server.searches)}"
        return page_of(items(name), {"rel": "next", "href": f"/search?token={other}"})

    server = start(search)
    with pytest.raises(ArchiveError, match="circle"):
        ask(server)


def test_ten_thousand_pages_are_an_error_and_not_a_short_answer(start: Start) -> None:
    server = numbered(start, 10_000)
    with pytest.raises(ArchiveError, match="more than 20 pages"):
        ask(server)
    assert len(server.searches) == 20


def test_too_many_items_are_an_error(start: Start) -> None:
    settings = SETTINGS.model_copy(update={"most_items": 5})
    with pytest.raises(ArchiveError, match="more than 5 items"):
        ask(numbered(start, 12), settings)


@pytest.mark.parametrize(
    "landing",
    [
        Reply(b"<html></html>"),
        Reply([]),
        Reply({"type": "Feature"}),
        Reply({"type": "Catalog", "id": 1, "stac_version": "1.0.0", "links": 3}),
        Reply({"type": "Catalog", "id": "a", "stac_version": "9", "links": [], "conformsTo": [1]}),
        Reply({"type": "Catalog"}),
    ],
)
def test_what_is_no_stac_api_cannot_be_opened(start: Start, landing: Reply) -> None:
    server = start(lambda _: page_of([]), landing=lambda _: landing)
    with pytest.raises(ArchiveError, match="not as a STAC API"):
        ask(server)


def test_a_collection_that_is_not_there_is_an_error_that_names_those_that_are(start: Start) -> None:
    server = start(lambda _: page_of([]), collection="s1-grd")
    with pytest.raises(ArchiveError, match="no collection 'sentinel-1-grd'; it has s1-grd"):
        ask(server)
    assert not server.searches


def test_nobody_there_is_an_error_without_the_secrets_of_the_address() -> None:
    archive = Archive("test", "Test", "http://me:word@127.0.0.1:9/?token=secret")
    with pytest.raises(ArchiveError, match="cannot be reached") as caught:
        ArchiveSession(archive, SETTINGS)
    assert "secret" not in str(caught.value)
    assert "word" not in str(caught.value)


def test_a_token_is_shown_to_the_archive(start: Start) -> None:
    server = start(lambda _: page_of([]))
    ask(server, token=SecretStr("hush"))
    assert {asked.headers["Authorization"] for asked in server.asked} == {"Bearer hush"}
