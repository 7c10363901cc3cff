"""How far the materials of an element swap lie from what the model has seen."""

from __future__ import annotations

import numpy as np

from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan_domain import member_domain
from tcexplore.studies.element_swap import ElementSwap, pair_places


def swap_domain(predictor: TcPredictor, swap: ElementSwap) -> ApplicabilityDomain:
    """Return how far each material of a map lies from what was seen, on its best lattice.

    Returns
    -------
    :
        Shape (n_y, n_x), as the map's Tc; a percentile of nan where nothing is predicted.
    """
    rows, columns = pair_places(swap.scan, swap.x, swap.y).T
    peaks = swap.peak_scale[rows, columns]
    found = np.flatnonzero(np.isfinite(peaks))
    lattices = np.abs(swap.scales - peaks[found, None]).argmin(axis=1)
    domain = member_domain(predictor, swap.scan, found, lattices)
    return domain.spread(swap.tc.shape, (rows[found], columns[found]))
