"""The known materials that are chemically nearest to a composition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pymatgen.core import Composition

from tcexplore.crystal.fractions import composition_fractions, formula_fractions

Kept = Literal["nothing", "formula", "chemical system"]

SAME_FORMULA = 1e-5  # share of the atoms
SHOWN = ["formula", "tc", "tc_kind", "space_group_number"]


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
    composition: Composition, known: pd.DataFrame, *, count: int = 5, without: Kept = "nothing"
) -> tuple[Neighbour, ...]:
    """Return the known materials whose atomic fractions are nearest, nearest first.

    Those that differ in their cells alone count once.

    Parameters
    ----------
    known
        Columns formula, tc (K), tc_kind, space_group_number and source.
    without
        What is left out: materials of the same formula, or those of exactly the same elements.
    """
    fractions = formula_fractions(tuple(known["formula"]))
    reference = composition_fractions(composition)
    distances = 0.5 * np.abs(fractions - reference).sum(axis=1)
    if without == "formula":
        distances[distances < SAME_FORMULA] = np.inf
    elif without == "chemical system":
        distances[((fractions > 0) == (reference > 0)).all(axis=1)] = np.inf
    distances[known.duplicated(SHOWN)] = np.inf
    order = np.argsort(distances, kind="stable")[:count]
    return tuple(
        Neighbour(*known[[*SHOWN, "source"]].iloc[row], distance=float(distances[row]))
        for row in order
        if np.isfinite(distances[row])
    )
