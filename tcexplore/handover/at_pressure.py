"""Cell of a structure at a pressure: scaled to its volume there by the equation of state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.structure import on_lattice
from tcexplore.equation_of_state.additive import PRESSURES, is_within
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.io.stated_pressure import PROPERTY


@dataclass(frozen=True)
class CellAtPressure:
    """A structure whose cell was brought to a pressure as far as that is known."""

    structure: Structure
    pressure: float
    """(GPa)"""
    note: str
    """Sentence: how the cell was scaled, or why it was not."""


def cell_at_pressure(
    structure: Structure, pressure: float, *, stated: float | None = None
) -> CellAtPressure:
    """Return a structure on its lattice at a pressure, fractional coordinates fixed.

    Parameters
    ----------
    pressure
        (GPa)
    stated
        (GPa) Known pressure of the structure as given; 0 is ambient, None unknown.

    Raises
    ------
    ValueError
        The pressure is no number from 0 on.
    """
    if not 0 <= pressure < np.inf:
        raise ValueError(f"a pressure of {pressure:g} GPa; expected a number from 0 on")
    if pressure == stated:
        return CellAtPressure(structure, pressure, f"The cell is that of {pressure:g} GPa.")
    if isinstance(scale := _scale(structure, pressure, stated), str):
        return CellAtPressure(structure, pressure, f"The cell keeps its volume: {scale}.")
    scaled = on_lattice(structure, scale * structure.lattice.matrix)
    scaled.properties = {n: value for n, value in structure.properties.items() if n != PROPERTY}
    note = (
        f"The lattice was scaled by {scale:.4f} to its volume at {pressure:g} GPa by the equation"
        " of state; atoms keep their fractional coordinates."
    )
    return CellAtPressure(scaled, pressure, note)


def _scale(structure: Structure, pressure: float, stated: float | None) -> float | str:
    """Return the factor on the lattice vectors, or the reason why it is not known."""
    if not is_within(np.array(pressure)):
        low, high = PRESSURES
        return f"the equation of state holds from {low:g} to {high:g} GPa, not at {pressure:g} GPa"
    try:
        return float(pressure_scale(structure, stated).scales(np.array([pressure]))[0])
    except ValueError as error:
        return str(error).removeprefix("no volume at a pressure: ")
