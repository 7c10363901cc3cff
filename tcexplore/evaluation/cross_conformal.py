"""Bands calibrated on rows kept apart, and whether they hold on others: cross-conformal.

Vovk, Ann. Math. Artif. Intell. 74, 9 (2015): the bands of a fold are those that the other folds
call for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tcexplore.model.conformal import ConformalCalibration, conformal_calibration
from tcexplore.typing import BoolArray, FloatArray

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

    def bands(self, level: float, part: BoolArray | slice = slice(None)) -> ConformalCalibration:
        """Return the bands that all rows, or a part of them, call for."""
        values = self.tc[part], self.predicted[part], self.scale[part]
        return conformal_calibration(*values, level=level)


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
        half[test] = rows.bands(level, ~test).quantile * rows.scale[test]
    return np.maximum(rows.predicted - half, 0), rows.predicted + half


def covered(rows: OutOfFold, tests: Sequence[BoolArray], level: float) -> float:
    """Return the share of rows whose Tc lies in its band."""
    low, high = cross_conformal_bands(rows, tests, level)
    return float(((low <= rows.tc) & (rows.tc <= high)).mean())
