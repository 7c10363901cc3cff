"""Applicability domain of the materials of an element swap."""

from __future__ import annotations

import numpy as np

from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan_domain import member_domain
from tcexplore.studies.element_swap import ElementSwap, pair_places


def swap_domain(predictor: TcPredictor, swap: ElementSwap) -> ApplicabilityDomain:
    """Return the applicability domain of each material of a map on its best lattice.

    Returns
    -------
    :
        Shape (n_y, n_x), as the map's Tc; a percentile of nan where nothing is predicted.
    """
    rows, columns = pair_places(swap.scan, swap.x, swap.y).T
    peaks = swap.peak_scale[rows, columns]
    predicted = np.flatnonzero(np.isfinite(peaks))
    lattices = np.abs(swap.scales - peaks[predicted, None]).argmin(axis=1)
    domain = member_domain(predictor, swap.scan, predicted, lattices)
    return domain.spread(swap.tc.shape, (rows[predicted], columns[predicted]))
