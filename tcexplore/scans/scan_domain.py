"""How far the members of a family lie from what a model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.model.applicability_domain import Domain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Family
from tcexplore.typing import FloatArray, IntArray


@dataclass(frozen=True)
class _Kinds:
    """Sites that are filled alike: one kind for each mixture that stays, one for each group."""

    of_site: IntArray
    """Shape (n_sites,)."""
    species: FloatArray
    """Share of each element on a kind's sites, shape (n_rows, n_kinds, 94)."""


def family_domain(
    predictor: TcPredictor, family: Family, rows: IntArray, lattices: IntArray
) -> Domain:
    """Return how far chosen members lie from what the model has seen.

    Parameters
    ----------
    predictor
        The model.
    family
        The family.
    rows, lattices
        Of each chosen member its row of species and its lattice, shape (n,).
    """
    structure = family.parent.structure
    occupied = np.array([site.species.num_atoms for site in structure])
    needed, place = np.unique(lattices, return_inverse=True)
    kinds = _kinds(family)
    some = np.asarray(family.lattices[needed], dtype=float)
    apart = shortest_distances(structure.frac_coords, occupied, kinds.of_site, some)
    contact = _contacts(apart, kinds, rows, place)
    volumes = np.abs(np.linalg.det(family.lattices))[lattices]
    atoms = np.bincount(kinds.of_site, weights=occupied)
    fractions = np.einsum("k,rke->re", atoms / atoms.sum(), kinds.species)
    return predictor.known_space.domain(
        fractions[rows],
        volume_per_atom=volumes / occupied.sum(),
        shortest_distance=apart.min(axis=(1, 2))[place],
        contact=contact,
    )


def scan_domain(predictor: TcPredictor, family: Family) -> Domain:
    """Return how far each lattice of a family with one row of species lies, (n_lattices,)."""
    lattices = np.arange(len(family.lattices))
    return family_domain(predictor, family, np.zeros_like(lattices), lattices)


def cell_domain(predictor: TcPredictor, cell: CanonicalCell) -> Domain:
    """Return how far one crystal lies from what the model has seen, shape (1,)."""
    return scan_domain(predictor, _alone(cell.structure, cell))


def cell_geometry(structure: Structure) -> tuple[float, float, float]:
    """Return volume per atom (Å³), shortest distance (Å) and closest contact of a crystal."""
    occupied = np.array([site.species.num_atoms for site in structure])
    kinds = _kinds(_alone(structure, CanonicalCell(structure, 1, "P1")))
    apart = shortest_distances(
        structure.frac_coords, occupied, kinds.of_site, structure.lattice.matrix[None]
    )
    [contact] = _contacts(apart, kinds, np.array([0]), np.array([0]))
    return structure.volume / float(occupied.sum()), float(apart.min()), float(contact)


def _alone(structure: Structure, cell: CanonicalCell) -> Family:
    return Family(cell, (), np.zeros((1, 0), int), structure.lattice.matrix[None])


def _kinds(family: Family) -> _Kinds:
    structure, n_groups = family.parent.structure, len(family.groups)
    of_site = np.full(len(structure), -1)
    for number, group in enumerate(family.groups):
        of_site[list(group)] = number
    kept = list(dict.fromkeys(structure[site].species for site in np.flatnonzero(of_site < 0)))
    species = np.zeros((len(family.species), n_groups + len(kept), len(ELEMENTS)))
    for site in np.flatnonzero(of_site < 0):
        of_site[site] = n_groups + kept.index(structure[site].species)
    for number, column in enumerate(family.species.T):
        species[np.arange(len(column)), number, column - 1] = 1.0
    for number, mixture in enumerate(kept, n_groups):
        for element, amount in mixture.element_composition.items():
            species[:, number, element.Z - 1] = amount / mixture.num_atoms
    return _Kinds(of_site, species)


def _contacts(apart: FloatArray, kinds: _Kinds, rows: IntArray, lattices: IntArray) -> FloatArray:
    """Return the least ratio of a distance to the two radii of each chosen member, shape (n,)."""
    radii = kinds.species @ np.nan_to_num(element_table().atomic_radius)  # (n_rows, n_kinds)
    least = np.full(len(rows), np.inf)
    for one, other in zip(*np.triu_indices(apart.shape[1]), strict=True):
        touching = (radii[:, one] + radii[:, other])[rows]
        least = np.minimum(least, apart[lattices, one, other] / touching)
    return least
