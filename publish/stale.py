"""What is made of fronts is released with the very revisions of them that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.lineage import InputKind, Lineage
from publish.errors import DanglingLineage


def refuse_stale_lineage(
    digests: Mapping[str, str], records: Iterable[tuple[str, Lineage]], remedy: str
) -> None:
    """Raise DanglingLineage for the first record that names another revision than `digests`.

    `digests` are those of the fronts of the release by id; `records` are ids with their lineage.
    """
    for record_id, lineage in records:
        for entry in lineage.inputs_of(InputKind.FRONT):
            if digests.get(entry.name) != entry.sha256:
                raise DanglingLineage(
                    f"was made from a revision of {entry.name} that is not in the release.",
                    where=record_id,
                    remedy=remedy,
                )
