"""Applicability domain of the members of a scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.structure import site_occupancies
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Scan
from tcexplore.typing import BoolArray, FloatArray, IntArray

SAME_SHAPE = 0.05  # of the length of an edge at equal volume


@dataclass(frozen=True)
class _Kinds:
    """Sites that are filled alike: one kind for each mixture that stays, one for each group."""

    of_site: IntArray
    """Shape (n_sites,)."""
    species: FloatArray
    """Share of each element on a kind's sites, shape (n_rows, n_kinds, 94)."""


def member_domain(
    predictor: TcPredictor, scan: Scan, rows: IntArray, lattices: IntArray
) -> ApplicabilityDomain:
    """Return the applicability domain of chosen members of a scan, shape (n,).

    Parameters
    ----------
    predictor
        The model.
    scan
        The scan.
    rows, lattices
        Of each chosen member its row of species and its lattice, shape (n,).
    """
    structure = scan.parent.structure
    occupancy = site_occupancies(structure)
    needed, index = np.unique(lattices, return_inverse=True)
    kinds = _kinds(scan)
    some = np.asarray(scan.lattices[needed], dtype=float)
    apart = shortest_distances(structure.frac_coords, occupancy, kinds.of_site, some)
    contact = _contacts(apart, kinds, rows, index)
    volumes = np.abs(np.linalg.det(scan.lattices))[lattices]
    atoms = np.bincount(kinds.of_site, weights=occupancy)
    fractions = np.einsum("k,rke->re", atoms / atoms.sum(), kinds.species)
    return predictor.known_materials.domain(
        fractions[rows],
        volume_per_atom=volumes / occupancy.sum(),
        shortest_distance=apart.min(axis=(1, 2))[index],
        contact=contact,
        space_group_number=scan.parent.space_group_number,
    )


def scan_domain(predictor: TcPredictor, scan: Scan) -> ApplicabilityDomain:
    """Return how far each lattice of a scan with one row of species lies, (n_lattices,)."""
    lattices = np.arange(len(scan.lattices))
    domain = member_domain(predictor, scan, np.zeros_like(lattices), lattices)
    return domain.without_training(_is_strained(scan))


def _is_strained(scan: Scan) -> BoolArray:
    """Return which lattices have edges whose ratios are not the parent's within 5 %, shape (n,)."""
    edges = np.linalg.norm([scan.parent.structure.lattice.matrix, *scan.lattices], axis=2)
    edges /= np.cbrt(edges.prod(axis=1, keepdims=True))
    return (np.abs(edges[1:] / edges[0] - 1) > SAME_SHAPE).any(axis=1)


def cell_domain(predictor: TcPredictor, cell: CanonicalCell) -> ApplicabilityDomain:
    """Return the applicability domain of one crystal, shape (1,)."""
    return scan_domain(predictor, _alone(cell.structure, cell))


def cell_geometry(structure: Structure) -> tuple[float, float, float]:
    """Return volume per atom (Å³), shortest distance (Å) and closest contact of a crystal."""
    occupancy = site_occupancies(structure)
    kinds = _kinds(_alone(structure, CanonicalCell(structure, 1, "P1")))
    apart = shortest_distances(
        structure.frac_coords, occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    [contact] = _contacts(apart, kinds, np.array([0]), np.array([0]))
    return structure.volume / float(occupancy.sum()), float(apart.min()), float(contact)


def _alone(structure: Structure, cell: CanonicalCell) -> Scan:
    return Scan(cell, (), np.zeros((1, 0), int), structure.lattice.matrix[None])


def _kinds(scan: Scan) -> _Kinds:
    structure, n_groups = scan.parent.structure, len(scan.groups)
    of_site = np.full(len(structure), -1)
    for number, group in enumerate(scan.groups):
        of_site[list(group)] = number
    kept = list(dict.fromkeys(structure[site].species for site in np.flatnonzero(of_site < 0)))
    species = np.zeros((len(scan.species), n_groups + len(kept), len(ELEMENTS)))
    for site in np.flatnonzero(of_site < 0):
        of_site[site] = n_groups + kept.index(structure[site].species)
    for number, column in enumerate(scan.species.T):
        species[np.arange(len(column)), number, column - 1] = 1.0
    for number, mixture in enumerate(kept, n_groups):
        for element, amount in mixture.element_composition.items():
            species[:, number, element.Z - 1] = amount / mixture.num_atoms
    return _Kinds(of_site, species)


def _contacts(apart: FloatArray, kinds: _Kinds, rows: IntArray, lattices: IntArray) -> FloatArray:
    """Return the least ratio of a distance to the two radii of each chosen member, shape (n,)."""
    radii = kinds.species @ np.nan_to_num(element_table().atomic_radius)  # (n_rows, n_kinds)
    least = np.full(len(rows), np.inf)
    for first, second in zip(*np.triu_indices(apart.shape[1]), strict=True):
        touching = (radii[:, first] + radii[:, second])[rows]
        least = np.minimum(least, apart[lattices, first, second] / touching)
    return least
