"""The known materials that are chemically nearest to a composition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pymatgen.core import Composition

from tcexplore.crystal.fractions import composition_fractions, formula_fractions
from tcexplore.equation_of_state.estimate import CrystalPressure, composition_pressure
from tcexplore.io.stated_pressure import NAME, pressure_in

Kept = Literal["nothing", "formula", "chemical system"]

SAME_FORMULA = 1e-5  # share of the atoms
AMBIENT = ("3DSC_MP", "jarvis_dft", "materials_project")
"""Sources whose materials are all at ambient pressure."""
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
    pressure: CrystalPressure
    """As its source states it, and estimated from its volume."""


def nearest_known(
    composition: Composition, known: pd.DataFrame, *, count: int = 5, without: Kept = "nothing"
) -> tuple[Neighbour, ...]:
    """Return the known materials whose atomic fractions are nearest, nearest first.

    Those that differ in their cells alone count once.

    Parameters
    ----------
    known
        Columns formula, tc (K), tc_kind, space_group_number, source and volume_per_atom (Å³).
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
        Neighbour(
            *known[[*SHOWN, "source"]].iloc[row],
            distance=float(distances[row]),
            pressure=_pressure(*known[["formula", "source", "volume_per_atom"]].iloc[row]),
        )
        for row in order
        if np.isfinite(distances[row])
    )


def _pressure(formula: str, source: str, volume_per_atom: float) -> CrystalPressure:
    """Return the pressure of a material, stated where its data set or its file tells it."""
    composition = Composition(formula)
    data_set, _, file = source.partition(":")
    told = pressure_in(file, NAME)
    stated = 0.0 if data_set in AMBIENT else told and told.value
    return composition_pressure(composition, volume_per_atom * composition.num_atoms, stated)
