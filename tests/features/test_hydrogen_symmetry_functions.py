"""Scalars of the cell and H-H contacts: independent of the cell, smooth, right by hand."""

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.features.hydrogen_symmetry_functions import (
    G2_DISTANCES,
    G2_WIDTHS,
    hydrogen_symmetry_functions,
    symmetry_functions_in_lattices,
)


def bells(distance):
    return np.exp(-0.5 * ((distance - G2_DISTANCES) / G2_WIDTHS) ** 2)


def test_a_hydrogen_molecule_in_a_large_cell_has_one_contact_an_atom():
    molecule = Structure(Lattice.cubic(9.0), ["H", "H"], [[0, 0, 0], [0.74 / 9, 0, 0]])
    np.testing.assert_allclose(hydrogen_symmetry_functions(molecule), bells(0.74), atol=1e-6)


def test_a_hydrogen_site_has_contacts_with_its_own_images():
    chain = Structure(Lattice.tetragonal(9.0, 1.3), ["H"], [[0, 0, 0]])
    expected = 2 * (bells(1.3) + bells(2.6))
    np.testing.assert_allclose(hydrogen_symmetry_functions(chain), expected, atol=1e-3)


def test_no_hydrogen_no_contacts(mgb2):
    assert not hydrogen_symmetry_functions(mgb2).any()


def test_contacts_are_those_of_any_cell(triclinic):
    expected = hydrogen_symmetry_functions(triclinic)
    assert expected.any()
    for change in ([2, 1, 1], [[1, 1, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [2, 1, 0], [0, 3, 1]]):
        np.testing.assert_allclose(
            hydrogen_symmetry_functions(triclinic * change), expected, atol=1e-9
        )


def test_contacts_equal_pymatgen_s_neighbours(triclinic):
    squeezed = triclinic.copy().scale_lattice(20.0)
    centre, other, _, distance = squeezed.get_neighbor_list(3.2)
    is_h = np.array([site.specie.symbol == "H" for site in squeezed])
    pairs = distance[is_h[centre] & is_h[other]]
    expected = sum(bells(d) for d in pairs) / len(squeezed)
    np.testing.assert_allclose(hydrogen_symmetry_functions(squeezed), expected, atol=1e-6)


def test_a_half_filled_site_counts_half():
    lattice = Lattice.cubic(9.0)
    coords = [[0, 0, 0], [0.1, 0, 0]]
    full = symmetry_functions_in_lattices(
        lattice.matrix[None], np.array(coords), np.ones(2), np.ones(1)
    )
    half = symmetry_functions_in_lattices(
        lattice.matrix[None], np.array(coords), np.array([1.0, 0.5]), np.ones(1)
    )
    np.testing.assert_allclose(half, full / 2)


def test_contacts_are_smooth_in_the_lattice(triclinic):
    scale = np.linspace(0.6, 1.4, 400)
    lattices = triclinic.lattice.matrix * scale[:, None, None]
    hydrogen = triclinic.frac_coords[2:]
    values = symmetry_functions_in_lattices(lattices, hydrogen, np.ones(2), np.array([4.0]))
    assert np.abs(np.diff(values, axis=0)).max() < 0.05
