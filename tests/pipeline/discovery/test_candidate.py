"""A candidate survives the ledger."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from catalog.canonical import canonical_json
from pipeline.discovery.candidate import (
    Candidate,
    RemoteFile,
    candidate_to_document,
    document_to_candidate,
)
from tests.pipeline.candidates import make_candidate

files = st.builds(
    RemoteFile,
    st.text(min_size=1),
    st.text(min_size=1),
    st.none() | st.just("md5:" + "0" * 32),
    st.none() | st.integers(0, 2**40),
)
candidates = st.builds(
    lambda found, timeliness, notes, processed, west: make_candidate(
        files=tuple(found),
        timeliness=timeliness,
        notes=tuple(notes),
        processed=processed,
        footprint=MultiPolygon([box(west, -75.0, 180.0, -70.0), box(-180.0, -75.0, -178, -70.0)]),
    ),
    st.lists(files, max_size=3),
    st.none() | st.text(),
    st.lists(st.text(), max_size=2),
    st.none() | st.datetimes(datetime(2014, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.floats(150.0, 179.0),
)


@given(candidates)
def test_a_candidate_comes_back_from_json_as_it_was(candidate: Candidate) -> None:
    document = orjson.loads(canonical_json(candidate_to_document(candidate)))
    assert document_to_candidate(document) == candidate
