"""Hydrogen network of a crystal: H-H contacts below a cut-off, their components, and the cages.

It is a geometric stand-in for the electronic networking value of Belli et al., the highest level at
which the electron localisation function is connected through the crystal, which takes a calculation
from first principles: short contacts go with localised electrons between the atoms, but no more
than that.

Counts are those of the primitive cell, so that they do not depend on the cell that a file holds;
contacts, components and cages to be drawn are those of the structure as given.

References
----------
Belli et al., Nat. Commun. 12, 5381 (2021); Novakovic et al., arXiv:2301.10474 (2023), figure 6.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.crystal.primitive_sites import PrimitiveSites, primitive_sites
from tcexplore.hydrogen.cages import (
    Cage,
    Surroundings,
    cage_vertices,
    centre_indices,
    hydrogen_cages,
    mean_radius,
    surroundings,
)
from tcexplore.hydrogen.contacts import (
    LARGEST_CUTOFF,
    Component,
    Contacts,
    check_cutoff,
    components,
    contacts_up_to,
    contacts_within,
    folded_contacts,
    hydrogen_contacts,
    hydrogen_indices,
    hydrogen_occupancy,
    percolation_cutoffs,
)
from tcexplore.typing import FloatArray, IntArray

REACHES = (2.0, 4.0, LARGEST_CUTOFF)  # Å; most networks percolate well below the last


@dataclass(frozen=True)
class HydrogenNetworkNumbers:
    """Hydrogen network in numbers; counts are those of the primitive cell."""

    n_hydrogen: int
    """Hydrogen atoms."""
    dimensionality: int
    """The highest among the components: 0 to 3."""
    n_components: int
    """Molecules, chains, layers and frameworks, interpenetrating ones each by itself."""
    n_largest: int
    """Hydrogen atoms in the largest component."""
    n_h2: int
    """H2 units: molecules of exactly two atoms."""
    n_lone: int
    """Hydrogen atoms without a contact."""
    shortest: float
    """(Å) Shortest H-H distance, contact or not; nan where none is below `LARGEST_CUTOFF`."""
    mean_distance: float
    """(Å) Mean over the contacts; nan without contacts."""
    mean_degree: float
    """Contacts of a hydrogen atom in the mean; nan without hydrogen."""
    percolation: FloatArray
    """(Å) Least cut-offs with a component that repeats in at least 1, 2 and 3 dimensions, shape
    (3,); nan where none does up to `LARGEST_CUTOFF`."""


@dataclass(frozen=True)
class HydrogenNetwork(HydrogenNetworkNumbers):
    """Hydrogen network of one structure."""

    structure: Structure
    """As given."""
    cutoff: float
    """(Å)"""
    contacts: Contacts
    """Of the structure as given."""
    components: tuple[Component, ...]
    """Of the structure as given: a supercell holds more of them."""
    primitive_components: tuple[Component, ...]
    """Of the primitive cell; each of its atoms by its first index in the structure."""
    cages: tuple[Cage, ...]
    """Around every atom of the structure that hydrogen encloses."""
    primitive: PrimitiveSites
    """The structure's sites in terms of the primitive cell."""

    @property
    def hydrogen(self) -> IntArray:
        """Return the indices of the hydrogen atoms, shape (n_atoms,)."""
        return hydrogen_indices(self.structure)

    @property
    def degree(self) -> IntArray:
        """Return the number of contacts of each hydrogen atom, in the order of `hydrogen`."""
        ends = np.concatenate([self.contacts.first, self.contacts.second])
        return np.bincount(ends, minlength=len(self.structure))[self.hydrogen]

    @property
    def left_out(self) -> IntArray:
        """Return the indices of sites whose occupancy by hydrogen is too low to count."""
        occupied = np.flatnonzero(hydrogen_occupancy(self.structure) > 0)
        return np.setdiff1d(occupied, self.hydrogen)


@dataclass(frozen=True)
class HydrogenNetworkScan:
    """Hydrogen network along lattices; counts are those of the parent's primitive cell."""

    parent: Structure
    cutoff: float
    """(Å)"""
    lattices: FloatArray
    """(Å) Lattice vectors as rows, shape (n, 3, 3)."""
    numbers: tuple[HydrogenNetworkNumbers, ...]
    """Of each lattice."""
    cage_centres: IntArray
    """Indices in the parent, one for each atom of the primitive cell but hydrogen, shape (n_c,)."""
    cage_sizes: IntArray
    """Hydrogen atoms of each cage, 0 where there is none, shape (n, n_c)."""
    cage_radii: FloatArray
    """(Å) nan where there is none, shape (n, n_c)."""

    def values(self, name: str) -> NDArray:
        """Return one of the `HydrogenNetworkNumbers` along the scan, shape (n,), or (n, 3)."""
        return np.array([getattr(numbers, name) for numbers in self.numbers])


def hydrogen_network(structure: Structure, *, cutoff: float = 1.4) -> HydrogenNetwork:
    """Return the hydrogen network of a structure.

    Parameters
    ----------
    structure
        Any cell of the crystal. A site counts as hydrogen where more than half of it is.
    cutoff
        (Å) Hydrogen atoms that are no further apart are in contact.

    Raises
    ------
    ValueError
        The cut-off is not above 0, or larger than `LARGEST_CUTOFF`.
    """
    primitive = primitive_sites(structure)
    numbers, joined = _primitive_network(structure, primitive, structure.lattice.matrix, cutoff)
    contacts = hydrogen_contacts(structure, cutoff=cutoff)
    first_indices = np.unique(primitive.site, return_index=True)[1]
    return HydrogenNetwork(
        **vars(numbers),
        structure=structure,
        cutoff=cutoff,
        contacts=contacts,
        components=components(hydrogen_indices(structure), contacts),
        primitive_components=tuple(
            dataclasses.replace(c, sites=tuple(first_indices[list(c.sites)].tolist()))
            for c in joined
        ),
        cages=hydrogen_cages(structure, primitive),
        primitive=primitive,
    )


def hydrogen_network_scan(
    structure: Structure, lattices: FloatArray, *, cutoff: float = 1.4
) -> HydrogenNetworkScan:
    """Return the hydrogen network along lattices; the fractional coordinates stay the same.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    lattices
        (Å) Lattice vectors of that cell as rows, shape (n, 3, 3).
    cutoff
        (Å) Hydrogen atoms that are no further apart are in contact.
    """
    primitive, around = primitive_sites(structure), surroundings(structure)
    others = centre_indices(structure)
    centres = others[np.unique(primitive.site[others], return_index=True)[1]]
    numbers, sizes, radii = [], [], []
    for matrix in lattices:
        numbers.append(_primitive_network(structure, primitive, matrix, cutoff)[0])
        moved = dataclasses.replace(around, matrix=matrix)
        measures = [_cage_measures(moved, structure.frac_coords[centre]) for centre in centres]
        sizes.append([size for size, _ in measures])
        radii.append([radius for _, radius in measures])
    shape = len(lattices), len(centres)
    sizes, radii = np.reshape(sizes, shape).astype(int), np.reshape(radii, shape).astype(float)
    return HydrogenNetworkScan(structure, cutoff, lattices, tuple(numbers), centres, sizes, radii)


def _cage_measures(around: Surroundings, centre: FloatArray) -> tuple[int, float]:
    """Return the number of hydrogen atoms of a cage, and its radius (Å)."""
    vertices = cage_vertices(around, centre)
    return (0, np.nan) if vertices is None else (len(vertices), mean_radius(vertices))


def _primitive_network(
    structure: Structure, primitive: PrimitiveSites, matrix: FloatArray, cutoff: float
) -> tuple[HydrogenNetworkNumbers, tuple[Component, ...]]:
    """Return numbers and components of the primitive cell, on a lattice of the given cell."""
    check_cutoff(cutoff)
    indices = hydrogen_indices(structure)
    coords, sites = structure.frac_coords[indices], np.unique(primitive.site[indices])
    for reach in REACHES:
        near = contacts_within(indices, coords, matrix, cutoff=max(reach, cutoff))
        near = folded_contacts(near, primitive)
        percolation = percolation_cutoffs(sites, near)
        if np.isfinite(percolation).all():
            break
    contacts = contacts_up_to(near, cutoff)
    joined = components(sites, contacts)
    return _numbers(near, contacts, joined, percolation, len(sites)), joined


def _numbers(
    near: Contacts,
    contacts: Contacts,
    joined: tuple[Component, ...],
    percolation: FloatArray,
    n_hydrogen: int,
) -> HydrogenNetworkNumbers:
    molecules = [len(component.sites) for component in joined if component.dimensionality == 0]
    return HydrogenNetworkNumbers(
        n_hydrogen=n_hydrogen,
        dimensionality=max((component.dimensionality for component in joined), default=0),
        n_components=sum(component.copies for component in joined),
        n_largest=max((len(component.sites) for component in joined), default=0),
        n_h2=molecules.count(2),
        n_lone=molecules.count(1),
        shortest=float(near.distance.min()) if len(near) else np.nan,
        mean_distance=float(contacts.distance.mean()) if len(contacts) else np.nan,
        mean_degree=2 * len(contacts) / n_hydrogen if n_hydrogen else np.nan,
        percolation=percolation,
    )
