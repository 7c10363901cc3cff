"""Pressure and volume of the materials of an element swap, by the equation of state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.crystal.structure import StructureError
from tcexplore.equation_of_state.additive import PRESSURES, holds, is_within
from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.equation_of_state.files import load_equation_of_state
from tcexplore.scans.scan import Scan
from tcexplore.typing import FloatArray

if TYPE_CHECKING:
    from tcexplore.studies.element_swap import ElementSwap


def row_amounts(scan: Scan) -> FloatArray:
    """Return the atoms of each element in the cell of each row, shape (n_rows, 94)."""
    kinds = site_kinds(scan.parent.structure, scan.groups, scan.species)
    return kinds.fractions * kinds.occupancy.sum()


def scales_at_pressures(scan: Scan, pressures: FloatArray) -> FloatArray:
    """Return the factor on the parent's lattice of each row at some pressures (GPa).

    Every row has its own volume; the shape of the cell is the parent's.

    Returns
    -------
    :
        Shape (n_rows, n_pressures); nan where the equation of state does not hold for a row.

    Raises
    ------
    StructureError
        A pressure outside those that the equation of state holds for, or no row that it holds for.
    """
    if not is_within(pressures).all():
        low, high = PRESSURES
        outside = np.asarray(pressures)[~is_within(pressures)][0]
        raise StructureError(f"a pressure of {outside:g} GPa; expected {low:g} to {high:g} GPa")
    amounts = row_amounts(scan)
    is_held = holds(amounts)
    if not is_held.any():
        raise StructureError(
            "no volume at a pressure is known for any of these materials: the equation of state is"
            " of hydrides with two or more H for each other atom, without Be and B; take another"
            " kind of lattice"
        )
    volumes = load_equation_of_state().volume(pressures, amounts[:, None])
    scales = np.cbrt(volumes / scan.parent.structure.volume)
    return np.where(is_held[:, None], scales, np.nan)


def swap_pressures(swap: ElementSwap) -> Pressures:
    """Return the pressures of the materials of a map on their lattices, shape (n_y, n_x)."""
    equation, amounts = load_equation_of_state(), row_amounts(swap.scan)
    rows, columns = swap.places.T
    volumes = swap.peak_scale[rows, columns] ** 3 * swap.scan.parent.structure.volume
    value = equation.pressure(volumes, amounts)
    factor = equation.error_factor(value, amounts)
    maps = []
    for part in (value, value / factor, value * factor):
        maps.append(np.full(swap.tc.shape, np.nan))
        maps[-1][rows, columns] = part
    return Pressures(*maps)
