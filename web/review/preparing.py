"""The case that comes next, made ready while somebody looks at the one before it.

What takes long is reading the fronts of a series and thinning long lines for the eye; both are
remembered, so a page that was prepared is only put together.
"""

from __future__ import annotations

import logging

from starlette.background import BackgroundTask
from starlette.responses import Response

from catalog.errors import IceLinesError
from catalog.review_queue import QueueEntry
from web.review.case_map import case_picture, map_content
from web.review.desk import Desk
from web.review.docket import as_decided, read_case
from web.review.neighbourhood import neighbourhood_of
from web.review.series_chart import series_chart

logger = logging.getLogger(__name__)


def preparing(response: Response, desk: Desk, entry: QueueEntry | None) -> Response:
    """`response`, after which the case of `entry` is prepared in a thread of its own."""
    if entry is not None:
        response.background = BackgroundTask(prepare, desk, entry)
    return response


def prepare(desk: Desk, entry: QueueEntry) -> None:
    """Read and draw what the page of a case shows, and remember it; faults wait for the page."""
    try:
        case = read_case(desk.store, desk.memory, entry.collection, entry.front_id)
        front, traced = as_decided(desk.store, case)
        near = neighbourhood_of(front, desk.store, desk.memory, traced)
        case_picture(near, "")
        map_content(near, "", None, None, None)
        series_chart(near)
    except IceLinesError as error:
        logger.info("the next case was not prepared: %s", error)
