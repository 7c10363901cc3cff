"""The checks that structures must pass, and the one cell that every description comes to."""

import numpy as np
import pytest
from pymatgen.core import DummySpecies, Lattice, Structure
from support import equivalents

from tcexplore.crystal.structure import (
    StructureError,
    atom_arrays,
    canonical_cell,
    check_structure,
    unhanded_number,
)


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


def test_atom_arrays_has_a_row_for_each_species_of_a_site(disordered):
    atoms = atom_arrays(disordered)
    assert len(atoms.atomic_numbers) == 14 + 4  # 4 sites hold both La and Sr
    assert atoms.occupancies[atoms.atomic_numbers == 38].sum() == pytest.approx(0.3)


def cubic(species=("Nb",), coords=((0, 0, 0),), a=3.3):
    return Structure(Lattice.cubic(a), list(species), list(coords))


BROKEN = {
    "holds no atoms": Structure(Lattice.cubic(3), [], []),
    "has 512 sites, more than the 500": cubic(a=3.0).make_supercell(8),
    "site 1 has a coordinate that is no number": cubic(coords=[(np.nan, 0, 0)]),
    "a value that is no number": cubic(a=np.nan),
    "lattice vector of 1e+09 Å": cubic(a=1e9),
    "lattice angle of 1°": Structure(
        Lattice.from_parameters(5, 5, 5, 90, 90, 1), ["Nb"], [[0, 0, 0]]
    ),
    "0.001 Å³ per site": cubic(a=0.1),
    "has an occupancy that is not above 0": cubic(species=[{"Nb": np.nan}]),
    "which is no chemical element": cubic(species=[DummySpecies("X")]),
    "sites 1 (Nb) and 2 (Nb) are 0.33 Å apart": cubic(["Nb", "Nb"], [(0, 0, 0), (0.1, 0, 0)]),
    "has a lattice vector of 0.3 Å": Structure(Lattice.tetragonal(10, 0.3), ["Nb"], [[0, 0, 0]]),
}


@pytest.mark.parametrize("message", BROKEN)
def test_broken_structures_are_refused_in_plain_words(message):
    with pytest.raises(StructureError) as error:
        check_structure(BROKEN[message], name="file.cif")
    assert str(error.value).startswith("file.cif: ")
    assert message in str(error.value)


def test_sound_structures_pass(any_structure):
    check_structure(any_structure)


def test_split_sites_may_lie_close():
    split = cubic([{"O": 0.5}, {"O": 0.5}], [(0, 0, 0), (0.05, 0, 0)], a=4.0)
    check_structure(split)
