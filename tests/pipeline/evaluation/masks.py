"""Masks and fronts for the tests of scores, and how hypothesis draws them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pipeline.evaluation.distances import Mask

SIDE_PX = 12


def masks(side_px: int = SIDE_PX) -> st.SearchStrategy[Mask]:
    return npst.arrays(np.bool_, (side_px, side_px))


def fronts(side_px: int = SIDE_PX) -> st.SearchStrategy[Mask]:
    """Masks with at least one pixel."""
    return masks(side_px).filter(lambda mask: bool(mask.any()))


def column(at: int, side_px: int = SIDE_PX) -> Mask:
    """A straight front of one column."""
    front = np.zeros((side_px, side_px), dtype=np.bool_)
    front[:, at] = True
    return front


def left_of(at: int, side_px: int = SIDE_PX) -> Mask:
    mask = np.zeros((side_px, side_px), dtype=np.bool_)
    mask[:, :at] = True
    return mask
