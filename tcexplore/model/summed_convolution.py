"""The first convolution of coefficients that are sums, by its linearity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tcexplore.model.network import RealNetwork, first_convolution, pooled_features
from tcexplore.typing import ComplexArray, FloatArray, IntArray


@dataclass(frozen=True)
class SummedConvolution:
    """The first convolution of coefficients that are sums, by its linearity."""

    base: FloatArray
    """What all rows have in common, the bias with it, shape (8, 1, m³ · 2 · filters)."""
    parts: tuple[FloatArray, ...]
    """What each summand has to choose from, shape (8, n_choices, m³ · 2 · filters)."""


def summed_convolution(
    network: RealNetwork, shared: ComplexArray, parts: Sequence[ComplexArray]
) -> SummedConvolution:
    """Return the first convolution of coefficients in common and of those to choose from.

    Parameters
    ----------
    shared
        Coefficients that all rows have in common, shape (1, n, n, n, channels).
    parts
        Coefficients to choose from for each summand, shape (n_choices, n, n, n, channels).
    """
    bias = network.first[1].reshape(8, -1)
    return SummedConvolution(
        _corners_first(first_convolution(network, shared)),
        tuple(_corners_first(first_convolution(network, part) - bias) for part in parts),
    )


def _corners_first(x: FloatArray) -> FloatArray:
    """Return (n, m³, 8, channels) as (8, n, m³ · channels)."""
    return np.ascontiguousarray(x.transpose(2, 0, 1, 3)).reshape(8, len(x), -1)


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
        _pool_sums(base, last[:, of_row[rows, -1]], out=pooled[rows[0] : rows[-1] + 1])
    return pooled_features(network, pooled)


def _pool_sums(base: FloatArray, parts: FloatArray, *, out: FloatArray) -> None:
    """Write the mean over corners of max(base + part, 0), which is max(part, -base) + base."""
    larger = np.empty_like(out)
    out[:] = base.sum(axis=0)
    for corner_base, corner_parts in zip(-base, parts, strict=True):
        np.maximum(corner_parts, corner_base, out=larger)
        out += larger
    out /= 8
