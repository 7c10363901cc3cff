"""Volumes and pressures of the rows of a scan, by the equation of state."""

from __future__ import annotations

import numpy as np

from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.crystal.structure import StructureError
from tcexplore.equation_of_state.additive import PRESSURES, holds, is_within
from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.equation_of_state.files import load_equation_of_state
from tcexplore.scans.scan import Scan
from tcexplore.typing import FloatArray


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
        A pressure outside those that the equation of state holds for.
    """
    check_pressures(pressures)
    amounts = row_amounts(scan)
    volumes = load_equation_of_state().volume(pressures, amounts[:, None])
    scales = np.cbrt(volumes / scan.parent.structure.volume)
    return np.where(holds(amounts)[:, None], scales, np.nan)


def row_pressures(scan: Scan, scales: FloatArray) -> FloatArray:
    """Return the pressures (GPa) of rows of a scan by their volumes.

    Parameters
    ----------
    scales
        Factors on the parent's lattice, shape (n_rows, n_lattices).

    Returns
    -------
    :
        Shape (n_rows, n_lattices); nan where there is no estimate.
    """
    volumes = scales**3 * scan.parent.structure.volume
    return load_equation_of_state().pressure(volumes, row_amounts(scan)[:, None])


def row_pressures_with_errors(scan: Scan, scales: FloatArray) -> Pressures:
    """Return the pressures of rows of a scan as `row_pressures`, with their errors."""
    equation, amounts = load_equation_of_state(), row_amounts(scan)[:, None]
    value = row_pressures(scan, scales)
    factor = equation.error_factor(value, amounts)
    return Pressures(value, value / factor, value * factor)


def check_pressures(pressures: FloatArray) -> None:
    """Raise `StructureError` where the equation of state does not reach a pressure (GPa)."""
    is_outside = ~is_within(np.asarray(pressures))
    if is_outside.any():
        low, high = PRESSURES
        outside = np.asarray(pressures)[is_outside][0]
        raise StructureError(f"a pressure of {outside:g} GPa; expected {low:g} to {high:g} GPa")
