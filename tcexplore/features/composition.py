"""From amounts of elements to the statistics of their properties, for many compositions at once.

Statistics as in table 2 of Hamidieh, arXiv:1803.10260. Of the elements i = 1..n that are there,
t_i is a property and p_i the atomic fraction:

- mean: mu = sum t_i / n; weighted: nu = sum p_i t_i
- geometric mean: exp(sum ln t_i / n); weighted: exp(sum p_i ln t_i)
- entropy: -sum w_i ln w_i with w_i = t_i / sum t_j; weighted: w_i = p_i t_i / sum p_j t_j
- range: max t_i - min t_i; weighted: max p_i t_i - min p_i t_i
- standard deviation: sqrt(sum (t_i - mu)² / n); weighted: sqrt(sum p_i (t_i - nu)²)

Geometric means and entropies need t_i > 0, which an electron affinity or a valence of 0 is not. In
these four statistics alone a property counts as at least the smallest positive value of its column:
for the electron affinity that of Dy, 1.48 kJ/mol, and for the valence 1. No statistic is then
undefined, and a trace of Mg does not turn a geometric mean into 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tcexplore.crystal.elements import ELEMENTS, ElementTable, element_table
from tcexplore.typing import FloatArray, IntArray

PROPERTY_UNITS = {
    "atomic_mass": "Da",
    "first_ionisation_energy": "kJ/mol",
    "atomic_radius": "Å",
    "density": "kg/m³",
    "electron_affinity": "kJ/mol",
    "fusion_heat": "kJ/mol",
    "thermal_conductivity": "W/(m K)",
    "valence": "1",
}
STATISTICS = (
    "mean",
    "weighted_mean",
    "geometric_mean",
    "weighted_geometric_mean",
    "entropy",
    "weighted_entropy",
    "range",
    "weighted_range",
    "standard_deviation",
    "weighted_standard_deviation",
)


def composition_descriptors(amounts: FloatArray, *, elements: Sequence[str]) -> FloatArray:
    """Return the number of elements and the statistics of their properties for many compositions.

    Where a composition holds an element without an atomic radius, its statistics of the radius are
    nan; all others are finite. A caller refuses such a structure before.

    Parameters
    ----------
    amounts
        (atoms) Of each element in any multiple of the formula, shape (n, n_elements).
    elements
        Symbols of the columns of `amounts`.

    Returns
    -------
    :
        (as `descriptor_units`) Shape (n, 81).

    Raises
    ------
    ValueError
        The amounts are not those of `elements`, one is negative or nan, or a row is empty.
    """
    _check_amounts(amounts, elements)
    parts = _parts(amounts)
    columns = atomic_numbers(elements)[parts.column] - 1
    properties = _properties(element_table())
    statistics = _statistics(parts, properties[columns], _positive(properties)[columns])
    flat = statistics.reshape(len(amounts), len(PROPERTY_UNITS) * len(STATISTICS))
    return np.column_stack([parts.count.astype(float), flat])


@dataclass(frozen=True)
class _Parts:
    """Each element of each composition as one row of a list, composition after composition."""

    column: IntArray
    """Column of the element in the amounts, shape (n_parts,)."""
    composition: IntArray
    """Which composition the part belongs to, shape (n_parts,)."""
    fraction: FloatArray
    """Atomic fraction of the part, shape (n_parts, 1)."""
    start: IntArray
    """Where each composition begins in the list, shape (n,)."""
    count: IntArray
    """Number of elements of each composition, shape (n,)."""

    def sum(self, values: FloatArray) -> FloatArray:
        """Return the sums over each composition, (n_parts, n_properties) to (n, n_properties)."""
        return np.add.reduceat(values, self.start, axis=0)

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the means over each composition, every element alike."""
        return self.sum(values) / self.count[:, np.newaxis]

    def weighted_mean(self, values: FloatArray) -> FloatArray:
        """Return the means over each composition, every atom alike."""
        return self.sum(self.fraction * values)

    def range(self, values: FloatArray) -> FloatArray:
        """Return maximum less minimum over each composition."""
        largest = np.maximum.reduceat(values, self.start, axis=0)
        return largest - np.minimum.reduceat(values, self.start, axis=0)

    def entropy(self, values: FloatArray) -> FloatArray:
        """Return -sum w ln w over each composition, w the share of each part in the sum."""
        share = values / self.spread(self.sum(values))
        return 0.0 - self.sum(share * np.log(share))  # 0 - x: a single element has 0, not -0

    def spread(self, values: FloatArray) -> FloatArray:
        """Return the value of each composition at each of its parts, (n, ...) to (n_parts, ...)."""
        return values[self.composition]


def _parts(amounts: FloatArray) -> _Parts:
    """Return the elements that are there, composition after composition."""
    composition, column = np.nonzero(amounts)
    count = np.bincount(composition, minlength=len(amounts))
    total = amounts.sum(axis=1)
    return _Parts(
        column=column,
        composition=composition,
        fraction=(amounts[composition, column] / total[composition])[:, np.newaxis],
        start=np.cumsum(count) - count,
        count=count,
    )


def _statistics(parts: _Parts, values: FloatArray, positive: FloatArray) -> FloatArray:
    """Return the statistics of properties in the order of `STATISTICS`.

    Parameters
    ----------
    parts
        The elements of n compositions.
    values
        Properties of each part, shape (n_parts, n_properties).
    positive
        The same, above 0, for logarithms.

    Returns
    -------
    :
        Shape (n, n_properties, n_statistics).
    """
    logarithm = np.log(positive)
    mean, weighted_mean = parts.mean(values), parts.weighted_mean(values)
    variance = parts.mean((values - parts.spread(mean)) ** 2)
    weighted_variance = parts.weighted_mean((values - parts.spread(weighted_mean)) ** 2)
    statistics = [
        mean,
        weighted_mean,
        np.exp(parts.mean(logarithm)),
        np.exp(parts.weighted_mean(logarithm)),
        parts.entropy(positive),
        parts.entropy(parts.fraction * positive),
        parts.range(values),
        parts.range(parts.fraction * values),
        np.sqrt(variance),
        np.sqrt(weighted_variance),
    ]
    return np.stack(statistics, axis=-1)


def _properties(table: ElementTable) -> FloatArray:
    """Return the columns of the table, shape (94, 8), nan where there is no radius."""
    return np.column_stack([getattr(table, name) for name in PROPERTY_UNITS])


def _positive(properties: FloatArray) -> FloatArray:
    """Return the properties, each at least the smallest positive value of its column."""
    smallest = np.nanmin(np.where(properties > 0, properties, np.nan), axis=0)
    return np.maximum(properties, smallest)


def atomic_numbers(elements: Sequence[str]) -> IntArray:
    """Return the atomic numbers of symbols, shape (n_elements,)."""
    unknown = [symbol for symbol in elements if symbol not in ELEMENTS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no element; expected symbols of {listed(ELEMENTS)}")
    return np.array([ELEMENTS.index(symbol) + 1 for symbol in elements])


def _check_amounts(amounts: FloatArray, elements: Sequence[str]) -> None:
    if amounts.ndim != 2 or amounts.shape[1] != len(elements):
        raise ValueError(
            f"amounts have shape {amounts.shape}; expected (n, {len(elements)}), a column for each"
            f" of {listed(elements)}"
        )
    total = amounts.sum(axis=1)
    sound = (amounts >= 0).all(axis=1) & (total > 0) & np.isfinite(total)
    if not sound.all():
        row = int(np.argmin(sound))
        raise ValueError(
            f"composition {row} has the amounts {amounts[row][amounts[row] != 0].tolist()};"
            " expected at least one positive and none negative; remove it"
        )


def listed(elements: Sequence[str]) -> str:
    """Return the elements in a few words for a message, such as ``H to Rn (86 elements)``."""
    return f"{elements[0]} to {elements[-1]} ({len(elements)} elements)"
