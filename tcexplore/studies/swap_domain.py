"""Applicability domain of the materials of an element swap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan_domain import member_domain
from tcexplore.studies.element_swap import ElementSwap


def swap_domain(predictor: TcPredictor, swap: ElementSwap) -> ApplicabilityDomain:
    """Return the applicability domain of each material of a map on its best lattice.

    Returns
    -------
    :
        Shape (n_y, n_x), as the map's Tc; a percentile of nan where nothing is predicted.
    """
    rows, columns = swap.places.T
    peaks = swap.peak_scale[rows, columns]
    predicted = np.flatnonzero(np.isfinite(peaks))
    scales, lattices = np.unique(peaks[predicted], return_inverse=True)
    matrix = swap.scan.parent.structure.lattice.matrix
    scan = replace(swap.scan, lattices=scales[:, None, None] * matrix)
    domain = member_domain(predictor, scan, predicted, lattices)
    return domain.spread(swap.tc.shape, (rows[predicted], columns[predicted]))
