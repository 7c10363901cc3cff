"""Shortest distances of a crystal by pair class: H-H, H-metal and metal-metal.

Wrong structures show here first: a metal on a hydrogen site or hydrogen scattered at random leaves
composition and volume as they are, but brings atoms too close. A metal is any element but hydrogen.

The distances of a scan come from those between its kinds of sites (`crystal.shortest_distances`):
they depend on the lattice, the species of a row only say which class a pair of kinds belongs to.
"""

from __future__ import annotations

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.elements import element_table
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.typing import FloatArray

PAIR_DISTANCES = {
    "h_h": "Å",
    "h_metal_by_radii": "1",
    "h_metal_by_spacing": "1",
    "metal_metal_by_radii": "1",
    "metal_metal_by_spacing": "1",
}
"""Names and units: the shortest H-H distance; those to and between metals over the sum of the two
radii, and over the cube root of the volume per atom."""
N_PAIR_DISTANCES = len(PAIR_DISTANCES)
LEAST = np.array([0.4, 0.3, 0.3, 0.3, 0.3])
LARGEST = np.array([2.2, 1.6, 1.6, 1.6, 1.6])
"""Where a distance is longer, or no such pair is there, this stands for it."""
SPREADS = np.array([0.6, 0.25, 0.25, 0.4, 0.4])
"""Differences that are as large as 1 for the Gaussian process and the networks."""
HYDROGEN_RADIUS = 0.35  # Å; half of it to the molecule's 0.74 Å


def pair_distances(structure: Structure) -> FloatArray:
    """Return the shortest distances of one crystal as `PAIR_DISTANCES` names them, shape (5,)."""
    kinds = site_kinds(structure)
    apart = shortest_distances(
        structure.frac_coords, kinds.occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    volume = np.array([structure.volume / kinds.occupancy.sum()])
    return pair_class_distances(apart, kinds.species, volume)[0]


def pair_class_distances(
    apart: FloatArray, species: FloatArray, volume_per_atom: FloatArray
) -> FloatArray:
    """Return the shortest distances by pair class from those between kinds of sites, (n, 5).

    Parameters
    ----------
    apart
        (Å) Between each two kinds, inf where they only share places, shape (n, n_kinds, n_kinds).
    species
        Share of each element on a kind's sites, shape (n or 1, n_kinds, n_elements).
    volume_per_atom
        (Å³) Shape (n,).
    """
    radii, is_hydrogen = _radii(species), species[:, :, 0] > 0.5
    shortest = np.full((len(PAIR_DISTANCES), len(apart)), np.inf)
    for first, second in zip(*np.triu_indices(apart.shape[1]), strict=True):
        distance = apart[:, first, second]
        by_radii = distance / (radii[:, first] + radii[:, second])
        n_hydrogen = is_hydrogen[:, first].astype(int) + is_hydrogen[:, second]
        pair = (distance, by_radii, distance, by_radii, distance)
        for column, (value, wanted) in enumerate(zip(pair, (2, 1, 1, 0, 0), strict=True)):
            of_class = np.where(n_hydrogen == wanted, value, np.inf)
            shortest[column] = np.minimum(shortest[column], of_class)
    shortest[[2, 4]] /= np.cbrt(volume_per_atom)
    return np.minimum(shortest.T, LARGEST)


def scaled_pair_distances(distances: FloatArray) -> FloatArray:
    """Return pair distances in numbers of the order of 1, shape (n, 5)."""
    return distances / SPREADS


def _radii(species: FloatArray) -> FloatArray:
    """Return the mean radius (Å) of the species of each kind, shape (n, n_kinds)."""
    radii = np.nan_to_num(element_table().atomic_radius, nan=1.0).copy()
    radii[0] = HYDROGEN_RADIUS
    return species @ radii[: species.shape[2]]
