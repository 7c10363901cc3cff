"""Kinds of sites: those that are filled alike, with the share of each element on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import site_occupancies
from tcexplore.typing import FloatArray, IntArray

NO_ROWS = np.zeros((1, 0), int)


@dataclass(frozen=True)
class SiteKinds:
    """Sites that are filled alike: one kind for each swapped group, one for each other mixture."""

    of_site: IntArray
    """Shape (n_sites,)."""
    occupancy: FloatArray
    """Of each site by all its species, shape (n_sites,)."""
    species: FloatArray
    """Share of each element on a kind's sites, shape (n_rows, n_kinds, 94)."""

    @property
    def fractions(self) -> FloatArray:
        """Return the atomic fractions of each row, shape (n_rows, 94)."""
        atoms = np.bincount(self.of_site, weights=self.occupancy)
        return np.einsum("k,rke->re", atoms / atoms.sum(), self.species)


def site_kinds(
    structure: Structure, groups: Sequence[Sequence[int]] = (), rows: IntArray = NO_ROWS
) -> SiteKinds:
    """Return the kinds of a structure's sites.

    Parameters
    ----------
    groups
        Sites whose species are swapped, a kind each.
    rows
        Atomic numbers of the species on each group, shape (n_rows, n_groups).
    """
    of_site = np.full(len(structure), -1)
    for number, group in enumerate(groups):
        of_site[list(group)] = number
    kept = list(dict.fromkeys(structure[site].species for site in np.flatnonzero(of_site < 0)))
    species = np.zeros((len(rows), len(groups) + len(kept), len(ELEMENTS)))
    for site in np.flatnonzero(of_site < 0):
        of_site[site] = len(groups) + kept.index(structure[site].species)
    for number, column in enumerate(rows.T):
        species[np.arange(len(column)), number, column - 1] = 1.0
    for number, mixture in enumerate(kept, len(groups)):
        for element, amount in mixture.element_composition.items():
            species[:, number, element.Z - 1] = amount / mixture.num_atoms
    return SiteKinds(of_site, site_occupancies(structure), species)
