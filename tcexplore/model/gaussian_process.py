"""Gaussian-process regression of T_c on the scaled descriptors, with a short-range covariance.

Smooth in the lattice, one matrix product for many structures, and its errors are others than those
of the networks. Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), chapter 2;
the covariance functions are Matérn's with nu = 3/2 and 1/2, eq. 4.17 and 4.18.

Two regressions share the long-range covariance. The smooth one has nothing else. The second one
adds a short-range covariance, over the composition alone and so short that it reaches dopings of
one compound but no other compound. The smooth regression predicts a structure; the short-range
residual (second regression less smooth one) is added, weighted by the similarity to the nearest
trained composition. In a scan of lattices that similarity is one number, so Tc stays smooth.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from tcexplore.features.scaling import distinct_rows
from tcexplore.typing import BoolArray, FloatArray, IntArray

CHUNK, ROWS_AT_ONCE = 64, 512  # structures and training rows: their distances take 256 kB


@dataclass(frozen=True)
class GaussianProcess:
    """Fitted Gaussian process: T = (1 - s) (mu_1 + k(x, X) alpha_1) + s (mu_2 + k(x, X) alpha_2)².

    The first is fitted to Tc, the second to its square root, both cut off at 0; s is `root_share`.
    """

    points: FloatArray
    """Scaled descriptors of the training rows, shape (n_rows, n_columns)."""
    lengths: FloatArray
    """Factors on the scaled descriptors before their distances are taken, shape (n_columns,)."""
    composition_lengths: FloatArray
    """The same for the short-range covariance; 0 but for the amounts."""
    short_range: FloatArray
    """Variance of the short-range covariance where the long-range one has 1, shape (1,)."""
    smooth: FloatArray
    """(K and √K) Coefficients of the smooth regression, shape (n_rows, 2)."""
    with_short_range: FloatArray
    """(K and √K) Coefficients of the regression with both covariances, shape (n_rows, 2)."""
    means: FloatArray
    """(K and √K) Shape (2,)."""
    root_share: FloatArray
    """Share of the regression of the square root, shape (1,)."""

    @property
    def is_amount(self) -> BoolArray:
        """Return which of the scaled descriptors are amounts, shape (n_columns,)."""
        return self.composition_lengths > 0

    @functools.cached_property
    def long_range(self) -> _LongRange:
        """Return the rows as the long-range covariance takes them."""
        return _long_range(self)

    @functools.cached_property
    def compositions(self) -> tuple[_Points, FloatArray]:
        """Return the distinct compositions in units of the short lengths, and their coefficients.

        The coefficients (K and √K) are summed over the rows of each, shape (n_compositions, 2).
        """
        points = used_columns(self.points, self.composition_lengths)
        distinct, index = np.unique(points, axis=0, return_inverse=True)
        coefficients = np.zeros((len(distinct), 2))
        np.add.at(coefficients, index, self.with_short_range.astype(float))
        return _points(distinct, np.ones(distinct.shape[1], bool)), coefficients


@dataclass(frozen=True)
class _Points:
    """Points that distances are taken to, their amounts, most of them 0, as a sparse matrix."""

    is_amount: BoolArray
    """Shape (n_columns,)."""
    amounts: csr_array
    """-2 p for the amounts, shape (n_points, n_amounts)."""
    others: FloatArray
    """-2 p for the other columns, 1, and p² over all, shape (n_points, n_others + 2)."""

    def squared_distances(self, x: FloatArray) -> FloatArray:
        """Return the squared distances to rows x in double precision, shape (n_points, n)."""
        others = np.column_stack([x[:, ~self.is_amount], np.square(x).sum(axis=1), np.ones(len(x))])
        return self.others @ others.T + self.amounts @ np.ascontiguousarray(x[:, self.is_amount].T)


def _points(points: FloatArray, is_amount: BoolArray) -> _Points:
    squares = np.square(points).sum(axis=1)
    others = np.column_stack([-2 * points[:, ~is_amount], np.ones(len(points)), squares])
    return _Points(is_amount, csr_array(-2 * points[:, is_amount]), others)


@dataclass(frozen=True)
class _LongRange:
    """Rows in units of the long lengths over √3, composition after composition.

    Squared distances are sums over columns: those of the composition are computed once for rows
    that differ in their cells alone, which are half of all.
    """

    is_cell: BoolArray
    """Whether a used column differs among rows of one composition, shape (n_used,)."""
    compositions: _Points
    """In the other columns."""
    composition_of_row: IntArray
    """Shape (n_rows,), in rising order."""
    cells: FloatArray
    """Cell columns, shape (n_rows, n_cell)."""
    coefficients: FloatArray
    """(K, √K, K, √K) Of both regressions, shape (n_rows, 4)."""


def _long_range(process: GaussianProcess) -> _LongRange:
    points = np.sqrt(3) * used_columns(process.points, process.lengths)
    amounts = used_columns(process.points, process.composition_lengths)
    order = np.lexsort(amounts.T)
    points, amounts = points[order], amounts[order]
    is_same = (amounts[1:] == amounts[:-1]).all(axis=1)
    is_cell = (points[1:] != points[:-1])[is_same].any(axis=0)
    is_first = np.append(True, ~is_same)
    coefficients = np.hstack([process.smooth, process.with_short_range])
    is_amount = process.is_amount[process.lengths > 0][~is_cell]
    return _LongRange(
        is_cell,
        _points(points[is_first][:, ~is_cell], is_amount),
        np.cumsum(is_first) - 1,
        points[:, is_cell],
        coefficients[order].astype(float),
    )


@dataclass(frozen=True)
class ShortRange:
    """Short-range part of the second regression, and similarity to the training compositions."""

    regressed: FloatArray
    """(K and √K) Summand of the second regression, shape (n, 2)."""
    similarity: FloatArray
    """Of the composition to the nearest trained one, 1 where it is that, shape (n,)."""

    def of_rows(self, rows: IntArray) -> ShortRange:
        """Return some of the rows."""
        return ShortRange(self.regressed[rows], self.similarity[rows])


@dataclass(frozen=True)
class GaussianProcessTc:
    """Tc by the Gaussian process, in two parts."""

    smooth: FloatArray
    """(K) Not below 0, shape (n,)."""
    short_range: FloatArray
    """(K) Short-range residual to be added, weighted by similarity, shape (n,)."""

    @property
    def tc(self) -> FloatArray:
        """Return Tc (K) by the process alone, not below 0, shape (n,)."""
        return np.maximum(self.smooth + self.short_range, 0)


def short_range(process: GaussianProcess, amounts: FloatArray) -> ShortRange:
    """Return the short-range part, each distinct composition once.

    The distances are differences of large numbers: in single precision a composition that was
    trained on lies 0.004 from itself, so they are taken in double precision.

    Parameters
    ----------
    amounts
        Scaled, as they stand among the scaled descriptors, shape (n, n_elements).
    """
    lengths = process.composition_lengths[process.is_amount]
    first, index = distinct_rows(amounts)
    compositions = amounts[first].astype(float) * lengths
    distinct, coefficients = process.compositions
    regressed, similarity = [], []
    for start in range(0, len(compositions), CHUNK):
        squared = distinct.squared_distances(compositions[start : start + CHUNK])
        covariance = np.maximum(squared, 0).astype(np.float32)
        np.sqrt(covariance, out=covariance)
        np.negative(covariance, out=covariance)
        np.exp(covariance, out=covariance)
        regressed.append(process.short_range * (covariance.T.astype(float) @ coefficients))
        similarity.append(covariance.max(axis=0))
    return ShortRange(np.concatenate(regressed)[index], np.concatenate(similarity)[index])


def gaussian_process_tc(
    process: GaussianProcess, scaled: FloatArray, of_composition: ShortRange | None = None
) -> GaussianProcessTc:
    """Return Tc for scaled descriptors, shape (n_structures,).

    Parameters
    ----------
    of_composition
        Their short-range part, where it has been computed before.
    """
    of_composition = of_composition or short_range(process, scaled[:, process.is_amount])
    values = np.sqrt(3) * used_columns(scaled, process.lengths)
    regressed = _long_range_sums(process.long_range, values)
    smooth = _tc(process, regressed[:, :2])
    with_short_range = _tc(process, regressed[:, 2:] + of_composition.regressed)
    return GaussianProcessTc(smooth, of_composition.similarity * (with_short_range - smooth))


def _long_range_sums(rows: _LongRange, values: FloatArray) -> FloatArray:
    """Return the sums of the long-range covariance with the rows times coefficients, shape (n, 4).

    Pass after pass over what a core's cache can hold. Distances are differences of large numbers:
    single precision there makes Tc depend by 0.001 K on the rows computed with it.
    """
    composition, cells = values[:, ~rows.is_cell], values[:, rows.is_cell]
    is_same = (cells == cells[:1]).all(axis=0)  # on one lattice some cell columns count once
    factors = _distance_factors(rows.cells[:, ~is_same])
    factors[:, -1] += np.square(rows.cells[:, is_same] - cells[0, is_same]).sum(axis=1)
    first, kind = distinct_rows(composition)
    if len(first) == 1:  # in a scan of lattices
        [squared] = rows.compositions.squared_distances(composition[:1]).T
        factors[:, -1] += squared[rows.composition_of_row]
    sums = np.empty((len(values), 4))
    for start in range(0, len(first), CHUNK):
        members = np.flatnonzero((kind >= start) & (kind < start + CHUNK))
        apart = None
        if len(first) > 1:
            apart = rows.compositions.squared_distances(composition[first[start : start + CHUNK]])
        for some in np.split(members, range(CHUNK, len(members), CHUNK)):
            x = _with_squares(cells[some][:, ~is_same]).T
            sums[some] = _covariance_sums(rows, factors, x, apart, kind[some] - start).T
    return sums


def _covariance_sums(
    rows: _LongRange, factors: FloatArray, x: FloatArray, apart: FloatArray | None, kind: IntArray
) -> FloatArray:
    """Return the sums over rows for a few structures, shape (4, n).

    Parameters
    ----------
    factors, x
        Their product is a squared distance, shapes (n_rows, m) and (m, n).
    apart
        The rest of it, that of kinds of compositions, shape (n_compositions, n_kinds).
    kind
        Which kind each structure is of, shape (n,).
    """
    sums = np.zeros((4, x.shape[1]))
    if apart is not None and not np.array_equal(kind, np.arange(apart.shape[1])):
        apart = apart[:, kind]
    for start in range(0, len(factors), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        squared = factors[some] @ x
        if apart is not None:
            squared += apart[rows.composition_of_row[some]]
        sums += rows.coefficients[some].T @ _matern_3_2_of_squares(squared)
    return sums


def _matern_3_2_of_squares(squared: FloatArray) -> FloatArray:
    """Return (1 + r) exp(-r) for squares of r."""
    r = np.maximum(squared, 0).astype(np.float32)
    np.sqrt(r, out=r)
    decay = np.negative(r)
    np.exp(decay, out=decay)
    r += 1
    r *= decay
    return r.astype(float)


def _with_squares(x: FloatArray) -> FloatArray:
    """Return rows x as (x, x², 1), whose product with `_distance_factors` is a distance."""
    return np.column_stack([x, np.square(x).sum(axis=1), np.ones(len(x))])


def _distance_factors(points: FloatArray) -> FloatArray:
    """Return (-2 p, 1, p²) of points p as rows, shape (n_points, n_columns + 2)."""
    squares = np.square(points).sum(axis=1)
    return np.column_stack([-2 * points, np.ones(len(points)), squares])


def _tc(process: GaussianProcess, regressed: FloatArray) -> FloatArray:
    """Return Tc (K) from the fits to Tc and to its root, less their means, shape (n,)."""
    plain, root = np.maximum(regressed + process.means, 0).T
    return (1 - process.root_share) * plain + process.root_share * root**2


def used_columns(values: FloatArray, lengths: FloatArray) -> FloatArray:
    """Return the columns that have a length, times the factor, double precision, (n, n_used)."""
    return values[:, lengths > 0].astype(float) * lengths[lengths > 0]
