"""Sites of a cell in terms of the primitive cell: the number of each, and its translation.

What is counted in a crystal, such as its H2 units, is counted in the primitive cell: then it does
not depend on the cell that a file happens to hold. The atoms stay where the file has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.symmetry import symmetry_dataset
from tcexplore.typing import IntArray


@dataclass(frozen=True)
class PrimitiveSites:
    """The sites of a cell in terms of the primitive cell."""

    site: IntArray
    """Number of the site of the primitive cell, shape (n_sites,)."""
    cell: IntArray
    """Primitive cell that each lies in, 0 for the first site of a number, shape (n_sites, 3)."""
    transformation: IntArray
    """Lattice vectors of the cell in terms of the primitive ones, as rows, shape (3, 3)."""

    @property
    def count(self) -> int:
        """Return the number of sites of the primitive cell."""
        return int(self.site.max()) + 1


def primitive_sites(structure: Structure, *, symprec: float = 0.01) -> PrimitiveSites:
    """Return the sites of the primitive cell that the sites of a cell are translations of.

    Where the symmetry cannot be determined, the cell counts as primitive.

    Parameters
    ----------
    structure
        Any cell of the crystal; sites that hold the same mixture of species count as equal.
    symprec
        (Å) Tolerance of the search for symmetry.
    """
    primitive = _spglib_primitive(structure, symprec)
    if primitive is None:
        n_sites = len(structure)
        return PrimitiveSites(np.arange(n_sites), np.zeros((n_sites, 3), int), np.eye(3, dtype=int))
    site, transformation = primitive
    coords = structure.frac_coords @ transformation
    first = np.unique(site, return_index=True)[1]
    cell = np.rint(coords - coords[first[site]]).astype(int)
    return PrimitiveSites(site, cell, transformation)


def _spglib_primitive(structure: Structure, symprec: float) -> tuple[IntArray, IntArray] | None:
    """Return numbers of sites and transformation, None where spglib finds none."""
    dataset = symmetry_dataset(structure, symprec=symprec)
    if dataset is None:
        return None
    transformation = structure.lattice.matrix @ np.linalg.inv(dataset.primitive_lattice)
    site = np.unique(dataset.mapping_to_primitive, return_inverse=True)[1]
    return site.astype(int), np.rint(transformation).astype(int)
