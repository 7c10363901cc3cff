"""Atoms of each element in a cell."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Composition

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.typing import FloatArray


def element_amounts(composition: Composition) -> FloatArray:
    """Return the atoms of each element, shape (94,), element Z at Z - 1.

    Raises
    ------
    ValueError
        An element heavier than Pu.
    """
    amounts = np.zeros(len(ELEMENTS))
    for element, amount in composition.element_composition.items():
        if len(ELEMENTS) < element.Z:
            raise ValueError(f"{element} is heavier than {ELEMENTS[-1]}, the last element expected")
        amounts[element.Z - 1] += amount
    return amounts
