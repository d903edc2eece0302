"""PROV-JSON of records: each revision is made once, by the program or by a person's decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.canonical import canonical_json, sha256_hex
from catalog.front import Front
from catalog.items.calving import calving_to_item
from catalog.items.envelope import Item
from catalog.items.front import front_to_item
from catalog.lineage import Input, InputKind, Judgement
from catalog.prov import Document, prov_document
from catalog.review import Action, DecisionReason
from catalog.stored import StoredItem
from tests.factories import make_calving, make_front, make_imported_front, make_lineage

FIRST = datetime(2026, 10, 1, 8, tzinfo=UTC)


def stored(item: Item) -> StoredItem:
    document = canonical_json(item)
    digest = sha256_hex(document)
    return StoredItem(item["collection"], item["id"], 2, digest, document, "2026-10-01")


def judged(*revisions: str) -> Front:
    """A front with one decision for each revision that was judged."""
    judgements = tuple(
        Judgement(
            number,
            Action.REJECT,
            DecisionReason.MELT,
            f"Person {number % 2}",
            FIRST + timedelta(hours=number),
            revision * 64,
        )
        for number, revision in enumerate(revisions, start=1)
    )
    return make_front(lineage=replace(make_lineage(), judgements=judgements))


def prov_of(front: Front) -> tuple[Document, str]:
    record = stored(front_to_item(front, []))
    return prov_document([record]), f"revision:{record.digest}"


def makers(document: Document) -> dict[str, str]:
    relations = document["wasGeneratedBy"].values()
    return {one["prov:entity"]: one["prov:activity"] for one in relations}


def test_a_front_is_made_from_its_scene_and_model_by_this_program() -> None:
    document, name = prov_of(make_front())
    activity = makers(document)[name]
    used = {r["prov:entity"] for r in document["used"].values() if r["prov:activity"] == activity}
    labels = {document["entity"][entity]["prov:label"] for entity in used}
    assert labels == {"SIM_EW_GRDM_1SDH_20260912T081233_Amery", "hedunet-hh-1"}
    (association,) = document["wasAssociatedWith"].values()
    assert association == {"prov:activity": activity, "prov:agent": "software:0.1.0"}


def test_a_decision_is_an_activity_of_a_person_at_a_time_on_a_revision() -> None:
    document, name = prov_of(judged("a"))
    decision = f"decision:{make_front().id}.1"
    assert document["activity"][decision] == {
        "prov:startTime": "2026-10-01T09:00:00Z",
        "prov:endTime": "2026-10-01T09:00:00Z",
        "prov:type": {"$": "icelines:Decision", "type": "prov:QUALIFIED_NAME"},
        "icelines:action": "reject",
        "icelines:reason": "melt",
    }
    assert {"prov:activity": decision, "prov:entity": f"revision:{'a' * 64}"} in (
        document["used"].values()
    )
    assert {"prov:activity": decision, "prov:agent": "person:Person%201"} in (
        document["wasAssociatedWith"].values()
    )
    assert makers(document)[name] == decision
    assert makers(document)[f"revision:{'a' * 64}"] == f"made:{'a' * 64}"


def test_decisions_follow_one_another() -> None:
    document, name = prov_of(judged("a", "b"))
    front_id = make_front().id
    assert makers(document)[f"revision:{'b' * 64}"] == f"decision:{front_id}.1"
    assert makers(document)[name] == f"decision:{front_id}.2"
    assert [*document["wasInformedBy"].values()] == [
        {"prov:informed": f"decision:{front_id}.2", "prov:informant": f"decision:{front_id}.1"}
    ]


def test_a_decision_that_was_undone_before_it_was_applied_made_nothing() -> None:
    document, name = prov_of(judged("a", "a"))
    decisions = [maker for maker in makers(document).values() if maker.startswith("decision:")]
    assert decisions == [makers(document)[name]] == [f"decision:{make_front().id}.2"]


def revision_chains() -> st.SearchStrategy[list[str]]:
    """What was judged, in order: a revision never comes back once another took its place."""
    runs = st.lists(st.integers(1, 3), max_size=4)
    return runs.map(lambda lengths: [f"{i:x}" for i, n in enumerate(lengths) for _ in range(n)])


@given(revision_chains())
def test_nothing_is_made_twice_and_every_name_is_told(revisions: Sequence[str]) -> None:
    document, _ = prov_of(judged(*revisions))
    made = Counter(one["prov:entity"] for one in document["wasGeneratedBy"].values())
    assert set(made.values()) == {1}
    told = {*document["entity"], *document["activity"], *document["agent"]}
    relations = [r for kind, rs in document.items() if kind.startswith("w") for r in rs.values()]
    named = {v for r in relations for k, v in r.items() if k != "prov:type"}
    assert named <= told


def test_an_event_is_made_from_the_revisions_of_its_fronts() -> None:
    front = stored(front_to_item(make_front(), []))
    named = Input(InputKind.FRONT, front.item_id, front.digest)
    event = stored(calving_to_item(make_calving(lineage=replace(make_lineage(), inputs=(named,)))))
    document = prov_document([event, front])
    assert {
        "prov:generatedEntity": f"revision:{event.digest}",
        "prov:usedEntity": f"revision:{front.digest}",
    } in document["wasDerivedFrom"].values()
    assert document["entity"][f"revision:{front.digest}"]["icelines:revision"] == 2


@pytest.mark.parametrize("shuffle", [False, True])
def test_the_order_of_records_does_not_matter(shuffle: bool) -> None:
    records = [stored(front_to_item(f, [])) for f in (make_front(), make_imported_front())]
    given_order = records[::-1] if shuffle else records
    assert canonical_json(prov_document(given_order)) == canonical_json(prov_document(records))
