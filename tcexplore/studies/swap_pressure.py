"""Pressures of the materials of an element swap, by the equation of state."""

from __future__ import annotations

import numpy as np

from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.equation_of_state.files import load_equation_of_state
from tcexplore.scans.row_pressures import row_amounts
from tcexplore.studies.element_swap import ElementSwap


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
