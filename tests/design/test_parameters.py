"""Free parameters: how many a crystal has, there and back, and that symmetry stays."""

import functools

import numpy as np
import pytest
from pymatgen.core import Structure
from scipy.spatial.transform import Rotation

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.symmetry import symmetry_dataset
from tcexplore.design.parameters import free_parameters

ENTRIES = {entry.entry_id: entry for entry in load_catalogue()}
SMALL = 0.03  # strains, and Å


@functools.cache
def canonical(entry_id):
    return canonical_cell(catalogue_entry(entry_id).structure())


def cell(entry_id):
    return canonical(entry_id).structure


def moved(parameters, rng):
    values = rng.uniform(-SMALL, SMALL, parameters.count)
    return values, parameters.structure(values)


@pytest.mark.parametrize("keeps_symmetry", [True, False])
@pytest.mark.parametrize("entry_id", ENTRIES)
def test_there_and_back(entry_id, keeps_symmetry, rng):
    parameters = free_parameters(cell(entry_id), keeps_symmetry=keeps_symmetry)
    values, structure = moved(parameters, rng)
    assert np.allclose(parameters.values(structure), values, atol=1e-6)
    assert structure.species_and_occu == parameters.parent.species_and_occu


@pytest.mark.parametrize("entry_id", ENTRIES)
def test_space_group_stays(entry_id, rng):
    parent = canonical(entry_id)
    _, structure = moved(free_parameters(parent.structure), rng)
    assert symmetry_dataset(structure, symprec=1e-4).number == parent.space_group_number


@pytest.mark.parametrize(
    ("entry_id", "n_strains", "n_shifts"),
    [
        ("h3s-im-3m-200gpa", 1, 0),  # cubic, H on 6b
        ("lah10-fm-3m-150gpa", 1, 1),  # x of 32f
        ("mgb2", 2, 0),  # hexagonal
        ("lih6-r-3m-300gpa", 2, 2),  # rhombohedral, x and z of 6h (or 18h)
        ("luni2b2c", 2, 1),  # z of B
        ("yba2cu3o7", 3, 5),  # z of Ba, Cu, three O
        ("mg2h7-c2m-200gpa", 4, 8),  # monoclinic
        ("yh9-f-43m-300gpa", 1, 2),
    ],
)
def test_number_of_parameters_is_that_of_the_wyckoff_positions(entry_id, n_strains, n_shifts):
    parameters = free_parameters(cell(entry_id))
    assert (len(parameters.strains), len(parameters.shifts)) == (n_strains, n_shifts)


def test_triclinic_crystal_has_all(triclinic):
    with_inversion = triclinic.copy()
    with_inversion.append("Mg", [0.1, 0.2, 0.7])
    parameters = free_parameters(canonical_cell(with_inversion).structure)
    assert (len(parameters.strains), parameters.count) == (6, 6 + 3 * 5 - 3)


def test_polar_axis_does_not_move_the_crystal_as_a_whole(polar, rng):
    parameters = free_parameters(canonical_cell(polar).structure)
    assert (len(parameters.strains), len(parameters.shifts)) == (2, 1)
    assert np.allclose(parameters.shifts.mean(axis=1), 0)
    values, structure = moved(parameters, rng)
    along = structure.copy()
    along.translate_sites(range(len(along)), [0, 0, 0.123])
    assert np.allclose(parameters.values(along), values, atol=1e-6)


def test_turned_crystal_has_the_same_values(rng):
    parameters = free_parameters(cell("mg2h7-c2m-200gpa"))
    values, structure = moved(parameters, rng)
    matrix = structure.lattice.matrix @ Rotation.from_euler("xyz", [0.3, 0.5, -0.8]).as_matrix()
    turned = Structure(matrix, structure.species_and_occu, structure.frac_coords)
    assert not np.allclose(turned.lattice.matrix, structure.lattice.matrix)
    assert np.allclose(parameters.values(turned), values, atol=1e-6)


def test_first_parameter_is_the_volume_and_the_others_keep_it(rng):
    parameters = free_parameters(cell("mg2h7-c2m-200gpa"))
    values, structure = moved(parameters, rng)
    assert structure.volume == pytest.approx(np.exp(values[0]) * parameters.parent.volume)


def test_unit_of_a_shift_is_an_angstrom_of_the_atom_that_moves_farthest():
    parameters = free_parameters(cell("lah10-fm-3m-150gpa"))
    start, end = (parameters.structure(np.array([0.0, x])) for x in (0.0, 0.05))
    moves = (end.frac_coords - start.frac_coords) @ start.lattice.matrix
    assert np.linalg.norm(moves, axis=1).max() == pytest.approx(0.05, abs=1e-6)


def test_p1_breaks_the_symmetry(rng):
    parent = cell("lah10-fm-3m-150gpa")
    parameters = free_parameters(parent, keeps_symmetry=False)
    assert parameters.count == 6 + 3 * len(parent) - 3
    assert symmetry_dataset(moved(parameters, rng)[1], symprec=1e-3).number == 1


def test_lattice_or_atoms_alone_move(rng):
    parent = cell("yh9-p63mmc-201gpa")
    _, strained = moved(free_parameters(parent, moves_atoms=False), rng)
    assert np.allclose(strained.frac_coords, parent.frac_coords)
    assert not np.allclose(strained.lattice.matrix, parent.lattice.matrix)
    _, shifted = moved(free_parameters(parent, moves_lattice=False), rng)
    assert np.allclose(shifted.lattice.matrix, parent.lattice.matrix)
    assert not np.allclose(shifted.frac_coords, parent.frac_coords)


def test_sites_that_share_atoms_move_whole(disordered, rng):
    parent = canonical_cell(disordered).structure
    parameters = free_parameters(parent)
    assert (len(parameters.strains), len(parameters.shifts)) == (2, 2)  # z of La, z of O
    _, structure = moved(parameters, rng)
    assert structure.composition.almost_equals(parent.composition)
    assert any(len(site.species) == 2 for site in structure)


def test_nothing_to_move_is_refused():
    with pytest.raises(ValueError, match=r"nothing of H3S may move.*by symmetry.*take P1"):
        free_parameters(cell("h3s-im-3m-200gpa"), moves_lattice=False)
    with pytest.raises(ValueError, match="let the lattice move"):
        free_parameters(cell("mgb2"), moves_lattice=False, moves_atoms=False)
