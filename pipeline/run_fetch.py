"""Products at archives become scenes on record: several at a time, each by itself, resumable.

What was done stands in the ledger of work; what is half done lies in the store under a name that
the next run goes on from. Only this thread writes records: the others carry files.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import shapely

from catalog.errors import InputError, InvalidName, NotRecorded
from catalog.items.scene import COLLECTION as SCENES
from catalog.items.scene import item_to_scene, scene_to_item
from catalog.objects import ObjectStore, StoredObject
from catalog.release import Month
from catalog.scene import ProductName, Scene, parse_product_name
from catalog.shelf import Part
from catalog.store import CatalogStore
from catalog.stored import RecordOutcome, Work
from pipeline.discovery.candidate_ledger import candidates_on_record, month_of
from pipeline.errors import SceneError
from pipeline.fetch import Wanted, fetch_product
from pipeline.fetching.contents import check_contents
from pipeline.fetching.download import Carrier, Stopped
from pipeline.fetching.errors import ArchiveFault, BeingFetched, FetchError
from pipeline.fetching.room import empty, own_room
from pipeline.fetching.simulated import says_simulated
from pipeline.geometry.footprint import footprint, outline_of
from pipeline.safe.open import open_product
from pipeline.safe.product import SafeProduct

FETCH = "fetch"
MOST_ATTEMPTS = 3  # after that a product is left in quarantine until it is named by hand
M_PER_KM = 1000.0
SIMULATION = "is a simulation, no observation: on record as such"


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A product that could not be had, and why."""

    name: str
    fault: str


@dataclass(frozen=True, slots=True)
class FetchReport:
    """How a run ended. `doubts` are what the reader of products found missing or odd."""

    wanted: int = 0
    done_before: int = 0
    scenes: RecordOutcome = field(default_factory=RecordOutcome)
    size_bytes: int = 0
    failures: tuple[FetchFailure, ...] = ()
    quarantined: tuple[FetchFailure, ...] = ()
    doubts: tuple[str, ...] = ()

    def __add__(self, other: FetchReport) -> FetchReport:
        return FetchReport(
            self.wanted + other.wanted,
            self.done_before + other.done_before,
            self.scenes + other.scenes,
            self.size_bytes + other.size_bytes,
            self.failures + other.failures,
            self.quarantined + other.quarantined,
            self.doubts + other.doubts,
        )


@dataclass(frozen=True, slots=True)
class FetchBench:
    """What fetching works with. `reader` opens a product; `parts` are the shelves we map."""

    store: CatalogStore
    parts: tuple[Part, ...]
    carrier: Carrier
    parallel: int
    reader: Callable[[Path], SafeProduct] = open_product


@dataclass(frozen=True, slots=True)
class Fetched:
    """A product that is in the store and not on record yet."""

    scene: Scene
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    product: SafeProduct
    name: ProductName
    outline: shapely.Polygon  # in EPSG:3031
    is_simulated: bool

    @property
    def doubts(self) -> tuple[str, ...]:
        return (*((SIMULATION,) if self.is_simulated else ()), *self.product.degradations)


def wanted_on_record(
    store: CatalogStore, until: Month | None = None, names: Sequence[str] = ()
) -> list[Wanted]:
    """Candidates up to and including a month; with `names` those alone (InputError: unknown)."""
    found = {
        one.candidate.product.text: one.candidate
        for one in candidates_on_record(store, with_superseded=bool(names))
    }
    unknown = sorted(set(names) - found.keys())
    if unknown:
        raise InputError(
            f"no such candidate is on record: {', '.join(unknown)}.",
            remedy="Find it with `icelines discover`, or give a path or URL.",
        )
    chosen = [c for name, c in found.items() if not names or name in names]
    chosen = [c for c in chosen if until is None or month_of(c) <= until]
    chosen.sort(key=lambda candidate: (candidate.product.start, candidate.product.text))
    return [Wanted(candidate.files, candidate.product.text) for candidate in chosen]


def fetch_products(
    bench: FetchBench, wanted: Iterable[Wanted], *, by_name: bool = False, again: bool = False
) -> Generator[FetchReport, None, None]:
    """Fetch each product and put it on record; one report for each, as they are done.

    A bad one is reported and the rest go on. `by_name` tries those in quarantine again; `again`
    fetches what is on record, too. Raises StorageError where the workspace cannot be written.
    """
    to_do = []
    for one in wanted:
        known = None if again else _known(bench, one, by_name=by_name)
        if known is None:
            to_do.append(one)
        else:
            yield known
    with _workers(bench) as pool:
        running = {pool.submit(_carry, bench, one): one for one in to_do}
        for done in as_completed(running):
            yield _record(bench, running[done], done)


@contextmanager
def _workers(bench: FetchBench) -> Iterator[ThreadPoolExecutor]:
    """Threads that let go of their work, keeping what has come, when the block is left early."""
    with ThreadPoolExecutor(bench.parallel, thread_name_prefix="fetch") as pool:
        try:
            yield pool
        except BaseException:  # an interruption, too
            bench.carrier.stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _known(bench: FetchBench, wanted: Wanted, *, by_name: bool) -> FetchReport | None:
    """The report on a product that needs no fetching: on record already, or in quarantine."""
    work = bench.store.work(_key(wanted))
    name = work.outcome["scene"] if work is not None and work.is_done else wanted.name
    if name and _is_on_record(bench.store, name):
        return FetchReport(wanted=1, done_before=1)
    if work is not None and not work.is_done and work.attempts >= MOST_ATTEMPTS and not by_name:
        failure = FetchFailure(wanted.title, str(work.outcome["error"]))
        return FetchReport(wanted=1, quarantined=(failure,))
    return None


def _is_on_record(store: CatalogStore, name: str) -> bool:
    try:
        scene = item_to_scene(store.get(SCENES, name).item)
    except NotRecorded:
        return False
    path = store.objects.path(scene.href)
    return path.is_file() and path.stat().st_size == scene.size_bytes


def _record(bench: FetchBench, wanted: Wanted, done: Future[Fetched]) -> FetchReport:
    work = bench.store.work(_key(wanted))
    attempts = work.attempts if work is not None and not work.is_done else 0
    try:
        fetched = done.result()
    except (BeingFetched, Stopped) as error:
        return FetchReport(wanted=1, failures=(FetchFailure(wanted.title, str(error)),))
    except InputError as error:
        # An archive that is down or refuses us says nothing against the product.
        counted = attempts + (0 if isinstance(error, ArchiveFault) else 1)
        fault = {"error": str(error)}
        bench.store.write_work(Work(_key(wanted), FETCH, wanted.title, False, counted, fault))
        return FetchReport(wanted=1, failures=(FetchFailure(wanted.title, str(error)),))
    scene = fetched.scene
    recorded = bench.store.record_items([scene_to_item(scene)])
    outcome = {"scene": scene.id, "sha256": scene.sha256, "doubts": list(fetched.doubts)}
    bench.store.write_work(Work(_key(wanted), FETCH, wanted.title, True, attempts + 1, outcome))
    doubts = tuple(f"{scene.id}: {doubt}" for doubt in fetched.doubts)
    return FetchReport(wanted=1, scenes=recorded, size_bytes=scene.size_bytes, doubts=doubts)


def _key(wanted: Wanted) -> str:
    return f"{FETCH}:{wanted.key}"


def _carry(bench: FetchBench, wanted: Wanted) -> Fetched:
    """Fetch one product into the store; runs beside others and touches no record."""
    objects: ObjectStore = bench.store.objects
    with own_room(objects.root, wanted.key) as room:
        path = fetch_product(wanted, bench.carrier, room)
        try:
            seen = _look_into(path, wanted, bench)
        except SceneError as error:
            empty(room)  # what came is whole and of no use: the next try begins anew
            raise FetchError(error.fault, where=wanted.title, remedy=error.remedy) from error
        stored = objects.take_file(path)
    return Fetched(_scene(seen, stored), seen.doubts)


def _look_into(path: Path, wanted: Wanted, bench: FetchBench) -> _Seen:
    """The product in the zip file, checked: sound, the one that was wanted, and of a shelf."""
    check_contents(path, source=wanted.title, largest_bytes=bench.carrier.largest_bytes)
    product = bench.reader(path)
    name = _name_of(product, wanted)
    outline = outline_of(product.channels[0].annotation.geolocation)
    _refuse_elsewhere(outline, bench.parts)
    return _Seen(product, name, outline, says_simulated(path))


def _name_of(product: SafeProduct, wanted: Wanted) -> ProductName:
    try:
        name = parse_product_name(product.name)
    except InvalidName as error:
        raise SceneError(error.fault, remedy=error.remedy) from error
    if wanted.name is not None and not name.text.startswith(wanted.name):
        raise SceneError(
            f"is another product: {name.text}.", remedy="The archive's record is wrong: tell it."
        )
    return name


def _refuse_elsewhere(outline: shapely.Polygon, parts: Sequence[Part]) -> None:
    if any(part.region.intersects(outline) for part in parts):
        return
    nearest = min(parts, key=lambda part: part.region.distance(outline))
    km = nearest.region.distance(outline) / M_PER_KM
    raise SceneError(
        f"shows no ice shelf that is mapped; the nearest is {nearest.name}, {km:,.0f} km away.",
        remedy="A line in any image: `icelines process FILE --out DIR`.",
    )


def _scene(seen: _Seen, stored: StoredObject) -> Scene:
    product, name = seen.product, seen.name
    return Scene(
        id=name.text,
        platform=name.platform,
        mode=name.mode,
        product_type=name.product_type,
        polarisations=product.polarisations,
        start=product.start,
        end=product.stop,
        footprint=footprint(seen.outline),
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        href=stored.href,
        simulated=seen.is_simulated,
        absolute_orbit=product.channels[0].annotation.absolute_orbit,
        datatake=name.datatake,
    )
