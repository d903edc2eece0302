"""Items of two kinds, with letters, gaps and numbers that are hard to filter by."""

from __future__ import annotations

from datetime import timedelta

from catalog.items.calving import calving_to_item
from catalog.items.envelope import Item
from tests.catalog.filtering.expressions import TEXTS
from tests.catalog.records import FIRST_DAY, generated_items
from tests.factories import make_calving


def mixed_items() -> list[Item]:
    """Fronts all around the continent, calving events, and one item without anything of its own."""
    fronts = generated_items(30)
    for number, item in enumerate(fronts):
        own = item["properties"]
        own["title"] = TEXTS[number % len(TEXTS)]
        own["icelines:baseline"] = TEXTS[-number % len(TEXTS)]
        if number >= len(TEXTS):
            del own["title"]
    events = [
        calving_to_item(
            make_calving(
                number=number + 1,
                start=FIRST_DAY + timedelta(days=10 * number),
                end=FIRST_DAY + timedelta(days=10 * number + 12),
                is_wide=number % 2 == 0,
            )
        )
        for number in range(4)
    ]
    bare = {**fronts[5], "id": "bare", "collection": "scenes"}
    bare["properties"] = {"datetime": "2015-01-05T00:00:00Z"}
    return [*fronts, *events, bare]
