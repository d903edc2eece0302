"""Does a confidence rank what it is about? The area under the receiver operating curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata


def auroc(score: npt.NDArray[np.float64], is_positive: npt.NDArray[np.bool_]) -> float:
    """The chance that a positive scores higher than a negative, ties counting half.

    By ranks (Mann and Whitney 1947). NaN where either kind lacks.
    """
    positives = int(is_positive.sum())
    negatives = is_positive.size - positives
    if not positives or not negatives:
        return float("nan")
    rank_sum = float(rankdata(score)[is_positive].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)
