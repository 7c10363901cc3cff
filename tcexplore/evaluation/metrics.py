"""Metrics of predictions: r², MAE, RMSE, rank correlation, and their bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from tcexplore.typing import FloatArray, IntArray

N_TOP = 50
N_BOOTSTRAP = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class Scores:
    """Metrics of one model on some rows."""

    n: int
    r2: float
    """1 - squared errors / squared distances to the mean; nan where all Tc are the same."""
    mae: float
    """(K) Mean absolute error."""
    rmse: float
    """(K) Root mean square error."""
    bias: float
    """(K) Mean of predicted less true Tc."""
    spearman: float
    """Rank correlation; 0 where all predictions are the same."""
    top50: float
    """Share of the 50 rows predicted highest that are among the 50 highest; nan for 50 or fewer."""


def scores(tc: FloatArray, predicted: FloatArray) -> Scores:
    """Return the metrics of predictions.

    Parameters
    ----------
    tc, predicted
        (K) Shape (n_rows,).

    Raises
    ------
    ValueError
        There are fewer than two rows.
    """
    if len(tc) < 2:
        raise ValueError(f"{len(tc)} rows have no r²; expected at least 2")
    return Scores(
        n=len(tc),
        r2=float(r2_score(tc, predicted)) if np.ptp(tc) else np.nan,
        mae=float(mean_absolute_error(tc, predicted)),
        rmse=float(root_mean_squared_error(tc, predicted)),
        bias=float(np.mean(predicted - tc)),
        spearman=spearman(tc, predicted),
        top50=precision_of_top(tc, predicted),
    )


def spearman(tc: FloatArray, predicted: FloatArray) -> float:
    """Return the correlation of the ranks, ties at their mean; 0 where one side is constant."""
    if np.ptp(tc) == 0 or np.ptp(predicted) == 0:
        return 0.0
    return float(spearmanr(tc, predicted)[0])  # pyright: ignore[reportArgumentType]


def precision_of_top(tc: FloatArray, predicted: FloatArray, n_top: int = N_TOP) -> float:
    """Return the share of the rows predicted highest that truly are among the highest.

    Rows with the same prediction at the edge count by the share of them that fits, as a draw
    among them gives on average. Rows as high as the lowest of the truly highest are hits.

    Returns
    -------
    :
        Nan where there are no more rows than that.
    """
    if len(tc) <= n_top:
        return np.nan
    is_hit = tc >= np.sort(tc)[-n_top]
    edge = np.sort(predicted)[-n_top]
    above, tied = predicted > edge, predicted == edge
    drawn = n_top - above.sum()
    return float((is_hit[above].sum() + drawn * is_hit[tied].mean()) / n_top)


@dataclass(frozen=True)
class Intervals:
    """Bootstrap intervals of r2 and the mean absolute error, 95 %."""

    r2_low: float
    r2_high: float
    mae_low: float
    """(K)"""
    mae_high: float
    """(K)"""


def bootstrap_counts(group: IntArray, *, n_draws: int = N_BOOTSTRAP, seed: int = 0) -> FloatArray:
    """Return how often each group is drawn, with replacement, as many draws as groups.

    Parameters
    ----------
    group
        Group of each row, 0 to n_groups - 1, shape (n_rows,).

    Returns
    -------
    :
        Shape (n_draws, n_groups).
    """
    n_groups = int(group.max()) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, n_groups, (n_draws, n_groups))
    drawn += np.arange(n_draws)[:, None] * n_groups
    counts = np.bincount(drawn.ravel(), minlength=n_draws * n_groups)
    return counts.reshape(n_draws, n_groups).astype(float)


def intervals(
    tc: FloatArray, predicted: FloatArray, group: IntArray, counts: FloatArray
) -> Intervals:
    """Return the intervals over draws of whole groups.

    Rows of one group, the dopings of one compound say, err alike: drawn one by one they would make
    an interval that is too narrow.

    Parameters
    ----------
    tc, predicted
        (K) Shape (n_rows,).
    group
        Group of each row, shape (n_rows,).
    counts
        As `bootstrap_counts`, so that all models are drawn alike, shape (n_draws, n_groups).
    """
    error = predicted - tc
    columns = np.stack([np.ones_like(tc), tc, tc**2, error**2, np.abs(error)], axis=1)
    sums = np.zeros((counts.shape[1], columns.shape[1]))
    np.add.at(sums, group, columns)
    n, total, squares, squared_error, absolute_error = (counts @ sums).T
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - total**2 / n
        r2 = np.where(spread > 1e-9 * squares, 1 - squared_error / spread, np.nan)
        mae = absolute_error / n
    ends = (1 - LEVEL) / 2, (1 + LEVEL) / 2
    return Intervals(*_quantiles(r2, ends), *_quantiles(mae, ends))


def _quantiles(values: FloatArray, ends: tuple[float, float]) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.nan, np.nan
    low, high = np.quantile(finite, ends)
    return float(low), float(high)
