"""Bands calibrated on rows kept apart, and whether they hold on others: cross-conformal.

Vovk, Ann. Math. Artif. Intell. 74, 9 (2015). The half-width of a band is the quantile of
|Tc - T| / s over rows that a model had not seen, times the scale s of the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
BoolArray = NDArray[np.bool_]

LEVEL = 0.9
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class OutOfFold:
    """What a model says of rows that it had not seen, and how sure it is."""

    tc: FloatArray
    """(K) Labels, shape (n_rows,)."""
    predicted: FloatArray
    """(K) Shape (n_rows,)."""
    scale: FloatArray
    """(K) What the width of a band is proportional to, shape (n_rows,)."""

    @property
    def ratios(self) -> FloatArray:
        """Errors in units of the scale, shape (n_rows,)."""
        return np.abs(self.tc - self.predicted) / self.scale


def conformal_quantile(ratios: FloatArray, level: float) -> float:
    """Return the smallest q that as many ratios do not exceed as one row more calls for.

    That is the k-th smallest of n ratios, k = level · (n + 1) rounded up; the largest where k > n.
    """
    rank = int(np.ceil(level * (len(ratios) + 1)))
    return float(np.sort(ratios)[min(rank, len(ratios)) - 1])


def cross_conformal_bands(
    rows: OutOfFold, tests: Sequence[BoolArray], level: float
) -> tuple[FloatArray, FloatArray]:
    """Return both ends (K) of the bands of each row, calibrated on the folds it does not lie in.

    Parameters
    ----------
    tests
        The rows of each fold, shape (n_rows,) each; every row lies in one.

    Returns
    -------
    :
        Lower ends, not below 0, and upper ends, shape (n_rows,).
    """
    half = np.empty(len(rows.tc))
    for test in tests:
        half[test] = conformal_quantile(rows.ratios[~test], level) * rows.scale[test]
    return np.maximum(rows.predicted - half, 0), rows.predicted + half


def covered(rows: OutOfFold, tests: Sequence[BoolArray], level: float) -> float:
    """Return the share of rows whose Tc lies in its band."""
    low, high = cross_conformal_bands(rows, tests, level)
    return float(((low <= rows.tc) & (rows.tc <= high)).mean())
