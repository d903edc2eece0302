"""stac-geoparquet: the STAC items of a release as one table for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from catalog.collection import COLLECTIONS, Extent, build_collection
from catalog.items.envelope import format_time, start_and_end
from catalog.served import served_form
from catalog.stored import StoredItem
from publish.errors import PackagingFailed

MEDIA_TYPE = "application/vnd.apache.parquet"


def write_stac_geoparquet(path: Path, stored: Iterable[StoredItem], public_url: str) -> None:
    """The items as they are served at `public_url`, by id."""
    import pyarrow
    from stac_geoparquet.arrow import parse_stac_items_to_arrow, to_parquet

    kept = sorted(stored, key=lambda s: (s.collection, s.item_id))
    items = [served_form(s.item, public_url, s.revision, s.digest) for s in kept]
    names = sorted({s.collection for s in kept} & COLLECTIONS.keys())
    collections = {
        name: build_collection(
            COLLECTIONS[name], _extent([s for s in kept if s.collection == name])
        )
        for name in names
    }
    try:
        to_parquet(
            parse_stac_items_to_arrow(items),
            path,
            schema_version="1.1.0",
            collections=collections,
            compression="zstd",
        )
    except (pyarrow.ArrowException, ValueError) as error:
        raise PackagingFailed(f"cannot be written ({error}).", where=path.name) from error


def _extent(stored: list[StoredItem]) -> Extent:
    moments = [start_and_end(s.item) for s in stored]
    first, last = min(start for start, _ in moments), max(end for _, end in moments)
    return Extent(start=format_time(first), end=format_time(last))
