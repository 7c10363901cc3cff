"""The dome of one material of an element swap, as the map itself sees it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pymatgen.core import Element

from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import member_structure
from tcexplore.scans.scan_domain import scan_domain
from tcexplore.scans.scan_tc import scan_tc
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.typing import FloatArray


def swap_dome(
    predictor: TcPredictor,
    swap: ElementSwap,
    *,
    x: str,
    y: str,
    scales: FloatArray,
) -> LatticeDome:
    """Return Tc of one material of a map against the scale of its lattice.

    The parent's space group counts, as it does in the map, so the dome goes through the map's
    value; `lattice_dome` of the same structure would look for the symmetry anew.

    Parameters
    ----------
    x, y
        Symbols of the elements on the two groups of sites.
    scales
        Factors on the lattice vectors of the map's parent, shape (n,).
    """
    parent, scales = swap.scan.parent, np.sort(np.asarray(scales, dtype=float))
    lattice = parent.structure.lattice.matrix
    numbers = [Element(symbol).Z for symbol in (x, y)[: len(swap.scan.groups)]]
    own = replace(swap.scan, species=np.array([numbers]), lattices=lattice[None])
    cell = replace(parent, structure=member_structure(own, 0, 0))
    scan = replace(own, lattices=scales[:, None, None] * lattice)
    tc = scan_tc(predictor, scan).of_row(0)
    return LatticeDome(cell, scales, *tc.parts, scan_domain(predictor, scan))
