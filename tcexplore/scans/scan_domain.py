"""Applicability domain of the members of a scan."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.elements import element_table
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import SiteKinds, site_kinds
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.pair_limits import (
    LEAST_HYDROGEN,
    PAIR_CODE,
    distances_text,
    element_pair_distances,
)
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Scan
from tcexplore.typing import BoolArray, FloatArray, IntArray

SAME_SHAPE = 0.05  # of the length of an edge at equal volume


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
    needed, index = np.unique(lattices, return_inverse=True)
    kinds = site_kinds(structure, scan.groups, scan.species)
    some = np.asarray(scan.lattices[needed], dtype=float)
    apart = shortest_distances(structure.frac_coords, kinds.occupancy, kinds.of_site, some)
    contact = _contacts(apart, kinds, rows, index)
    volumes = np.abs(np.linalg.det(scan.lattices))[lattices]
    volume_per_atom = volumes / kinds.occupancy.sum()
    known, fractions = predictor.known_materials, kinds.fractions
    tightness = known.pair_limits.tightness(
        apart, kinds.species, fractions, volume_per_atom, (rows, index)
    )
    return known.domain(
        fractions[rows],
        volume_per_atom=volume_per_atom,
        shortest_distance=apart.min(axis=(1, 2))[index],
        contact=contact,
        space_group_number=scan.parent.space_group_number,
        tightness=tightness,
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
    kinds = site_kinds(structure)
    apart = shortest_distances(
        structure.frac_coords, kinds.occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    [contact] = _contacts(apart, kinds, np.array([0]), np.array([0]))
    return structure.volume / float(kinds.occupancy.sum()), float(apart.min()), float(contact)


def cell_distances(structure: Structure) -> str:
    """Return the shortest distances of a crystal by element pair, as `distances_text` writes them.

    Empty for a structure without hydrogen, whose distances no limit comes from.
    """
    kinds = site_kinds(structure)
    if kinds.fractions[0, 0] <= LEAST_HYDROGEN:
        return ""
    return distances_text(_pair_distances(structure, kinds))


def shortest_hydrogen_distance(structure: Structure) -> float:
    """Return the shortest distance (Å) between sites of hydrogen, nan where there are none."""
    return _pair_distances(structure, site_kinds(structure)).get(PAIR_CODE + 1, np.nan)


def _pair_distances(structure: Structure, kinds: SiteKinds) -> dict[int, float]:
    apart = shortest_distances(
        structure.frac_coords, kinds.occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    return element_pair_distances(apart[0], kinds.species[0])


def _alone(structure: Structure, cell: CanonicalCell) -> Scan:
    return Scan(cell, (), np.zeros((1, 0), int), structure.lattice.matrix[None])


def _contacts(
    apart: FloatArray, kinds: SiteKinds, rows: IntArray, lattices: IntArray
) -> FloatArray:
    """Return the least ratio of a distance to the two radii of each chosen member, shape (n,)."""
    radii = kinds.species @ np.nan_to_num(element_table().atomic_radius)  # (n_rows, n_kinds)
    least = np.full(len(rows), np.inf)
    for first, second in zip(*np.triu_indices(apart.shape[1]), strict=True):
        touching = (radii[:, first] + radii[:, second])[rows]
        least = np.minimum(least, apart[lattices, first, second] / touching)
    return least
