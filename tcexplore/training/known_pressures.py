"""Hydride cells of the data set whose pressures are known."""

from __future__ import annotations

import numpy as np

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.datasets.dataset import Dataset, StructureArrays
from tcexplore.equation_of_state.additive import holds, is_within
from tcexplore.equation_of_state.amounts import element_amounts
from tcexplore.equation_of_state.fit import HydrideCells


def hydride_cells(dataset: Dataset) -> HydrideCells:
    """Return the cells that the equation of state is fitted to.

    Those of full weight (quality A, nothing to correct) whose source states the pressure: not those
    whose volume somebody set by an equation of state.
    """
    rows = dataset.rows
    is_stated = (rows["pressure_source"] == "stated") & (rows["weight"] >= 1.0)
    pressures = rows["pressure_gpa"].to_numpy(dtype=float)
    chosen = [int(row) for row in np.flatnonzero(is_stated & is_within(pressures))]
    structures = [dataset.structures[row] for row in chosen]
    amounts = np.stack([element_amounts(cell.structure().composition) for cell in structures])
    volumes = np.array([_volume(cell) for cell in structures])
    cells = HydrideCells(tuple(rows["formula"].iloc[chosen]), amounts, volumes, pressures[chosen])
    return cells.rows(holds(amounts))


def _volume(cell: StructureArrays) -> float:
    return abs(float(np.linalg.det(cell.lattice)))


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
    amounts = np.stack([element_amounts(structure.composition) for structure in structures])
    cells = HydrideCells(
        tuple(structure.composition.reduced_formula for structure in structures),
        amounts,
        np.array([structure.volume for structure in structures]),
        np.array([entry.pressure for entry in entries], dtype=float),
    )
    return cells.rows(holds(amounts))
