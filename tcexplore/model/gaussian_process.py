"""Gaussian-process regression on the scaled descriptors, and what it remembers of known compounds.

It is smooth in the lattice, needs one matrix product for many structures, and its errors are others
than those of the networks. Rasmussen and Williams, Gaussian Processes for Machine Learning (2006),
chapter 2; the kernels are Matérn's with nu = 3/2 and 1/2, eq. 4.17 and 4.18.

Two regressions share one kernel of long lengths. The smooth one has nothing else. The remembering
one has a second kernel besides, over the composition alone and so short that it reaches dopings of
one compound but no other compound. A structure is predicted by the smooth one; where its own
composition or one next to it was trained on, what the remembering one says beyond it is added, by
how near that composition is. In a scan of lattices the nearness is one number, so all stays smooth.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tcexplore.features.scaling import InputScaling, scaled_descriptors
from tcexplore.features.valence_electrons import N_ELECTRONS
from tcexplore.model.config import KernelConfig
from tcexplore.typing import FloatArray

CHUNK = 128  # structures at once: their distances to 7,000 materials take 7 MB
JITTER = 1e-5
N_CELL = 8  # descriptors of the cell come first


@dataclass(frozen=True)
class KernelMember:
    """What the training rows leave: T = (mu_1 + k(x, X) alpha_1 + (mu_2 + k(x, X) alpha_2)²) / 2.

    The first is fitted to Tc, the second to its square root, cut off at 0.
    """

    points: FloatArray
    """Scaled descriptors of the training rows, shape (n_rows, n_columns)."""
    lengths: FloatArray
    """Factors on the scaled descriptors before their distances are taken, shape (n_columns,)."""
    composition_lengths: FloatArray
    """The same for the short kernel; 0 but for the amounts."""
    memory: FloatArray
    """Variance of the short kernel where that of the long one is 1, shape (1,)."""
    smooth: FloatArray
    """(K and √K) Coefficients of the smooth regression, shape (n_rows, 2)."""
    remembering: FloatArray
    """(K and √K) Coefficients of the remembering regression, shape (n_rows, 2)."""
    means: FloatArray
    """(K and √K) Shape (2,)."""

    @functools.cached_property
    def long_points(self) -> FloatArray:
        """Return where the training rows lie for the long kernel, shape (n_rows, n_used)."""
        return _used(self.points, self.lengths)

    @functools.cached_property
    def short_points(self) -> FloatArray:
        """Return where the training rows lie for the short kernel, shape (n_rows, n_used)."""
        return _used(self.points, self.composition_lengths)


@dataclass(frozen=True)
class _Recalled:
    """What the short kernel says of compositions."""

    root_tc: FloatArray
    """(K and √K) Its part of the remembering regression, shape (n, 2)."""
    nearness: FloatArray
    """Of the composition to the nearest trained one, 1 where it is that, shape (n,)."""


@dataclass(frozen=True)
class KernelTc:
    """What the Gaussian process says of some structures."""

    smooth: FloatArray
    """(K) Not below 0, shape (n,)."""
    memory: FloatArray
    """(K) What to add for what it remembers of the composition, shape (n,)."""

    @property
    def tc(self) -> FloatArray:
        """Return Tc (K) by the process alone, not below 0, shape (n,)."""
        return np.maximum(self.smooth + self.memory, 0)


def fit_kernel(
    descriptors: FloatArray,
    tc: FloatArray,
    weight: FloatArray,
    scaling: InputScaling,
    config: KernelConfig,
) -> KernelMember:
    """Return the regressions through some rows.

    Parameters
    ----------
    descriptors
        Unscaled, hydrogen contacts last, shape (n_rows, n_descriptors).
    tc
        (K) Shape (n_rows,).
    weight
        The noise of a row is divided by its weight, shape (n_rows,).
    """
    points = scaled_descriptors(descriptors, scaling)
    lengths, composition_lengths = _lengths(scaling, config), _composition_lengths(scaling, config)
    targets = np.stack([tc, np.sqrt(tc)], axis=1)
    means = targets.mean(axis=0)
    used = _used(points, lengths)
    long = _matern_3_2(used, used)
    smooth = _solved(long, config.noise / weight, targets - means)
    own = _used(points, composition_lengths)
    long += config.memory * _matern_1_2(own, own)
    remembering = _solved(long, config.memory_noise / weight, targets - means)
    memory = np.array([config.memory])
    return KernelMember(points, lengths, composition_lengths, memory, smooth, remembering, means)


def _recalled(member: KernelMember, scaled: FloatArray) -> _Recalled:
    """Return what the short kernel says of scaled descriptors, each composition looked at once."""
    values = _used(scaled, member.composition_lengths)
    values, place = np.unique(values, axis=0, return_inverse=True)
    root_tc, nearness = [], []
    for start in range(0, len(values), CHUNK):
        similarity = _matern_1_2(values[start : start + CHUNK], member.short_points)
        root_tc.append(member.memory * (similarity.astype(float) @ member.remembering))
        nearness.append(similarity.max(axis=1))
    return _Recalled(np.concatenate(root_tc)[place], np.concatenate(nearness)[place])


def scaled_kernel_tc(member: KernelMember, scaled: FloatArray) -> KernelTc:
    """Return Tc for scaled descriptors, shape (n_structures,)."""
    memory = _recalled(member, scaled)
    values, points = _used(scaled, member.lengths), member.long_points
    coefficients = np.hstack([member.smooth, member.remembering])
    regressed = np.concatenate(
        [
            _matern_3_2(values[start : start + CHUNK], points).astype(float) @ coefficients
            for start in range(0, len(values), CHUNK)
        ]
    )
    smooth = _tc(regressed[:, :2] + member.means)
    remembering = _tc(regressed[:, 2:] + memory.root_tc + member.means)
    return KernelTc(smooth, memory.nearness * (remembering - smooth))


def _tc(regressed: FloatArray) -> FloatArray:
    """Return the mean of what was fitted to Tc and what was fitted to its root, shape (n,)."""
    plain, root = np.maximum(regressed, 0).T
    return (plain + root**2) / 2


def _solved(covariance: FloatArray, noise: FloatArray, targets: FloatArray) -> FloatArray:
    """Return the coefficients of the rows, shape (n_rows, n_targets)."""
    with_noise = covariance.copy()
    with_noise[np.diag_indices_from(with_noise)] += (noise + JITTER).astype(np.float32)
    factor = cho_factor(with_noise, lower=True, overwrite_a=True, check_finite=False)
    return cho_solve(factor, targets.astype(np.float32), check_finite=False).astype(np.float32)


def _lengths(scaling: InputScaling, config: KernelConfig) -> FloatArray:
    """Return the factors of the long kernel; the scaling of the columns is undone in them."""
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
        ]
    ).astype(np.float32)


def _composition_lengths(scaling: InputScaling, config: KernelConfig) -> FloatArray:
    """Return the factors of the short kernel."""
    n_statistics, n_rest = scaling.knots.shape[1], scaling.scalar_mean.size + config.n_contacts
    of_amounts = 1.0 / (scaling.amount_scale * config.memory_length)
    return np.concatenate([np.zeros(n_statistics), of_amounts, np.zeros(n_rest)]).astype(np.float32)


def _used(values: FloatArray, lengths: FloatArray) -> FloatArray:
    """Return the columns that have a length, times the factor, double precision, (n, n_used)."""
    return values[:, lengths > 0].astype(float) * lengths[lengths > 0]


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
    lies 0.004 from itself in the short kernel, and Tc depends on what is computed beside it.
    """
    squared = x @ points.T
    squared *= -2
    squared += np.square(x).sum(axis=1)[:, None]
    squared += np.square(points).sum(axis=1)
    return np.maximum(squared, 0).astype(np.float32)
