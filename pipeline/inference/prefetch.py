"""Working ahead: what comes next is read and cut, and copied to a GPU, while the network runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

import torch
from torch import Tensor

Item = TypeVar("Item")
Source = TypeVar("Source")
POLL_S = 0.1


def prefetched(items: Iterable[Item], depth: int) -> Iterator[Item]:
    """The same items in order, made up to `depth` ahead by a thread.

    An error in making them is raised here, in its turn. Where the caller stops early, the thread
    ends too. (A thread will do: GDAL and numpy let others run while they work.)
    """
    queue: Queue[tuple[bool, Item | BaseException | None]] = Queue(depth)
    is_over = Event()

    def put(entry: tuple[bool, Item | BaseException | None]) -> None:
        while not is_over.is_set():
            try:
                queue.put(entry, timeout=POLL_S)
                break
            except Full:
                continue

    def make() -> None:
        try:
            for item in items:
                put((True, item))
                if is_over.is_set():
                    return
            put((False, None))
        except BaseException as error:
            put((False, error))

    thread = Thread(target=make, name="prefetch", daemon=True)
    thread.start()
    try:
        while True:
            is_item, entry = queue.get()
            if is_item:
                yield entry  # type: ignore[misc]
            elif isinstance(entry, BaseException):
                raise entry
            else:
                return
    finally:
        is_over.set()
        _drain(queue)
        thread.join()


def _drain(queue: Queue[tuple[bool, Item | BaseException | None]]) -> None:
    try:
        while True:
            queue.get_nowait()
    except Empty:
        return


def one_ahead(
    items: Iterable[Source], begin: Callable[[Source], Callable[[], Item]]
) -> Iterator[Item]:
    """Begin each item one turn before it is needed; `begin` gives what waits for its end."""
    waiting: Callable[[], Item] | None = None
    for item in items:
        begun = begin(item)
        if waiting is not None:
            yield waiting()
        waiting = begun
    if waiting is not None:
        yield waiting()


class Upload:
    """Copies pinned tensors to a GPU beside the network's work, on a stream of its own.

    With `one_ahead` two batches are on the device: one at work, one arriving. Not yet run on a
    GPU.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def __call__(self, tiles: Tensor) -> Callable[[], Tensor]:
        with torch.cuda.stream(self._stream):
            arriving = tiles.to(self._device, non_blocking=True)

        def arrived() -> Tensor:
            current = torch.cuda.current_stream(self._device)
            current.wait_stream(self._stream)
            arriving.record_stream(current)
            return arriving

        return arrived
