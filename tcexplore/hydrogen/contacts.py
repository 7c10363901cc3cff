"""H-H contacts, periodic images included, and the components that they join hydrogen to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure
from pymatgen.optimization.neighbors import find_points_in_spheres

from tcexplore.crystal.primitive_sites import PrimitiveSites
from tcexplore.hydrogen.periodic_graph import Component, PeriodicForest
from tcexplore.typing import BoolArray, FloatArray, IntArray

LARGEST_CUTOFF = 8.0  # Å; hydrogen that is further apart than this is no network
ROUNDING = 1e-6  # Å; distances that differ by less are equal, so that a cut-off parts no equals
HALF_OCCUPANCY = 0.5 + 1e-3


@dataclass(frozen=True)
class Contacts:
    """Pairs of hydrogen atoms closer than a cut-off, each pair once, periodic images included."""

    first: IntArray
    """Index of one atom in the structure, shape (n,)."""
    second: IntArray
    """Index of the other, shape (n,); an atom can be in contact with its own image."""
    image: IntArray
    """Lattice translation of the second atom, shape (n, 3)."""
    distance: FloatArray
    """(Å) Rising, shape (n,)."""

    def __len__(self) -> int:
        return len(self.distance)


def hydrogen_indices(structure: Structure) -> IntArray:
    """Return the indices of the sites of hydrogen, deuterium included, shape (n_hydrogen,).

    A site counts where its occupancy by hydrogen is above one half: of sites that exclude each
    other, such as the two ends of a disordered bond, then never both count.
    """
    return np.flatnonzero(hydrogen_occupancy(structure) > HALF_OCCUPANCY)


def hydrogen_occupancy(structure: Structure) -> FloatArray:
    """Return the occupancy of each site by hydrogen, 0 to 1, shape (n_sites,)."""
    return np.array(
        [
            sum(occupancy for species, occupancy in site.species.items() if species.Z == 1)
            for site in structure
        ],
        dtype=float,
    )


def hydrogen_contacts(structure: Structure, *, cutoff: float) -> Contacts:
    """Return the pairs of hydrogen atoms that are no further apart than a cut-off.

    Parameters
    ----------
    cutoff
        (Å) Up to `LARGEST_CUTOFF`.
    """
    indices = hydrogen_indices(structure)
    coords = structure.frac_coords[indices]
    return contacts_within(indices, coords, structure.lattice.matrix, cutoff=cutoff)


def contacts_within(
    indices: IntArray, frac_coords: FloatArray, matrix: FloatArray, *, cutoff: float
) -> Contacts:
    """Return the pairs of atoms that are no further apart than a cut-off.

    Parameters
    ----------
    indices
        Of the atoms in their structure, shape (n_atoms,).
    frac_coords
        (fractional) Shape (n_atoms, 3).
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).
    cutoff
        (Å) Up to `LARGEST_CUTOFF`.

    Raises
    ------
    ValueError
        The cut-off is not above 0, or larger than that.
    """
    check_cutoff(cutoff)
    if len(indices) == 0:
        return Contacts(indices, indices, np.zeros((0, 3), int), np.zeros(0))
    coords = np.ascontiguousarray(frac_coords @ matrix)
    first, second, image, distance = find_points_in_spheres(
        coords,
        coords,
        r=cutoff + ROUNDING,
        pbc=np.ones(3, dtype=np.int64),
        lattice=np.ascontiguousarray(matrix, dtype=float),
    )
    image = np.rint(image).astype(int)
    forward = np.flatnonzero(_is_forward(first, second, image))
    rows = forward[np.argsort(distance[forward], kind="stable")]
    return Contacts(indices[first[rows]], indices[second[rows]], image[rows], distance[rows])


def check_cutoff(cutoff: float) -> None:
    """Raise ValueError where a cut-off (Å) is not above 0, or larger than `LARGEST_CUTOFF`."""
    if not 0 < cutoff <= LARGEST_CUTOFF:
        raise ValueError(
            f"a cut-off of {cutoff:g} Å; expected above 0 and up to {LARGEST_CUTOFF:g} Å,"
            " such as 1.4"
        )


def contacts_up_to(contacts: Contacts, cutoff: float) -> Contacts:
    """Return the contacts that are no longer than a cut-off (Å)."""
    return _rows(contacts, contacts.distance <= cutoff + ROUNDING)


def _is_forward(first: IntArray, second: IntArray, image: IntArray) -> BoolArray:
    """Return whether a pair stands in the direction that is kept of its two, shape (n,)."""
    leading = image[np.arange(len(image)), (image != 0).argmax(axis=1)]
    return (first < second) | ((first == second) & (leading > 0))


def _rows(contacts: Contacts, rows: NDArray) -> Contacts:
    return Contacts(
        contacts.first[rows], contacts.second[rows], contacts.image[rows], contacts.distance[rows]
    )


def folded_contacts(contacts: Contacts, primitive: PrimitiveSites) -> Contacts:
    """Return the contacts between the sites of the primitive cell, each once.

    Parameters
    ----------
    contacts
        Between the sites of a cell.
    primitive
        The sites of that cell in terms of the primitive cell.
    """
    first, second = primitive.site[contacts.first], primitive.site[contacts.second]
    image = contacts.image @ primitive.transformation
    image = image + primitive.cell[contacts.second] - primitive.cell[contacts.first]
    back = ~_is_forward(first, second, image)
    first, second = np.where(back, second, first), np.where(back, first, second)
    image = np.where(back[:, None], -image, image)
    rows = np.column_stack([first, second, image])
    nearest = np.sort(np.unique(rows, axis=0, return_index=True)[1])
    return _rows(Contacts(first, second, image, contacts.distance), nearest)


def components(indices: IntArray, contacts: Contacts) -> tuple[Component, ...]:
    """Return the components that contacts join atoms to: most dimensions first, then the largest.

    Parameters
    ----------
    indices
        Of the atoms, those without contacts included, shape (n_atoms,).
    """
    forest = PeriodicForest(indices.tolist())
    for first, second, image in _edges(contacts):
        forest.join(first, second, image)
    return forest.components()


def percolation_cutoffs(indices: IntArray, contacts: Contacts) -> FloatArray:
    """Return the least cut-offs at which a component repeats in 1, 2 and 3 dimensions.

    Returns
    -------
    :
        (Å) Shape (3,); nan where the contacts do not reach that far.
    """
    forest = PeriodicForest(indices.tolist())
    cutoffs = np.full(3, np.nan)
    highest = 0
    for (first, second, image), distance in zip(_edges(contacts), contacts.distance, strict=True):
        dimensionality = forest.join(first, second, image)
        if dimensionality > highest:
            cutoffs[highest:dimensionality] = distance
            highest = dimensionality
        if highest == 3:
            break
    return cutoffs


def _edges(contacts: Contacts) -> zip:
    images = map(tuple, contacts.image.tolist())
    return zip(contacts.first.tolist(), contacts.second.tolist(), images, strict=True)
