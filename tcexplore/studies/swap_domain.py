"""How far the materials of an element swap lie from what the model has seen."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Element

from tcexplore.domain import Domain
from tcexplore.family_domain import family_domain
from tcexplore.predictor import TcPredictor
from tcexplore.studies.element_swap import ElementSwap


def swap_domain(predictor: TcPredictor, swap: ElementSwap) -> Domain:
    """Return how far each material of a map lies from what was seen, on its best lattice.

    Returns
    -------
    :
        Shape (n_y, n_x), as the map's Tc; a percentile of nan where nothing is predicted.
    """
    species = swap.family.species
    columns = _places(swap.x, species[:, 0])
    rows = _places(swap.y, species[:, 1]) if species.shape[1] == 2 else np.zeros_like(columns)
    peaks = swap.peak_scale[rows, columns]
    found = np.flatnonzero(np.isfinite(peaks))
    lattices = np.abs(swap.scales - peaks[found, None]).argmin(axis=1)
    domain = family_domain(predictor, swap.family, found, lattices)
    return domain.spread(swap.tc.shape, (rows[found], columns[found]))


def _places(symbols: tuple[str, ...], atomic_numbers: np.ndarray) -> np.ndarray:
    """Return where each element stands along an axis of the map, shape (n_pairs,)."""
    place = {Element(symbol).Z: number for number, symbol in enumerate(symbols)}
    return np.array([place[int(number)] for number in atomic_numbers])
