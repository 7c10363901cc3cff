"""Pressures of the materials of an element swap, by the equation of state."""

from __future__ import annotations

import numpy as np

from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.scans.row_pressures import row_pressures_with_errors
from tcexplore.studies.element_swap import ElementSwap


def swap_pressures(swap: ElementSwap) -> Pressures:
    """Return the pressures of the materials of a map on their lattices, shape (n_y, n_x)."""
    rows, columns = swap.places.T
    maps = []
    for part in row_pressures_with_errors(swap.scan, swap.peak_scale[rows, columns, None]).parts:
        maps.append(np.full(swap.tc.shape, np.nan))
        maps[-1][rows, columns] = part[:, 0]
    return Pressures(*maps)
