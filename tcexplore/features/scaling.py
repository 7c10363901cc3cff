"""The scaling of the inputs, learned from the training rows; it travels with the weights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtri

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.features.cell_scalars import cell_scalars
from tcexplore.features.pair_distances import (
    LARGEST,
    LEAST,
    N_PAIR_DISTANCES,
    scaled_pair_distances,
)
from tcexplore.features.valence_electrons import electron_statistics
from tcexplore.typing import ComplexArray, FloatArray, IntArray

N_KNOTS = 101
N_BINS = 6
N_CELL = 8  # descriptors of the cell come first
FAINT = 0.1  # e/Å³ or Da/Å³: below it a coefficient stays as small as it is
NONE = np.zeros(0)


@dataclass(frozen=True)
class InputScaling:
    """Scaling of coefficients and descriptors to numbers of the order of 1."""

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
    """Factors on log(1 + amount) for the amounts of the elements, shape (n_elements,); on the
    square roots of the atomic fractions where the model has scalars."""
    scalar_mean: FloatArray = field(default_factory=lambda: NONE)
    """(as `SCALARS`, then `electron_statistics`) Over the training rows, shape (41,); empty where a
    model has no scalars."""
    scalar_scale: FloatArray = field(default_factory=lambda: NONE)
    """Factors on the scalars less their means, shape (41,)."""
    edges: FloatArray = field(default_factory=lambda: NONE)
    """Bins of the scaled columns that are no amounts, shape (7, n_columns); those of the pair
    distances are equally wide, and begin below all that training holds."""

    @property
    def has_scalars(self) -> bool:
        """Whether scalars and contacts follow the descriptors, and columns are seen in bins."""
        return self.scalar_mean.size > 0

    def apply(self, coefficients: ComplexArray, descriptors: FloatArray) -> NetworkInputs:
        """Return the scaled inputs of a model.

        Parameters
        ----------
        coefficients
            (e/Å³ and Da/Å³) Unscaled, shape (n_structures, n_box, n_box, n_box, 2).
        descriptors
            (as `descriptor_units`) Unscaled, shape (n_structures, n_descriptors).
        """
        scaled = scaled_coefficients(coefficients, self)
        return NetworkInputs(scaled, *self.apply_to_descriptors(descriptors))

    def apply_to_descriptors(self, descriptors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the `descriptors` and `columns` of `NetworkInputs` for unscaled descriptors."""
        scaled = scaled_descriptors(descriptors, self)
        return scaled, network_columns(scaled, self)


@dataclass(frozen=True)
class NetworkInputs:
    """Scaled inputs of a model; all are of the order of 1 and single precision."""

    coefficients: ComplexArray
    """Of the convolutions, shape (n_structures, n_box, n_box, n_box, 2)."""
    descriptors: FloatArray
    """Of the Gaussian processes, shape (n_structures, n_descriptors)."""
    columns: FloatArray
    """Of the dense layers, as `network_columns` makes them, shape (n_structures, n_columns)."""


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
    """Return scaled descriptors, shape (n_structures, n_descriptors), single precision.

    Where the model has scalars, the unscaled descriptors end with the hydrogen contacts and the
    pair distances, and the scaled ones with the scalars, the logarithms of 1 + contacts, and these.
    """
    if scaling.has_scalars:
        return _scaled_with_scalars(descriptors, scaling)
    statistics, amounts = np.split(descriptors, [scaling.knots.shape[1]], axis=1)
    scaled = [_levelled(statistics, scaling.knots), np.log1p(amounts) * scaling.amount_scale]
    return np.concatenate(scaled, axis=1, dtype=np.float32)


def scaled_amounts(amounts: FloatArray, scaling: InputScaling) -> FloatArray:
    """Return the scaled amounts alone among `scaled_descriptors`, shape (n, n_elements)."""
    scaled = _root_fractions(amounts) if scaling.has_scalars else np.log1p(amounts)
    return (scaled * scaling.amount_scale).astype(np.float32)


def network_columns(scaled: FloatArray, scaling: InputScaling) -> FloatArray:
    """Return the inputs of the dense layers from scaled descriptors, (n_structures, n_columns).

    Without scalars that is the same. With them it is the amounts, then each other column as the
    share of each of its bins that it fills: a piecewise linear encoding, after Gorishniy et al.,
    arXiv:2203.05556 (2022).
    """
    if not scaling.has_scalars:
        return scaled
    statistics, amounts, rest = _split(scaled, scaling)
    values = np.concatenate([statistics, rest], axis=1)[:, None, :]
    low, width = scaling.edges[:-1], np.diff(scaling.edges, axis=0)
    filled = np.clip((values - low) / np.where(width > 0, width, 1.0), 0, 1) * (width > 0)
    return np.concatenate(
        [amounts, filled.reshape(len(scaled), low.size)], axis=1, dtype=np.float32
    )


def fit_scaling_with_scalars(
    coefficients: ComplexArray, descriptors: FloatArray, *, n_elements: int, n_statistics: int
) -> InputScaling:
    """Return the scaling for descriptors that end with amounts, contacts and pair distances."""
    counted = descriptors[:, : n_statistics + n_elements]
    plain = fit_scaling(coefficients, counted, n_elements=n_elements)
    roots = _root_fractions(counted[:, n_statistics:])
    scalars = _scalars(counted, n_elements=n_elements)
    scaling = replace(
        plain,
        amount_scale=1.0 / np.maximum(roots.std(axis=0), 0.1),
        scalar_mean=scalars.mean(axis=0),
        scalar_scale=0.5 / np.maximum(scalars.std(axis=0), 1e-3),
        edges=np.zeros((N_BINS + 1, 0)),
    )
    statistics, _, rest = _split(scaled_descriptors(descriptors, scaling), scaling)
    values = np.concatenate([statistics, rest], axis=1)
    shares = np.linspace(0, 1, N_BINS + 1)
    edges = np.quantile(values, shares, axis=0)
    least, largest = scaled_pair_distances(np.stack([LEAST, LARGEST]))
    edges[:, -N_PAIR_DISTANCES:] = least + shares[:, None] * (largest - least)
    return replace(scaling, edges=edges)


def scaled_fractions(scaled: FloatArray, scaling: InputScaling) -> FloatArray:
    """Return the atomic fractions that scaled descriptors stand for, (n_structures, n_elements)."""
    amounts = _split(scaled, scaling)[1] / scaling.amount_scale
    amounts = np.square(amounts) if scaling.has_scalars else np.expm1(amounts)
    return amounts / amounts.sum(axis=1, keepdims=True)


def _split(columns: FloatArray, scaling: InputScaling) -> list[FloatArray]:
    """Return the statistics, the amounts, and the columns after them."""
    n_statistics = scaling.knots.shape[1]
    return np.split(columns, [n_statistics, n_statistics + len(scaling.amount_scale)], axis=1)


def _scaled_with_scalars(descriptors: FloatArray, scaling: InputScaling) -> FloatArray:
    statistics, amounts, geometry = _split(descriptors, scaling)
    counted = descriptors[:, : descriptors.shape[1] - geometry.shape[1]]
    contacts, pairs = np.split(geometry, [-N_PAIR_DISTANCES], axis=1)
    cells, of_compositions = np.split(statistics, [N_CELL], axis=1)
    of_cells, of_statistics = np.split(scaling.knots, [N_CELL], axis=1)
    first, index = distinct_rows(counted[:, N_CELL:])  # once, on however many lattices
    scalars = _scalars(counted, n_elements=amounts.shape[1])
    scaled = [
        _levelled(cells, of_cells),
        _levelled(of_compositions[first], of_statistics)[index],
        scaled_amounts(amounts[first], scaling)[index],
        (scalars - scaling.scalar_mean) * scaling.scalar_scale,
        np.log1p(contacts),
        scaled_pair_distances(pairs),
    ]
    return np.concatenate(scaled, axis=1, dtype=np.float32)


def distinct_rows(rows: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the first row of each kind, and which kind each row is, shapes (n_kinds,), (n,)."""
    kinds: dict[bytes, int] = {}
    index = np.array([kinds.setdefault(row.tobytes(), len(kinds)) for row in rows], dtype=int)
    return np.unique(index, return_index=True)[1], index


def _scalars(counted: FloatArray, *, n_elements: int) -> FloatArray:
    """Return the scalars of the cell and the statistics of the electrons, shape (n, 41)."""
    elements, amounts = ELEMENTS[:n_elements], counted[:, -n_elements:]
    first, index = distinct_rows(amounts)
    electrons = electron_statistics(amounts[first], elements=elements)[index]
    return np.hstack([cell_scalars(counted, elements=elements), electrons])


def _root_fractions(amounts: FloatArray) -> FloatArray:
    return np.sqrt(amounts / amounts.sum(axis=1, keepdims=True))


def _levelled(statistics: FloatArray, knots: FloatArray) -> FloatArray:
    """Return each column put from its quantiles to those of a normal distribution."""
    levels = ndtri(np.linspace(0, 1, N_KNOTS + 2)[1:-1])
    levels /= levels[-1]
    columns = [
        np.interp(column, of_column, levels)
        for column, of_column in zip(statistics.T, _increasing(knots).T, strict=True)
    ]
    return np.stack(columns, axis=1)


def _increasing(knots: FloatArray) -> FloatArray:
    """Return columns that truly rise, so that a value held by many rows has one level."""
    step = 1e-9 * (1.0 + np.abs(knots).max(axis=0))
    return knots + step * np.arange(len(knots))[:, None]
