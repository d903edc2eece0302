"""A scene that is processed anew and gives no front: what an earlier run found is withdrawn.

Nothing is deleted: the older front is rejected by a revision of its own. What a person accepted or
drew stays the person's, as it does in `check`.
"""

from __future__ import annotations

from dataclasses import replace

from catalog.errors import NotRecorded
from catalog.front import Front, Interval, Reason, Status, front_id
from catalog.items.front import item_to_front
from catalog.lineage import InputKind
from catalog.observation import Observation
from catalog.review_verdict import decided_front
from catalog.scene import Scene
from catalog.shelf import Part
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome
from pipeline.recording import not_observed, observed, origin_of
from pipeline.trace import NoFront


def withdraw_front(
    store: CatalogStore, part: Part, scene: Scene, why: NoFront
) -> tuple[Observation, RecordOutcome]:
    """What became of the acquisition, and the revisions that withdraw its front, if it had one."""
    told = not_observed(part, scene, why)
    recorded = _front_of(store, part, scene)
    if recorded is None:
        return told, RecordOutcome()
    front, outcome = _withdrawn(store, recorded)
    if front.status is Status.REJECTED:
        return replace(told, front_id=front.id), outcome
    return observed(front, scene), outcome


def _front_of(store: CatalogStore, part: Part, scene: Scene) -> Front | None:
    source = str(origin_of(scene))
    name = front_id(part.name, Interval.DAILY, scene.start, source)
    try:
        front = item_to_front(store.get(f"fronts-{Interval.DAILY}", name).item)
    except NotRecorded:
        return None
    # Another product of the same moment may still show what this one does not.
    scenes = {entry.name for entry in front.lineage.inputs_of(InputKind.SCENE)}
    return front if scene.id in scenes else None


def _withdrawn(store: CatalogStore, recorded: Front) -> tuple[Front, RecordOutcome]:
    """The front as it stands after the machine's own was rejected.

    Decisions are applied to what the machine left, so that has to be withdrawn, or an undo would
    bring the older front back.
    """
    machine = store.review.undecided_front(recorded.collection, recorded.id)
    if Reason.INPUTS_WITHDRAWN in machine.reasons:
        return recorded, RecordOutcome()
    gone = replace(machine, status=Status.REJECTED, reasons=(Reason.INPUTS_WITHDRAWN,))
    outcome = store.revise_front(gone)
    if not recorded.lineage.judgements:
        return gone, outcome
    decisions = store.review.decisions(recorded.collection, recorded.id)
    front = decided_front(gone, decisions)
    return front, outcome + store.revise_front(front)
