"""Atomic fractions and amounts of compositions and formulas, by atomic number."""

from __future__ import annotations

import functools

import numpy as np
from pymatgen.core import Composition

from tcexplore.typing import FloatArray

HEAVIEST = 118  # a structure may hold elements beyond those that any model knows


@functools.lru_cache(maxsize=4)
def formula_fractions(formulas: tuple[str, ...]) -> FloatArray:
    """Return the atomic fractions of each formula by atomic number, shape (n_formulas, 118)."""
    return np.stack([composition_fractions(Composition(formula)) for formula in formulas])


def composition_fractions(composition: Composition) -> FloatArray:
    """Return the atomic fractions of a composition by atomic number, shape (118,)."""
    amounts = composition_amounts(composition)
    return amounts / amounts.sum()


def composition_amounts(composition: Composition) -> FloatArray:
    """Return the atoms of each element of a composition by atomic number, shape (118,)."""
    amounts = np.zeros(HEAVIEST)
    for element, amount in composition.element_composition.items():
        amounts[element.Z - 1] = amount
    return amounts
