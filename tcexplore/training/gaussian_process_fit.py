"""Fit of the Gaussian process: its two regressions through the training rows.

Kept by hand: every row has noise of its own (variance over its weight), both regressions share one
covariance matrix and single precision halves its memory; scikit-learn's GaussianProcessRegressor
fits them one by one in double precision.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tcexplore.features.scaling import InputScaling, scaled_descriptors
from tcexplore.features.valence_electrons import N_ELECTRONS
from tcexplore.model.config import GaussianProcessConfig
from tcexplore.model.gaussian_process import GaussianProcess, used_columns
from tcexplore.typing import FloatArray

JITTER = 1e-5
N_CELL = 8  # descriptors of the cell come first


def fit_gaussian_process(
    descriptors: FloatArray,
    tc: FloatArray,
    weight: FloatArray,
    scaling: InputScaling,
    config: GaussianProcessConfig,
) -> GaussianProcess:
    """Return the regressions through some rows.

    Parameters
    ----------
    descriptors
        Unscaled, hydrogen symmetry functions last, shape (n_rows, n_descriptors).
    tc
        (K) Shape (n_rows,).
    weight
        The noise of a row is divided by its weight, shape (n_rows,).
    """
    points = scaled_descriptors(descriptors, scaling)
    lengths, composition_lengths = _lengths(scaling, config), _composition_lengths(scaling, config)
    targets = np.stack([tc, np.sqrt(tc)], axis=1)
    means = np.average(targets, axis=0, weights=weight)
    long_points, short_points = (
        used_columns(points, lengths),
        used_columns(points, composition_lengths),
    )
    covariance = _matern_3_2(long_points, long_points)
    smooth = _solved(covariance, config.noise / weight, targets - means)
    covariance += config.short_range * _matern_1_2(short_points, short_points)
    with_short_range = _solved(covariance, config.short_range_noise / weight, targets - means)
    variance, root_share = np.array([config.short_range]), np.array([config.root_share])
    return GaussianProcess(
        points, lengths, composition_lengths, variance, smooth, with_short_range, means, root_share
    )


def _solved(covariance: FloatArray, noise: FloatArray, targets: FloatArray) -> FloatArray:
    """Return the coefficients of the rows, shape (n_rows, n_targets)."""
    with_noise = covariance.copy()
    with_noise[np.diag_indices_from(with_noise)] += (noise + JITTER).astype(np.float32)
    factor = cho_factor(with_noise, lower=True, overwrite_a=True, check_finite=False)
    return cho_solve(factor, targets.astype(np.float32), check_finite=False).astype(np.float32)


def _lengths(scaling: InputScaling, config: GaussianProcessConfig) -> FloatArray:
    """Return the factors of the long-range covariance; they undo the scaling of the columns."""
    of_cell = 1.0 if config.uses_cell else 0.0
    n_statistics = scaling.knots.shape[1] - N_CELL
    n_scalars = scaling.scalar_mean.size - N_ELECTRONS
    return np.concatenate(
        [
            np.full(N_CELL, of_cell / config.statistics_length),
            np.full(n_statistics, 1.0 / config.statistics_length),
            1.0 / (scaling.amount_scale * config.fraction_length),
            np.full(n_scalars, 2 * of_cell / config.statistics_length),  # their spread is 1/2
            np.full(N_ELECTRONS, 2 / config.electrons_length),
            np.full(config.n_contacts, of_cell / config.contact_length),
            np.full(config.n_pair_distances, of_cell / config.pair_length),
        ]
    ).astype(np.float32)


def _composition_lengths(scaling: InputScaling, config: GaussianProcessConfig) -> FloatArray:
    """Return the factors of the short-range covariance."""
    n_geometry = config.n_contacts + config.n_pair_distances
    n_statistics, n_rest = scaling.knots.shape[1], scaling.scalar_mean.size + n_geometry
    of_amounts = 1.0 / (scaling.amount_scale * config.short_range_length)
    return np.concatenate([np.zeros(n_statistics), of_amounts, np.zeros(n_rest)]).astype(np.float32)


def _matern_3_2(x: FloatArray, points: FloatArray) -> FloatArray:
    """Return (1 + √3 r) exp(-√3 r) for all pairs, shape (n_x, n_points)."""
    r = _squared_distances(x, points)
    r *= 3
    np.sqrt(r, out=r)
    decay = np.exp(-r)
    r += 1
    r *= decay
    return r


def _matern_1_2(x: FloatArray, points: FloatArray) -> FloatArray:
    """Return exp(-r) for all pairs, shape (n_x, n_points)."""
    return np.exp(-np.sqrt(_squared_distances(x, points)))


def _squared_distances(x: FloatArray, points: FloatArray) -> FloatArray:
    """Return the squared distances of all pairs, single precision, shape (n_x, n_points).

    They are differences of large numbers: in single precision a composition that was trained on
    lies 0.004 from itself in the short-range covariance, and Tc depends on the rows computed with
    it.
    """
    squared = x @ points.T
    squared *= -2
    squared += np.square(x).sum(axis=1)[:, None]
    squared += np.square(points).sum(axis=1)
    return np.maximum(squared, 0).astype(np.float32)
