"""Hydride cells of the data set whose pressures are known."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Structure

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.fractions import composition_amounts
from tcexplore.datasets.dataset import Dataset
from tcexplore.equation_of_state.additive import holds, is_within
from tcexplore.equation_of_state.fit import HydrideCells
from tcexplore.typing import FloatArray


def hydride_cells(dataset: Dataset) -> HydrideCells:
    """Return the cells that the equation of state is fitted to.

    Those of full weight (quality A, nothing to correct) whose source states the pressure: not those
    whose volume somebody set by an equation of state.
    """
    rows = dataset.rows
    is_stated = (rows["pressure_source"] == "stated") & (rows["weight"] >= 1.0)
    pressures = rows["pressure_gpa"].to_numpy(dtype=float)
    chosen = [int(row) for row in np.flatnonzero(is_stated & is_within(pressures))]
    structures = [dataset.structure(row) for row in chosen]
    return _cells(list(rows["formula"].iloc[chosen]), structures, pressures[chosen])


def measured_cells() -> HydrideCells:
    """Return the catalogue's hydride cells whose pressure and Tc were measured."""
    entries = [
        entry
        for entry in load_catalogue()
        if entry.tc_kind == "experiment"
        and entry.pressure is not None
        and is_within(entry.pressure)
    ]
    structures = [entry.structure() for entry in entries]
    formulas = [structure.composition.reduced_formula for structure in structures]
    pressures = np.array([entry.pressure for entry in entries], dtype=float)
    return _cells(formulas, structures, pressures)


def _cells(formulas: list[str], structures: list[Structure], pressures: FloatArray) -> HydrideCells:
    """Return the cells that the equation of state holds for."""
    each = [composition_amounts(structure.composition) for structure in structures]
    amounts = np.stack(each)[:, : len(ELEMENTS)]
    volumes = np.array([structure.volume for structure in structures])
    return HydrideCells(tuple(formulas), amounts, volumes, pressures).rows(holds(amounts))
