"""What every DOI registry keeps to, and what DataCite needs beside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest

from catalog.release import Doi
from publish.deposit import WAITS_S, Credentials, DataCiteRegistry
from publish.errors import DepositFailed
from publish.registry import DoiRegistry, DoiState, agrees, differences
from publish.rehearsal import RehearsalRegistry
from tests.publish.datacite_server import PASSWORD, PREFIX, USER, DataCiteServer, Fault
from tests.publish.records import BuiltHouse

DOI = Doi(f"{PREFIX}/icelines.2026.11")
URL = "https://icelines.example.org/releases/2026.11/"
PATH = str(DOI)


@pytest.fixture
def metadata(built: BuiltHouse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built.folder / "datacite.json").read_bytes())
    return found


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def live(datacite: DataCiteServer, waits: list[float]) -> DataCiteRegistry:
    return DataCiteRegistry(Credentials(USER, PASSWORD, datacite.url), PREFIX, waits.append, 5.0)


@pytest.fixture(params=["live", "rehearsal"])
def registry(request: pytest.FixtureRequest) -> Iterator[DoiRegistry]:
    if request.param == "rehearsal":
        yield RehearsalRegistry()
    else:
        yield request.getfixturevalue("live")


def test_nobody_knows_a_doi_before_it_is_made(registry: DoiRegistry) -> None:
    assert registry.fetch(DOI) is None


def test_a_saved_doi_is_a_draft_that_reads_back_as_it_was_sent(
    registry: DoiRegistry, metadata: dict[str, Any]
) -> None:
    sent = deepcopy(metadata)
    record = registry.save(DOI, metadata, URL)
    assert (record.state, record.url) == (DoiState.DRAFT, URL)
    assert differences(sent, record.metadata) == ()
    assert metadata == sent, "the caller's dictionary was changed"


def test_saving_again_brings_a_draft_up_to_date(
    registry: DoiRegistry, metadata: dict[str, Any]
) -> None:
    registry.save(DOI, metadata, URL)
    changed = {**metadata, "titles": [{"title": "Another"}]}
    record = registry.save(DOI, changed, f"{URL}more/")
    assert record.metadata["titles"][0]["title"] == "Another"
    assert record.url == f"{URL}more/"


def test_a_findable_doi_stays_findable_when_it_is_saved(
    registry: DoiRegistry, metadata: dict[str, Any]
) -> None:
    registry.save(DOI, metadata, URL)
    assert registry.make_findable(DOI).state is DoiState.FINDABLE
    assert registry.make_findable(DOI).state is DoiState.FINDABLE
    assert registry.save(DOI, metadata, URL).state is DoiState.FINDABLE


def test_one_field_can_be_changed_alone(registry: DoiRegistry, metadata: dict[str, Any]) -> None:
    registry.save(DOI, metadata, URL)
    record = registry.save(DOI, {"relatedIdentifiers": []}, URL)
    assert record.metadata["titles"] == metadata["titles"]
    assert record.metadata["relatedIdentifiers"] == []


PASSING = (Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.TIME_OUT, Fault.LOST_RESPONSE)


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_draft_comes_about_in_spite_of_a_passing_fault(
    live: DataCiteRegistry,
    datacite: DataCiteServer,
    metadata: dict[str, Any],
    waits: list[float],
    method: str,
    fault: Fault,
) -> None:
    datacite.inject(method, fault)
    assert live.save(DOI, metadata, URL).state is DoiState.DRAFT
    assert datacite.state(PATH) == "draft"
    assert waits == [WAITS_S[0]]


@pytest.mark.parametrize("fault", PASSING)
def test_a_doi_becomes_findable_in_spite_of_a_passing_fault(
    live: DataCiteRegistry, datacite: DataCiteServer, metadata: dict[str, Any], fault: Fault
) -> None:
    live.save(DOI, metadata, URL)
    datacite.inject("PUT", fault)
    assert live.make_findable(DOI).state is DoiState.FINDABLE


def test_a_post_whose_answer_was_lost_is_not_posted_again(
    live: DataCiteRegistry, datacite: DataCiteServer, metadata: dict[str, Any]
) -> None:
    datacite.inject("POST", Fault.LOST_RESPONSE)
    live.save(DOI, metadata, URL)
    assert [method for method, _ in datacite.requests].count("POST") == 1


def test_a_put_that_makes_the_doi_is_no_failure(
    live: DataCiteRegistry, datacite: DataCiteServer, metadata: dict[str, Any]
) -> None:
    live.save(DOI, metadata, URL)
    del datacite.dois[PATH]
    # Between our GET and PUT somebody deleted the draft: DataCite makes it again with 201.
    live._put({**metadata, "url": URL}, DOI)
    assert datacite.state(PATH) == "draft"


def test_waiting_grows_and_ends(
    live: DataCiteRegistry, datacite: DataCiteServer, metadata: dict[str, Any], waits: list[float]
) -> None:
    datacite.inject("GET", *[Fault.SERVER_ERROR] * (len(WAITS_S) + 1))
    with pytest.raises(DepositFailed, match="DataCite answered 500"):
        live.save(DOI, metadata, URL)
    assert waits == list(WAITS_S)
    assert waits == sorted(waits)


def test_a_change_of_state_that_was_passed_over_in_silence_is_noticed(
    live: DataCiteRegistry, datacite: DataCiteServer, metadata: dict[str, Any]
) -> None:
    live.save(DOI, metadata, URL)
    datacite.inject("PUT", Fault.SILENT)
    with pytest.raises(DepositFailed, match="is draft where it should be findable"):
        live.make_findable(DOI)


def test_a_refusal_is_not_tried_again(
    live: DataCiteRegistry, datacite: DataCiteServer, metadata: dict[str, Any], waits: list[float]
) -> None:
    datacite.inject("POST", Fault.REFUSED)
    with pytest.raises(DepositFailed, match="DataCite answered 422"):
        live.save(DOI, metadata, URL)
    assert waits == []


def test_a_draft_without_metadata_cannot_be_made_findable(
    live: DataCiteRegistry, datacite: DataCiteServer
) -> None:
    live.save(DOI, {}, URL)
    with pytest.raises(DepositFailed, match="can't be blank"):
        live.make_findable(DOI)
    assert datacite.state(PATH) == "draft"


def test_what_was_never_saved_cannot_be_made_findable(live: DataCiteRegistry) -> None:
    with pytest.raises(DepositFailed, match="not there"):
        live.make_findable(DOI)


def test_wrong_credentials_are_said_without_the_password(
    datacite: DataCiteServer, metadata: dict[str, Any], waits: list[float]
) -> None:
    wrong = Credentials(USER, "open sesame", datacite.url)
    registry = DataCiteRegistry(wrong, PREFIX, waits.append)
    with pytest.raises(DepositFailed, match="ICELINES_DATACITE") as caught:
        registry.save(DOI, metadata, URL)
    assert "open sesame" not in f"{caught.value}{caught.value.__cause__}{wrong!r}"


def test_a_service_that_is_not_there_is_said_so(
    metadata: dict[str, Any], waits: list[float]
) -> None:
    nobody = Credentials(USER, PASSWORD, "http://127.0.0.1:9/")
    registry = DataCiteRegistry(nobody, PREFIX, waits.append)
    with pytest.raises(DepositFailed, match="could not be reached"):
        registry.save(DOI, metadata, URL)
    assert len(waits) == len(WAITS_S)


def put(datacite: DataCiteServer, **attributes: Any) -> httpx.Response:
    body = {"data": {"attributes": attributes}}
    return httpx.put(f"{datacite.url}dois/{PATH}", json=body, auth=(USER, PASSWORD))


TRANSITIONS: dict[str, tuple[list[str], str]] = {
    "a draft can be registered": (["register"], "registered"),
    "a registered one can be made findable": (["register", "publish"], "findable"),
    "a findable one can be hidden": (["publish", "hide"], "registered"),
    "a draft cannot be hidden": (["hide"], "draft"),
    "a findable one is not registered again": (["publish", "register"], "findable"),
}


@pytest.mark.parametrize("name", TRANSITIONS)
def test_the_loopback_service_follows_the_rules_of_states(
    datacite: DataCiteServer, live: DataCiteRegistry, metadata: dict[str, Any], name: str
) -> None:
    events, state = TRANSITIONS[name]
    live.save(DOI, metadata, URL)
    assert [put(datacite, event=event).status_code for event in events] == [200] * len(events)
    assert datacite.state(PATH) == state


def test_the_loopback_service_follows_the_rules_of_codes(datacite: DataCiteServer) -> None:
    auth, address = (USER, PASSWORD), f"{datacite.url}dois/{PATH}"
    body = {"data": {"attributes": {"doi": PATH}}}
    assert httpx.get(address, auth=auth).status_code == 404
    assert put(datacite).status_code == 201
    assert httpx.post(f"{datacite.url}dois", json=body, auth=auth).status_code == 422
    assert httpx.post(f"{datacite.url}dois", json=body).status_code == 401
    assert httpx.get(address).status_code == 404, "a draft is shown to its owner only"
    assert httpx.delete(address, auth=auth).status_code == 204
    assert put(datacite, event="publish").status_code == 422, "publishing validates"


def test_the_loopback_service_deletes_drafts_only(
    datacite: DataCiteServer, live: DataCiteRegistry, metadata: dict[str, Any]
) -> None:
    live.save(DOI, metadata, URL)
    live.make_findable(DOI)
    address = f"{datacite.url}dois/{PATH}"
    assert httpx.delete(address, auth=(USER, PASSWORD)).status_code == 405
    assert (
        httpx.get(address).json()["data"]["attributes"]["publisher"] == "Institute of Ice & Öcean"
    )


AGREEMENTS: dict[str, tuple[Any, Any, bool]] = {
    "a publisher as a string": ({"name": "X", "schemeUri": "y"}, "X", True),
    "another publisher": ({"name": "X"}, "Z", False),
    "a year as a number": ("2026", 2026, True),
    "fields that were added": ({"a": "1"}, {"a": "1", "lang": None}, True),
    "a field that is gone": ({"a": "1"}, {}, False),
    "a list with one more": (["a"], ["a", "b"], False),
    "a list in another order": (["a", "b"], ["b", "a"], False),
    "nothing at all": ("a", None, False),
}


@pytest.mark.parametrize("name", AGREEMENTS)
def test_reshaping_is_no_difference_and_losing_is(name: str) -> None:
    wanted, found, is_same = AGREEMENTS[name]
    assert agrees(wanted, found) is is_same
