"""Cross-conformal prediction bands, calibrated on other folds, and their coverage.

Vovk, Ann. Math. Artif. Intell. 74, 9 (2015): the bands of a fold are those that the other folds
call for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tcexplore.model.conformal import ConformalCalibration, IntervalScale, conformal_calibration
from tcexplore.typing import BoolArray, FloatArray

LEVEL = 0.9
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class OutOfFold:
    """Out-of-fold predictions of a model, and the scale of their bands."""

    tc: FloatArray
    """(K) Labels, shape (n_rows,)."""
    predicted: FloatArray
    """(K) Shape (n_rows,)."""
    scale: IntervalScale
    """Scales that the two sides of a band are proportional to."""

    def bands(self, level: float, rows: BoolArray | slice = slice(None)) -> ConformalCalibration:
        """Return the bands that are calibrated on all rows, or on some of them."""
        values = self.tc[rows], self.predicted[rows], self.scale.of_rows(rows)
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
    low, high = np.empty_like(rows.predicted), np.empty_like(rows.predicted)
    for test in tests:
        quantile = rows.bands(level, ~test).quantile
        low[test], high[test] = rows.scale.of_rows(test).ends(rows.predicted[test], quantile)
    return low, high


def covered(rows: OutOfFold, tests: Sequence[BoolArray], level: float) -> float:
    """Return the share of rows whose Tc lies in its band."""
    low, high = cross_conformal_bands(rows, tests, level)
    return float(((low <= rows.tc) & (rows.tc <= high)).mean())
