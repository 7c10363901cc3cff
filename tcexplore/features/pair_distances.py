"""Shortest distances of a crystal by pair class: H-H, H-metal and metal-metal.

Wrong structures show here first: a metal on a hydrogen site or hydrogen scattered at random leaves
composition and volume as they are, but brings atoms too close. A metal is any element but hydrogen.

The distances of a scan come from those between its kinds of sites (`crystal.shortest_distances`):
they depend on the lattice, the species of a row only say which class a pair of kinds belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.elements import element_table
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.typing import BoolArray, FloatArray, IntArray

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
    return pair_class_distances(apart, pair_radii(kinds.species), volume)[0]


@dataclass(frozen=True)
class PairRadii:
    """Radii of the kinds of sites of some structures, and which of them hold hydrogen."""

    radii: FloatArray
    """(Å) Mean over a kind's species, shape (n, n_kinds)."""
    is_hydrogen: BoolArray
    """Whether more than half of a kind's atoms are hydrogen, shape (n, n_kinds)."""

    def of_rows(self, rows: IntArray) -> PairRadii:
        """Return those of some of the structures."""
        return PairRadii(self.radii[rows], self.is_hydrogen[rows])


def pair_radii(species: FloatArray) -> PairRadii:
    """Return the radii of kinds of sites.

    Parameters
    ----------
    species
        Share of each element on a kind's sites, shape (n, n_kinds, n_elements).
    """
    radii = np.nan_to_num(element_table().atomic_radius, nan=1.0).copy()
    radii[0] = HYDROGEN_RADIUS
    return PairRadii(species @ radii[: species.shape[2]], species[:, :, 0] > 0.5)


def pair_class_distances(
    apart: FloatArray, kinds: PairRadii, volume_per_atom: FloatArray
) -> FloatArray:
    """Return the shortest distances by pair class from those between kinds of sites, (n, 5).

    Parameters
    ----------
    apart
        (Å) Between each two kinds, inf where they only share places, shape (n, n_kinds, n_kinds).
    kinds
        Of each structure, n of them or one for all.
    volume_per_atom
        (Å³) Shape (n,).
    """
    shortest = np.full((N_PAIR_DISTANCES, len(apart)), np.inf)
    for first, second in zip(*np.triu_indices(apart.shape[1]), strict=True):
        distance = apart[:, first, second]
        by_radii = distance / (kinds.radii[:, first] + kinds.radii[:, second])
        n_hydrogen = kinds.is_hydrogen[:, first].astype(int) + kinds.is_hydrogen[:, second]
        for column, (n_wanted, value) in enumerate(
            ((2, distance), (1, by_radii), (1, distance), (0, by_radii), (0, distance))
        ):
            of_class = np.where(n_hydrogen == n_wanted, value, np.inf)
            shortest[column] = np.minimum(shortest[column], of_class)
    shortest[[2, 4]] /= np.cbrt(volume_per_atom)
    return np.minimum(shortest.T, LARGEST)


def scaled_pair_distances(distances: FloatArray) -> FloatArray:
    """Return pair distances in numbers of the order of 1, shape (n, 5)."""
    return distances / SPREADS
