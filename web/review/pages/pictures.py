"""What the machine saw, as pictures: the quick-look as it is kept, the probabilities drawn."""

from __future__ import annotations

from starlette.responses import FileResponse, JSONResponse, Response

from catalog.errors import NotRecorded, UnknownUnit
from catalog.items.envelope import Asset
from catalog.stored import StoredItem
from web.review.case_map import coast_of
from web.review.desk import Desk
from web.review.probability import probability_png
from web.review.radar import radar_png
from web.review.visit import Visit

PNG = "image/png"
# The address carries the digest of what is shown; it is for this reader only.
KEEP = {"cache-control": "private, max-age=604800, immutable"}
KEEP_A_DAY = {"cache-control": "private, max-age=86400"}
QUICKLOOK, PROBABILITY = "quicklook", "probability"


def quicklook(desk: Desk, visit: Visit) -> Response:
    """The radar quick-look of a front; raises NotRecorded where none is kept."""
    asset = _asset(desk, visit, QUICKLOOK)
    path = desk.store.objects.existing_path(asset.href)
    return FileResponse(path, media_type=PNG, headers=KEEP)


def radar(desk: Desk, visit: Visit) -> Response:
    """The scene of a quick-look, to lie on the map; raises NotRecorded where none is kept."""
    asset = _asset(desk, visit, QUICKLOOK)
    png = radar_png(desk.store.objects.existing_path(asset.href))
    return Response(png, media_type=PNG, headers=KEEP)


def probability(desk: Desk, visit: Visit) -> Response:
    """The probability of ice of a front as a picture; raises NotRecorded where none is kept."""
    asset = _asset(desk, visit, PROBABILITY)
    png = probability_png(desk.store.objects.existing_path(asset.href))
    return Response(png, media_type=PNG, headers=KEEP)


def coast(_desk: Desk, visit: Visit) -> Response:
    """The coast around a unit, for the map."""
    unit = visit.request.path_params["unit"]
    try:
        return JSONResponse(coast_of(unit), headers=KEEP_A_DAY)
    except UnknownUnit as error:
        raise NotRecorded("is no unit of the table.", where=unit) from error


def kept_asset(desk: Desk, stored: StoredItem, key: str) -> Asset | None:
    """The asset `key` of a front, where the record names it and its file is there."""
    found = (asset for asset in desk.memory.assets(stored) if asset.key == key)
    asset = next(found, None)
    is_there = asset is not None and desk.store.objects.path(asset.href).is_file()
    return asset if is_there else None


def _asset(desk: Desk, visit: Visit, key: str) -> Asset:
    params = visit.request.path_params
    stored = desk.store.get(params["collection"], params["item_id"])
    asset = kept_asset(desk, stored, key)
    if asset is None:
        raise NotRecorded(f"has no {key} that is kept.", where=stored.item_id)
    return asset
