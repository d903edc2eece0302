"""Functions compiled for the processor: numba behind one typed name.

IEEE arithmetic in the order as written (no `fastmath`), so that results do not depend on how a
loop was vectorised; the global lock is released; machine code is kept between runs beside the
module, in the user's cache where that folder is read-only, or not at all where neither can be
written (a container without a home). Numba does not notice when a
compiled function of *another* module that is called from here has changed: keep such calls within
one module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """`function` as machine code, made at the first call with each kind of arguments."""
    try:
        made = numba.njit(cache=True, nogil=True, fastmath=False)(function)
    except RuntimeError:  # "no locator available": there is no place for the cache
        made = numba.njit(nogil=True, fastmath=False)(function)
    return cast(Function, made)
