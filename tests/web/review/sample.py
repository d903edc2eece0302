"""A catalogue with doubtful fronts, a desk over it, and the server that shows both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server
from typing import Any

import numpy as np
from argon2 import PasswordHasher
from shapely import MultiLineString, get_coordinates
from starlette.applications import Starlette
from starlette.routing import Mount

from catalog.front import Front, Interval, Origin, Reason, Status
from catalog.items.envelope import COG, PNG, Asset
from catalog.settings import Workspace, load_settings
from catalog.shelf import find_part
from catalog.store import CatalogStore
from pipeline.grid import Grid
from pipeline.probability import Probabilities
from pipeline.products import probability_cog
from pipeline.quicklook import Caption, draw_quicklook
from tests.factories import make_front
from tests.web.api.serving import running
from web.api.exposure import Exposure, State
from web.app import build_app
from web.review.app import build_desk
from web.review.desk import Desk
from web.review.login import add_account
from web.review.passwords import Passwords
from web.review.register import Clock, Register, utc_now

PASSWORD = "seven grey icebergs"
REVIEWERS = ("ada", "bob")
FIRST_DAY = datetime(2026, 1, 3, 8, 12, 33, tzinfo=UTC)
STEP = timedelta(days=12)
VERTICES = 80
DOUBTS = (
    (Reason.ADVANCE_TOO_FAST,),
    (Reason.AREA_LOST_AND_REGAINED,),
    (Reason.LOW_CONFIDENCE,),
    (Reason.INCOMPLETE, Reason.LOW_CONFIDENCE),
)


def front_line(
    unit: str, share: float, wiggle_m: float = 300.0, seed: int = 0, vertices: int = VERTICES
) -> MultiLineString:
    """A line through the region of a unit, `share` of the way from its reference to the sea."""
    part = find_part(unit)
    landward = _evenly(get_coordinates(part.reference), vertices)
    ring = get_coordinates(part.region.exterior)[:-1]
    seaward = _evenly(ring[len(get_coordinates(part.reference)) :][::-1], vertices)
    line = landward + share * (seaward - landward)
    chance = np.random.default_rng(seed)
    line[1:-1] += chance.normal(0, wiggle_m, line[1:-1].shape).cumsum(axis=0) / 4
    return MultiLineString([np.round(line / 10) * 10])


def _evenly(points: Any, count: int) -> Any:
    along = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    at = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(at, along, axis) for axis in points.T])


def series(
    unit: str,
    shelf: str,
    doubts: Sequence[int],
    length: int = 12,
    *,
    vertices: int = VERTICES,
    wiggle_m: float = 300.0,
) -> list[Front]:
    """One front every twelve days; those at the places `doubts` are in review."""
    fronts = []
    for place in range(length):
        moment = FIRST_DAY + place * STEP
        is_doubtful = place in doubts
        share = 0.5 + 0.006 * place + (0.06 if is_doubtful else 0.0)
        fronts.append(
            make_front(
                unit=unit,
                shelf=shelf,
                start=moment,
                end=moment,
                interval=Interval.DAILY,
                origin=Origin.SENTINEL1,
                source="sentinel1",
                line=front_line(unit, share, wiggle_m, place, vertices),
                area_km2=60_000.0 + 9 * place + (320 if is_doubtful else 0),
                area_change_km2=329.0 if is_doubtful else 9.0,
                confidence=0.61 if is_doubtful else 0.93,
                status=Status.IN_REVIEW if is_doubtful else Status.ACCEPTED,
                reasons=DOUBTS[place % len(DOUBTS)] if is_doubtful else (),
            )
        )
    return fronts


def with_pictures(front: Front, store: CatalogStore) -> tuple[Front, list[Asset]]:
    """A front whose scene and probabilities are kept."""
    west, _, _, north = front.line.bounds
    grid = Grid("EPSG:3031", west - 20_000, north + 20_000, 250.0, 1_000, 800)
    columns = np.linspace(-3, 3, grid.width)[None, :] + np.zeros((grid.height, 1))
    ice = np.rint(254 / (1 + np.exp(columns * 3))).astype(np.uint8)
    cog = probability_cog(Probabilities(ice, np.zeros_like(ice)), grid, {})
    noise = np.random.default_rng(5).gamma(4, 1, columns.shape).astype(np.float32)
    backscatter = (12 / (1 + np.exp(columns * 3)) - 24 + noise).astype(np.float32)
    picture = draw_quicklook(backscatter, grid, front.line, Caption(front.id, "Drawn for a test"))
    probability = store.objects.put_bytes(cog, ".tif")
    quicklook = store.objects.put_bytes(picture, ".png")
    return front, [
        Asset.of_object("probability", probability, COG, "Probability of ice", ("data",)),
        Asset.of_object("quicklook", quicklook, PNG, "Scene and front", ("overview",)),
    ]


def record_sample(store: CatalogStore) -> None:
    """Amery with four doubtful fronts, the first with pictures, and one of Totten."""
    amery = series("Amery", "Amery", doubts=(3, 5, 7, 8))
    pictured = [with_pictures(f, store) if f.id == amery[3].id else (f, []) for f in amery]
    store.record_fronts(pictured)
    store.record_fronts((f, []) for f in series("Totten", "Totten", doubts=(6,)))


def record_many(store: CatalogStore, count: int) -> None:
    """`count` doubtful fronts among as many trusted ones, in ten units."""
    units = [
        ("Amery", "Amery"), ("Totten", "Totten"), ("Mertz", "Mertz"), ("LarsenC", "LarsenC"),
        ("Getz1", "Getz"), ("Getz2", "Getz"), ("Dotson", "Dotson"), ("Crosson", "Crosson"),
        ("PineIsland", "PineIsland"), ("Shackleton", "Shackleton"),
    ]  # fmt: skip
    each = count // len(units)
    for unit, shelf in units:
        fronts = series(unit, shelf, doubts=range(0, 2 * each, 2), length=2 * each)
        store.record_fronts((replace(front, area_km2=front.area_km2), []) for front in fronts)


def quick_passwords() -> Passwords:
    """Weak on purpose: tests log in often."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@contextmanager
def open_desk(folder: Path, clock: Clock = utc_now) -> Iterator[Desk]:
    """A desk over the catalogue of `folder`."""
    settings = load_settings(folder)
    with CatalogStore.open(settings) as store:
        register = Register.open(settings, clock)
        yield Desk(store, register, quick_passwords())
        register.close()


def add_reviewers(desk: Desk) -> None:
    for name in REVIEWERS:
        add_account(desk.register, desk.passwords, name, PASSWORD)


def desk_alone(desk: Desk) -> Starlette:
    """The desk without all else that is served: it starts in no time."""
    return Starlette(routes=[Mount("/review", build_desk(desk, ["127.0.0.1"]))])


def desk_app(desk: Desk, folder: Path, address: str, state: State = State.WORKING) -> Starlette:
    """The desk as `icelines serve` shows it."""
    return build_app(desk.store, Workspace(folder), Exposure(state, address), desk)


@contextmanager
def live_desk(desk: Desk, folder: Path) -> Iterator[str]:
    """The address of the desk on a free port of this machine."""
    with create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with running(desk_app(desk, folder, address), listening):
            yield f"{address}/review/"
