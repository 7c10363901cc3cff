"""The known materials that are chemically nearest to a composition."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pymatgen.core import Composition

FloatArray = NDArray[np.floating]

HEAVIEST = 118  # a structure may hold elements beyond those that any model knows


@dataclass(frozen=True)
class Neighbour:
    """A material that the model was trained on."""

    formula: str
    tc: float
    """(K)"""
    tc_kind: str
    """``experiment``, ``eliashberg``, ``allen_dynes`` or ``literature``."""
    space_group_number: int
    source: str
    distance: float
    """Share of the atoms that would have to be exchanged, 0 to 1."""


def nearest_known(
    composition: Composition, known: pd.DataFrame, *, count: int = 5
) -> tuple[Neighbour, ...]:
    """Return the known materials whose atomic fractions are nearest, nearest first.

    Parameters
    ----------
    known
        Columns formula, tc (K), tc_kind, space_group_number and source.
    """
    fractions = _fractions(tuple(known["formula"]))
    distances = 0.5 * np.abs(fractions - _fraction(composition)).sum(axis=1)
    order = np.argsort(distances, kind="stable")[:count]
    columns = ["formula", "tc", "tc_kind", "space_group_number", "source"]
    return tuple(
        Neighbour(*known[columns].iloc[row], distance=float(distances[row])) for row in order
    )


@functools.lru_cache(maxsize=4)
def _fractions(formulas: tuple[str, ...]) -> FloatArray:
    """Return the atomic fractions of each formula, shape (n_formulas, n_elements)."""
    return np.stack([_fraction(Composition(formula)) for formula in formulas])


def _fraction(composition: Composition) -> FloatArray:
    amounts = np.zeros(HEAVIEST)
    for element, amount in composition.element_composition.items():
        amounts[element.Z - 1] = amount
    return amounts / amounts.sum()
