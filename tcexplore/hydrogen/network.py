"""The hydrogen network of a crystal: what H-H contacts below a cut-off join up to, and the cages.

It is a geometric stand-in for the electronic networking value of Belli et al., the highest level at
which the electron localisation function is connected through the crystal, which takes a calculation
from first principles: short contacts go with localised electrons between the atoms, but no more
than that.

What is counted is counted in the primitive cell, so that the numbers do not depend on the cell that
a file holds; what is drawn, contacts, components and cages, are those of the structure as given.

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
    centre_places,
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
    hydrogen_amounts,
    hydrogen_contacts,
    hydrogen_places,
    percolation_cutoffs,
)

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.int64]

REACHES = (2.0, 4.0, LARGEST_CUTOFF)  # Å; most networks percolate well below the last


@dataclass(frozen=True)
class NetworkNumbers:
    """A network in numbers; counts are those of the primitive cell."""

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
class HydrogenNetwork(NetworkNumbers):
    """The hydrogen network of one structure."""

    structure: Structure
    """As given."""
    cutoff: float
    """(Å)"""
    contacts: Contacts
    """Of the structure as given."""
    components: tuple[Component, ...]
    """Of the structure as given: a supercell holds more of them."""
    primitive_components: tuple[Component, ...]
    """Of the primitive cell; of each of its atoms the first place in the structure."""
    cages: tuple[Cage, ...]
    """Around every atom of the structure that hydrogen encloses."""
    primitive: PrimitiveSites
    """The structure's sites in terms of the primitive cell."""

    @property
    def hydrogen(self) -> IntArray:
        """Return the places of the hydrogen atoms, shape (n_atoms,)."""
        return hydrogen_places(self.structure)

    @property
    def degree(self) -> IntArray:
        """Return the number of contacts of each hydrogen atom, in the order of `hydrogen`."""
        ends = np.concatenate([self.contacts.first, self.contacts.second])
        return np.bincount(ends, minlength=len(self.structure))[self.hydrogen]

    @property
    def left_out(self) -> IntArray:
        """Return the places of sites that hold hydrogen, but too little to count."""
        has_some = np.flatnonzero(hydrogen_amounts(self.structure) > 0)
        return np.setdiff1d(has_some, self.hydrogen)


@dataclass(frozen=True)
class NetworkScan:
    """How a network moves along lattices; counts are those of the parent's primitive cell."""

    parent: Structure
    cutoff: float
    """(Å)"""
    lattices: FloatArray
    """(Å) Lattice vectors as rows, shape (n, 3, 3)."""
    numbers: tuple[NetworkNumbers, ...]
    """Of each lattice."""
    cage_centres: IntArray
    """Places in the parent, one for each atom of the primitive cell but hydrogen, shape (n_c,)."""
    cage_sizes: IntArray
    """Hydrogen atoms of each cage, 0 where there is none, shape (n, n_c)."""
    cage_radii: FloatArray
    """(Å) nan where there is none, shape (n, n_c)."""

    def values(self, name: str) -> NDArray:
        """Return one of the `NetworkNumbers` along the scan, shape (n,), or (n, 3)."""
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
    numbers, found = _network(structure, primitive, structure.lattice.matrix, cutoff)
    contacts = hydrogen_contacts(structure, cutoff=cutoff)
    first_places = np.unique(primitive.site, return_index=True)[1]
    return HydrogenNetwork(
        **vars(numbers),
        structure=structure,
        cutoff=cutoff,
        contacts=contacts,
        components=components(hydrogen_places(structure), contacts),
        primitive_components=tuple(
            dataclasses.replace(one, sites=tuple(first_places[list(one.sites)].tolist()))
            for one in found
        ),
        cages=hydrogen_cages(structure, primitive),
        primitive=primitive,
    )


def network_scan(structure: Structure, lattices: FloatArray, *, cutoff: float = 1.4) -> NetworkScan:
    """Return how a network moves along lattices; the fractional coordinates stay the same.

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
    others = centre_places(structure)
    centres = others[np.unique(primitive.site[others], return_index=True)[1]]
    numbers, sizes, radii = [], [], []
    for matrix in lattices:
        numbers.append(_network(structure, primitive, matrix, cutoff)[0])
        moved = dataclasses.replace(around, matrix=matrix)
        measures = [_cage_measures(moved, structure.frac_coords[centre]) for centre in centres]
        sizes.append([size for size, _ in measures])
        radii.append([radius for _, radius in measures])
    shape = len(lattices), len(centres)
    sizes, radii = np.reshape(sizes, shape).astype(int), np.reshape(radii, shape).astype(float)
    return NetworkScan(structure, cutoff, lattices, tuple(numbers), centres, sizes, radii)


def _cage_measures(around: Surroundings, centre: FloatArray) -> tuple[int, float]:
    """Return the number of hydrogen atoms of a cage, and its radius (Å)."""
    vertices = cage_vertices(around, centre)
    return (0, np.nan) if vertices is None else (len(vertices), mean_radius(vertices))


def _network(
    structure: Structure, primitive: PrimitiveSites, matrix: FloatArray, cutoff: float
) -> tuple[NetworkNumbers, tuple[Component, ...]]:
    """Return the numbers and components of the primitive cell, the cell having these vectors."""
    check_cutoff(cutoff)
    places = hydrogen_places(structure)
    sites = np.unique(primitive.site[places])
    for reach in REACHES:
        near = contacts_within(
            places, structure.frac_coords[places], matrix, cutoff=max(reach, cutoff)
        )
        near = folded_contacts(near, primitive)
        percolation = percolation_cutoffs(sites, near)
        if np.isfinite(percolation).all():
            break
    contacts = contacts_up_to(near, cutoff)
    found = components(sites, contacts)
    return _numbers(near, contacts, found, percolation, len(sites)), found


def _numbers(
    near: Contacts,
    contacts: Contacts,
    found: tuple[Component, ...],
    percolation: FloatArray,
    n_hydrogen: int,
) -> NetworkNumbers:
    molecules = [len(one.sites) for one in found if one.dimensionality == 0]
    return NetworkNumbers(
        n_hydrogen=n_hydrogen,
        dimensionality=max((one.dimensionality for one in found), default=0),
        n_components=sum(one.copies for one in found),
        n_largest=max((len(one.sites) for one in found), default=0),
        n_h2=molecules.count(2),
        n_lone=molecules.count(1),
        shortest=float(near.distance.min()) if len(near) else np.nan,
        mean_distance=float(contacts.distance.mean()) if len(contacts) else np.nan,
        mean_degree=2 * len(contacts) / n_hydrogen if n_hydrogen else np.nan,
        percolation=percolation,
    )
