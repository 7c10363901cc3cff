"""Which sites are one site of the primitive cell."""

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from support import equivalents
from support.hydrides import CRYSTALS

from tcexplore.crystal.primitive_sites import primitive_sites


@pytest.mark.parametrize("change", [*equivalents.ALL, lambda structure, rng: structure])
@pytest.mark.parametrize("name", CRYSTALS)
def test_sites_of_one_number_differ_by_a_primitive_translation(name, change, rng):
    structure = change(CRYSTALS[name](), rng)
    found = primitive_sites(structure)
    lattice = np.linalg.solve(found.transformation, structure.lattice.matrix)
    n_cells = round(abs(np.linalg.det(found.transformation)))
    assert len(structure) == n_cells * found.count
    for number in range(found.count):
        places = np.flatnonzero(found.site == number)
        assert len({structure[place].species for place in places}) == 1
        origins = structure.cart_coords[places] - found.cell[places] @ lattice
        np.testing.assert_allclose(origins, origins[:1].repeat(len(places), 0), atol=1e-3)


def test_the_known_numbers():
    assert primitive_sites(CRYSTALS["LaH10"]()).count == 11
    assert primitive_sites(CRYSTALS["CaH6"]()).count == 7
    assert primitive_sites(CRYSTALS["layered"]()).count == 19
    assert primitive_sites(CRYSTALS["two frameworks"]()).count == 16


def test_a_cell_whose_symmetry_cannot_be_told_counts_as_primitive():
    coords = [[0, 0, 0], [0, 0, 0.0001], [0.5, 0.5, 0.5], [0.5, 0.5, 0.5001]]
    found = primitive_sites(Structure(Lattice.cubic(4), ["H"] * 4, coords))
    assert found.site.tolist() == [0, 1, 2, 3]
    assert not found.cell.any()
    assert found.transformation.tolist() == np.eye(3).tolist()
