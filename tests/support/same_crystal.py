"""Structures compared as crystals."""

import numpy as np
from pymatgen.core import Structure


def assert_same_crystal(found: Structure, expected: Structure, *, tolerance: float = 1e-6) -> None:
    """The same sites in the same cell, in whatever order and orientation."""
    assert np.allclose(found.lattice.parameters, expected.lattice.parameters, atol=tolerance)
    assert len(found) == len(expected)
    for site in expected:
        nearest = min(found, key=lambda other: site.lattice.get_all_distances(
            site.frac_coords, other.frac_coords)[0, 0])  # fmt: skip
        assert site.species.almost_equals(nearest.species)
        shift = site.frac_coords - nearest.frac_coords
        assert np.allclose(shift, np.rint(shift), atol=tolerance)
