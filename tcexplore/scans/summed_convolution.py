"""The first convolution of coefficients that are sums, by its linearity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tcexplore.model.network import RealNetwork, pooled_features
from tcexplore.typing import FloatArray, IntArray

COLUMNS_AT_ONCE = 512


@dataclass(frozen=True)
class SummedConvolution:
    """The first convolution of coefficients that are sums, by its linearity."""

    base: FloatArray
    """Summand of all rows, with the bias, shape (8, 1, m³ · 2 · filters)."""
    parts: tuple[FloatArray, ...]
    """Choices of each further summand, shape (8, n_choices, m³ · 2 · filters)."""


def summed_convolution(
    network: RealNetwork, shared: FloatArray, parts: Sequence[FloatArray]
) -> SummedConvolution:
    """Return the first convolution of coefficients that are sums from those of the summands.

    Parameters
    ----------
    shared
        `first_convolution` of the coefficients that all rows have in common, one structure.
    parts
        `first_convolution` of the coefficients to choose from for each summand.
    """
    base = shared + network.first[1]
    return SummedConvolution(
        base.reshape(8, 1, -1), tuple(part.reshape(8, part.shape[1], -1) for part in parts)
    )


def summed_features(
    network: RealNetwork, convolution: SummedConvolution, of_row: IntArray
) -> FloatArray:
    """Return the features of rows that choose a part for each summand, shape (n_rows, features).

    Parameters
    ----------
    of_row
        Which part of each summand a row has, shape (n_rows, n_summands); fastest where rows that
        differ in the last summand alone stand together.
    """
    pooled = np.empty((len(of_row), convolution.base.shape[2]), np.float32)
    *outer, last = convolution.parts
    changes = np.flatnonzero((np.diff(of_row[:, :-1], axis=0) != 0).any(axis=1)) + 1
    for rows in np.split(np.arange(len(of_row)), changes):
        chosen = zip(outer, of_row[rows[0], :-1], strict=True)
        base = convolution.base + sum(part[:, [choice]] for part, choice in chosen)
        _pool_sums(base, _chosen(last, of_row[rows, -1]), out=pooled[rows[0] : rows[-1] + 1])
    return pooled_features(network, pooled)


def _chosen(parts: FloatArray, choices: IntArray) -> FloatArray:
    """Return parts by their choices, without a copy where these follow each other."""
    first, n = int(choices[0]), len(choices)
    if np.array_equal(choices, np.arange(first, first + n)):
        return parts[:, first : first + n]
    return parts[:, choices]


def _pool_sums(base: FloatArray, parts: FloatArray, *, out: FloatArray) -> None:
    """Write the mean over corners of max(base + part, 0), which is max(part, -base) + base.

    In pieces of the columns that a core's cache holds.
    """
    larger = np.empty((len(out), COLUMNS_AT_ONCE), np.float32)
    for start in range(0, out.shape[1], COLUMNS_AT_ONCE):
        columns = slice(start, start + COLUMNS_AT_ONCE)
        total = out[:, columns]
        total[:] = base[..., columns].sum(axis=0)
        for corner_base, corner_parts in zip(-base[..., columns], parts[..., columns], strict=True):
            total += np.maximum(corner_parts, corner_base, out=larger[:, : total.shape[1]])
    out /= 8
