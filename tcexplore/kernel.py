"""Gaussian-process regression on the scaled descriptors: the member that remembers compounds.

It is smooth in the lattice, needs one matrix product for many structures, and its errors are others
than those of the networks. Rasmussen and Williams, Gaussian Processes for Machine Learning (2006),
chapter 2; the kernel is Matérn's with nu = 3/2, eq. 4.17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from tcexplore.configs import KernelConfig
from tcexplore.scaling import InputScaling, scaled_descriptors

FloatArray = NDArray[np.floating]

CHUNK = 512  # structures at once: their distances to 7,000 materials take 14 MB
JITTER = 1e-5


@dataclass(frozen=True)
class KernelMember:
    """What the training rows leave: T = (mu_1 + k(x, X) alpha_1 + (mu_2 + k(x, X) alpha_2)²) / 2.

    The first is fitted to Tc, the second to its square root, cut off at 0.
    """

    lengths: FloatArray
    """Factors on the scaled descriptors, shape (n_columns,)."""
    points: FloatArray
    """Scaled descriptors of the training rows times the factors, shape (n_rows, n_columns)."""
    coefficients: FloatArray
    """(K and √K) Shape (n_rows, 2)."""
    means: FloatArray
    """(K and √K) Shape (2,)."""


def fit_kernel(
    descriptors: FloatArray,
    tc: FloatArray,
    weight: FloatArray,
    scaling: InputScaling,
    config: KernelConfig,
) -> KernelMember:
    """Return the regression through some rows.

    Parameters
    ----------
    descriptors
        Unscaled, hydrogen contacts last, shape (n_rows, n_descriptors).
    tc
        (K) Shape (n_rows,).
    weight
        The noise of a row is divided by its weight, shape (n_rows,).
    """
    scaled = scaled_descriptors(descriptors, scaling)
    lengths = _lengths(scaling, config)
    points = (scaled * lengths).astype(np.float32)
    similarity = _matern(points, points)
    similarity[np.diag_indices_from(similarity)] += (config.noise / weight).astype(np.float32)
    similarity[np.diag_indices_from(similarity)] += JITTER
    targets = np.stack([tc, np.sqrt(tc)], axis=1)
    means = targets.mean(axis=0)
    factor = cho_factor(similarity, lower=True, overwrite_a=True, check_finite=False)
    solved = cho_solve(factor, (targets - means).astype(np.float32), check_finite=False)
    return KernelMember(lengths, points, solved.astype(np.float32), means)


def scaled_kernel_tc(member: KernelMember, scaled: FloatArray) -> FloatArray:
    """Return Tc (K), not below 0, for scaled descriptors, shape (n_structures,)."""
    values = (scaled * member.lengths).astype(np.float32)
    regressed = [
        _matern(values[start : start + CHUNK], member.points) @ member.coefficients
        for start in range(0, len(values), CHUNK)
    ]
    plain, root = np.maximum(np.concatenate(regressed) + member.means, 0).T
    return (plain + root**2) / 2


def _lengths(scaling: InputScaling, config: KernelConfig) -> FloatArray:
    """Return the factors on the scaled columns; the scaling of the columns is undone in them."""
    n_statistics, n_scalars = scaling.knots.shape[1], scaling.scalar_mean.size
    return np.concatenate(
        [
            np.full(n_statistics, 1.0 / config.statistics_length),
            1.0 / (scaling.amount_scale * config.fraction_length),
            np.full(n_scalars, 2.0 / config.statistics_length),  # scalars have a spread of 1/2
            np.full(config.n_contacts, 1.0 / config.contact_length),
        ]
    ).astype(np.float32)


def _matern(x: FloatArray, points: FloatArray) -> FloatArray:
    """Return (1 + √3 r) exp(-√3 r) for all pairs, shape (n_x, n_points)."""
    r = np.maximum(
        np.square(x).sum(axis=1)[:, None] + np.square(points).sum(axis=1) - 2 * x @ points.T, 0
    )
    np.sqrt(3 * r, out=r)
    return (1 + r) * np.exp(-r)
