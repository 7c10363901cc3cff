"""Atoms and contacts of a 3D view."""

import itertools

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from support.stand_in_network import caesium_chloride_hydride, stand_in_network

from tcexplore.view3d.atoms import (
    Box,
    atom_kinds,
    atoms_in_box,
    cell_edges,
    with_contacts,
)

SUPERCELLS = [(1, 1, 1), (2, 1, 1), (1, 2, 3)]


def one_atom(frac_coords):
    return Structure(Lattice.cubic(4), ["H"], [frac_coords])


def drawn_frac_coords(structure, atoms):
    return structure.frac_coords[atoms.sites] + atoms.images


def test_corner_atom_is_drawn_at_all_corners():
    structure = one_atom([0.0, 1.0, -1e-5])
    drawn = drawn_frac_coords(structure, atoms_in_box(Box(structure)))
    corners = sorted(itertools.product((0.0, 1.0), repeat=3))
    assert np.allclose(sorted(map(tuple, drawn.round(3))), corners, atol=1e-3)


def test_face_and_inner_atoms():
    for coords, count in (([0.0, 0.3, 0.4], 2), ([0.2, 0.3, 0.4], 1)):
        assert len(atoms_in_box(Box(one_atom(coords))).sites) == count


@pytest.mark.parametrize("supercell", SUPERCELLS)
def test_all_atoms_of_a_box_lie_in_it_and_differ(any_structure, supercell):
    box = Box(any_structure, supercell)
    drawn = drawn_frac_coords(any_structure, atoms_in_box(box))
    assert (drawn > -2e-3).all()
    assert (drawn < np.array(supercell) + 2e-3).all()
    assert len(np.unique(drawn.round(4), axis=0)) == len(drawn)
    inside = (drawn < np.array(supercell) - 2e-3).all(axis=1)
    assert inside.sum() == len(any_structure) * np.prod(supercell)


def test_twelve_edges_join_neighbouring_corners(any_structure):
    matrix = any_structure.lattice.matrix
    edges = cell_edges(matrix)
    assert edges.shape == (12, 2, 3)
    lengths = np.sort(np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1))
    assert np.allclose(lengths, np.sort(np.repeat(np.linalg.norm(matrix, axis=1), 4)))


def test_every_site_has_a_kind_with_a_colour_of_its_own(any_structure):
    kinds = atom_kinds(any_structure)
    sites = np.concatenate([kind.sites for kind in kinds])
    assert sorted(sites) == list(range(len(any_structure)))
    assert len({kind.colour for kind in kinds}) == len(kinds)


def test_hydrogen_has_one_colour_everywhere(triclinic):
    lone, other = one_atom([0, 0, 0]), caesium_chloride_hydride()[0]
    colours = {atom_kinds(structure)[-1].colour for structure in (lone, other, triclinic)}
    assert len(colours) == 1


@pytest.mark.parametrize("supercell", SUPERCELLS)
def test_every_drawn_contact_is_as_long_as_its_distance_says(triclinic, supercell):
    network = stand_in_network(triclinic, cutoff=4.5)
    atoms, pairs = with_contacts(atoms_in_box(Box(triclinic, supercell)), network.contacts)
    coords = atoms.cart_coords(triclinic)[pairs.atoms]
    lengths = np.linalg.norm(coords[:, 1] - coords[:, 0], axis=1)
    assert len(lengths) > len(network.contacts.distance)
    assert np.allclose(lengths, network.contacts.distance[pairs.contacts])


@pytest.mark.parametrize("supercell", SUPERCELLS)
def test_every_atom_of_the_box_has_all_its_contacts_once(triclinic, supercell):
    network = stand_in_network(triclinic, cutoff=4.5)
    atoms, pairs = with_contacts(atoms_in_box(Box(triclinic, supercell)), network.contacts)
    assert len(np.unique(np.sort(pairs.atoms, axis=1), axis=0)) == len(pairs.atoms)
    ends = np.concatenate([network.contacts.first, network.contacts.second])
    expected = np.bincount(ends, minlength=len(triclinic))[atoms.sites]
    drawn = np.bincount(pairs.atoms.ravel(), minlength=len(atoms.sites))
    assert (drawn == expected)[~atoms.is_ghost].all()


def test_ghosts_lie_outside_the_box_and_hold_a_contact(triclinic):
    box = Box(triclinic, (2, 1, 1))
    network = stand_in_network(triclinic, cutoff=4.5)
    atoms, pairs = with_contacts(atoms_in_box(box), network.contacts)
    ghosts = drawn_frac_coords(triclinic, atoms)[atoms.is_ghost]
    assert len(ghosts) > 0
    assert ((ghosts < 0) | (ghosts > np.array(box.supercell))).any(axis=1).all()
    assert np.isin(np.flatnonzero(atoms.is_ghost), pairs.atoms).all()


def test_contacts_of_an_atom_with_its_own_images():
    structure, _ = caesium_chloride_hydride()
    network = stand_in_network(structure, cutoff=2.1)
    assert len(network.contacts.first) == 3
    atoms, pairs = with_contacts(atoms_in_box(Box(structure)), network.contacts)
    # 12 edges of the cube, and 3 outwards from each of its 8 corners
    assert len(pairs.atoms) == 12 + 24
    assert atoms.is_ghost.sum() == 24


def test_without_contacts_nothing_is_added(mgb2):
    network = stand_in_network(mgb2, cutoff=1.0)
    box = atoms_in_box(Box(mgb2))
    atoms, pairs = with_contacts(box, network.contacts)
    assert len(atoms.sites) == len(box.sites)
    assert len(pairs.atoms) == 0
