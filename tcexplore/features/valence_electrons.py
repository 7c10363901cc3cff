"""Statistics of the elements' valence electrons over a composition, beside those of the paper.

For hydrides they say how many electrons the metal has to give and of which kind: a Gaussian process
and networks err by one kelvin in thirty less on hydrides with them (docs/experiments.md).
"""

from __future__ import annotations

import functools

import numpy as np
from pymatgen.core import Element

from tcexplore.features.composition import atomic_numbers
from tcexplore.typing import FloatArray

PROPERTIES = (
    "electronegativity",
    "group",
    "row",
    "s_electrons",
    "p_electrons",
    "d_electrons",
    "f_electrons",
    "valence_electrons",
    "mendeleev_number",
)
BLOCKS = ("d_block", "f_block", "p_block", "s_block")
N_ELECTRONS = 3 * len(PROPERTIES) + len(BLOCKS)
UNKNOWN_ELECTRONEGATIVITY = 1.5  # Pauling's scale; for elements that have no value
NOBLE_CORES = (0, 2, 10, 18, 36, 54, 86)


def electron_statistics(amounts: FloatArray, *, elements: tuple[str, ...]) -> FloatArray:
    """Return mean, standard deviation and range of each of `PROPERTIES`, and shares of `BLOCKS`.

    Mean and deviation are weighted by the atomic fractions.

    Parameters
    ----------
    amounts
        (atoms) Of each element in any multiple of the formula, shape (n, n_elements).
    elements
        Symbols of the columns of `amounts`.

    Returns
    -------
    :
        (1) Shape (n, 31).
    """
    table = _table()[atomic_numbers(elements) - 1]
    fractions = amounts / amounts.sum(axis=1, keepdims=True)
    mean = fractions @ table
    deviation = np.sqrt(np.maximum(fractions @ table**2 - mean**2, 0))
    structure, column = np.nonzero(fractions)
    start = np.searchsorted(structure, np.arange(len(fractions)))
    low, high = (f.reduceat(table[column], start) for f in (np.minimum, np.maximum))
    return np.hstack([mean, deviation, high - low, fractions @ _blocks(table)])


def _blocks(table: FloatArray) -> FloatArray:
    """Return which element belongs to which of `BLOCKS` by its last shell, (n_elements, 4)."""
    p, d, f = (table[:, PROPERTIES.index(f"{shell}_electrons")] > 0 for shell in "pdf")
    return np.stack([d & ~p, f, p, ~p & ~d], axis=1).astype(float)


@functools.cache
def _table() -> FloatArray:
    """Return the `PROPERTIES` of the elements H to Pu by way of pymatgen, shape (94, 9)."""
    return np.array([_properties(Element.from_Z(z)) for z in range(1, 95)], dtype=float)


def _properties(element: Element) -> list[float]:
    electrons = _valence_electrons(element)
    return [
        element.data.get("X") or UNKNOWN_ELECTRONEGATIVITY,
        element.group,
        element.row,
        *electrons.values(),
        sum(electrons.values()),
        element.mendeleev_no,
    ]


def _valence_electrons(element: Element) -> dict[str, int]:
    """Return the electrons outside the noble-gas core by shell, closed d and f shells left out.

    A closed d or f shell below a p shell, and a closed f shell below a d shell, belong to the core.
    """
    core = max(number for number in NOBLE_CORES if number < element.Z)
    electrons, counted = dict.fromkeys("spdf", 0), 0
    for _, shell, number in element.full_electronic_structure:
        counted += number
        if counted > core:
            electrons[shell] += number
    if electrons["p"] and electrons["d"] == 10:
        electrons["d"] = 0
    if (electrons["p"] or electrons["d"]) and electrons["f"] == 14:
        electrons["f"] = 0
    return electrons
