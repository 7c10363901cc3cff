"""The checks that structures must pass, and the one cell that every description comes to."""

import numpy as np
import pytest
from pymatgen.core import DummySpecies, Lattice, Structure

from tcexplore.crystal.structure import StructureError, atom_arrays, check_structure


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
