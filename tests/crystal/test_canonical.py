"""The canonical cell: one for every description of a crystal."""

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from support import equivalents

from tcexplore.crystal.canonical import canonical_cell, unhanded_number
from tcexplore.crystal.structure import atom_arrays


def image(structure, n=5):
    """Point-charge Fourier coefficients: what a description looks like to the network."""
    atoms = atom_arrays(structure)
    hkl = np.stack(np.meshgrid(*[np.arange(n)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    charges = atoms.atomic_numbers * atoms.occupancies
    return np.exp(-2j * np.pi * hkl @ atoms.frac_coords.T) @ charges


@pytest.mark.parametrize("describe", equivalents.ALL, ids=lambda f: f.__name__)
def test_every_description_comes_to_one_cell(any_structure, describe, rng):
    expected = canonical_cell(any_structure)
    found = canonical_cell(describe(any_structure, rng))
    np.testing.assert_allclose(
        found.structure.lattice.parameters, expected.structure.lattice.parameters, rtol=1e-7
    )
    np.testing.assert_allclose(image(found.structure), image(expected.structure), atol=1e-6)
    assert found.space_group_number == expected.space_group_number


def test_noise_of_a_cif_does_not_choose_the_cell(any_structure, rng):
    """Coordinates rounded as a CIF rounds them come to nearly the same cell."""
    rounded = Structure(
        any_structure.lattice,
        any_structure.species_and_occu,
        np.round(any_structure.frac_coords + 0.1, 5),
    )
    expected, found = (
        image(canonical_cell(any_structure).structure),
        image(canonical_cell(rounded).structure),
    )
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_canonical_cell_is_canonical(any_structure):
    once = canonical_cell(any_structure).structure
    np.testing.assert_allclose(image(canonical_cell(once).structure), image(once), atol=1e-6)


def test_canonical_cell_keeps_the_crystal(any_structure):
    found = canonical_cell(any_structure).structure
    assert found.composition.fractional_composition.almost_equals(
        any_structure.composition.fractional_composition
    )
    assert found.volume / found.num_sites == pytest.approx(
        any_structure.volume / any_structure.num_sites
    )
    shortest = [
        np.sort(s.distance_matrix[np.triu_indices(len(s), 1)])[0] for s in (found, any_structure)
    ]
    assert shortest[0] == pytest.approx(shortest[1], rel=1e-6)


def test_frame_does_not_depend_on_the_scale(any_structure):
    """A dome has no jumps: the frame follows from species and fractional coordinates."""
    cell = canonical_cell(any_structure).structure
    larger = cell.copy().scale_lattice(cell.volume * 1.7)
    np.testing.assert_allclose(image(canonical_cell(larger).structure), image(cell), atol=1e-6)


def test_space_groups(mgb2, triclinic, disordered, polar, spinel):
    found = [
        canonical_cell(s).space_group_symbol for s in (mgb2, triclinic, disordered, polar, spinel)
    ]
    assert found == ["P6/mmm", "P1", "I4/mmm", "P6_3mc", "Fd-3m"]
    assert len(canonical_cell(disordered).structure) == 7


def test_a_crystal_and_its_mirror_image_count_as_one_space_group(rng):
    """Tellurium, P3_121 and P3_221."""
    coords = [[0.2636, 0, 1 / 3], [0, 0.2636, 2 / 3], [0.7364, 0.7364, 0]]
    right = Structure(Lattice.hexagonal(4.458, 5.927), ["Te"] * 3, coords)
    left = equivalents.mirror_image(right, rng)
    numbers = [canonical_cell(s).space_group_number for s in (right, left)]
    assert sorted(numbers) == [152, 154]
    assert [unhanded_number(n) for n in numbers] == [152, 152]
    assert unhanded_number(225) == 225


def test_argument_is_left_alone(any_structure):
    before = any_structure.copy()
    canonical_cell(any_structure)
    assert any_structure == before


def test_symmetry_that_cannot_be_determined_is_told(mgb2):
    close = Structure(mgb2.lattice, ["Mg", "Mg"], [[0, 0, 0], [1e-4, 0, 0]])
    cell = canonical_cell(close)
    assert cell.space_group_number == 1
    assert "could not be determined" in cell.warnings[0]
