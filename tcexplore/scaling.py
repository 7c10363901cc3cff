"""The scaling of the inputs, learned from the training rows; it travels with the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

FloatArray = NDArray[np.floating]
ComplexArray = NDArray[np.complexfloating]

N_KNOTS = 101
FAINT = 0.1  # e/Å³ or Da/Å³: below it a coefficient stays as small as it is


@dataclass(frozen=True)
class InputScaling:
    """What brings coefficients and descriptors to numbers of the order of 1."""

    coefficients: FloatArray
    """(Å³/e and Å³/Da) Factors on the coefficients, shape (n_box, n_box, n_box, 2).

    They bring the strong ones, F(000) above all, to about 1 in root mean square over the training
    rows and leave the faint ones faint. They are the same for all structures: all stays linear.
    """
    knots: FloatArray
    """(the descriptor's unit) Quantiles of the training rows, shape (n_knots, n_columns).

    The first columns of the descriptors, those of cell and composition statistics, pass through
    them to the same quantiles of a normal distribution, of which the outermost are put at -1 and 1;
    what lies outside stays there.
    """
    amount_scale: FloatArray
    """Factors on log(1 + amount) for the amounts of the elements, shape (n_elements,)."""


def fit_scaling(
    coefficients: ComplexArray, descriptors: FloatArray, *, n_elements: int
) -> InputScaling:
    """Return the scaling for descriptors whose last ``n_elements`` columns are amounts."""
    rms = np.sqrt(np.square(np.abs(coefficients)).mean(axis=0))
    statistics, amounts = np.split(descriptors, [-n_elements], axis=1)
    knots = np.quantile(statistics, np.linspace(0, 1, N_KNOTS), axis=0)
    spread = np.log1p(amounts).std(axis=0)
    return InputScaling(
        (1.0 / (rms + FAINT)).astype(np.float32),
        knots,
        1.0 / np.maximum(spread, 0.1),
    )


def scaled_coefficients(coefficients: ComplexArray, scaling: InputScaling) -> ComplexArray:
    """Return scaled coefficients, shape (n_structures, n_box, n_box, n_box, 2)."""
    return coefficients * scaling.coefficients


def scaled_descriptors(descriptors: FloatArray, scaling: InputScaling) -> FloatArray:
    """Return scaled descriptors, shape (n_structures, n_descriptors), single precision."""
    statistics, amounts = np.split(descriptors, [scaling.knots.shape[1]], axis=1)
    levels = ndtri(np.linspace(0, 1, N_KNOTS + 2)[1:-1])
    levels /= levels[-1]
    columns = [
        np.interp(column, _increasing(knots), levels)
        for column, knots in zip(statistics.T, scaling.knots.T, strict=True)
    ]
    scaled = [np.stack(columns, axis=1), np.log1p(amounts) * scaling.amount_scale]
    return np.concatenate(scaled, axis=1, dtype=np.float32)


def _increasing(knots: FloatArray) -> FloatArray:
    """Return knots that truly rise, so that a value held by many rows has one level."""
    step = 1e-9 * (1.0 + np.abs(knots).max())
    return knots + step * np.arange(len(knots))
