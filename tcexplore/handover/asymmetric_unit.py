"""Asymmetric unit: the distinct sites of a crystal in the conventional cell of its space group.

spglib finds the group and the way into the standard setting; its own idealised coordinates start
from one atom of each orbit, so coordinates are averaged over the orbit here, as in the canonical
cell: the file has the Tc that the structure has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spglib
from pymatgen.core import Composition, Lattice, Structure
from spglib import SpglibDataset

from tcexplore.catalogue.entries import hall_numbers, symmetry_operations
from tcexplore.crystal.symmetry import spglib_cell, symmetry_dataset
from tcexplore.typing import BoolArray, FloatArray

SYMPREC = 0.01  # Å, that of the canonical cell
ON_AXIS = 1e-9  # fractional; rounding
SAME_PLACE = 0.1  # Å; images of one atom, as far apart as the reader of CIF takes for one


@dataclass(frozen=True)
class UnitSite:
    """One site of the asymmetric unit."""

    species: Composition
    multiplicity: int
    """Places in the conventional cell."""
    wyckoff: str
    """Letter."""
    frac_coords: FloatArray
    """(fractional) In the conventional cell, shape (3,)."""


@dataclass(frozen=True)
class AsymmetricUnit:
    """A crystal in the standard setting of its space group."""

    lattice: Lattice
    """Of the conventional cell."""
    space_group_number: int
    """International number, 1 to 230."""
    origin_choice: str
    """Choice of origin or axes, as spglib names it: 2, H, b1; empty where there is none."""
    sites: tuple[UnitSite, ...]

    @property
    def operations(self) -> tuple[FloatArray, FloatArray]:
        """Return rotations (n, 3, 3) and translations (n, 3)."""
        return symmetry_operations(self.space_group_number, self.origin_choice)


def asymmetric_unit(structure: Structure) -> AsymmetricUnit | None:
    """Return the asymmetric unit of a structure, None where its symmetry is not to be had.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    """
    if (dataset := _standard_dataset(structure)) is None:
        return None
    lattice = Lattice(dataset.std_lattice)
    places = structure.frac_coords @ dataset.transformation_matrix.T + dataset.origin_shift
    operations = symmetry_operations(dataset.number, dataset.choice)
    orbits = dataset.crystallographic_orbits
    sites = []
    for orbit in dict.fromkeys(orbits.tolist()):
        members = np.flatnonzero(orbits == orbit)
        place = _mean_place(places[members], operations, lattice)
        multiplicity = len(operations[0]) // _near(place, place[None], operations, lattice)[1].sum()
        species, letter = structure[int(members[0])].species, dataset.wyckoffs[members[0]]
        sites.append(UnitSite(species, int(multiplicity), letter, place))
    return AsymmetricUnit(lattice, dataset.number, dataset.choice, tuple(sites))


def _standard_dataset(structure: Structure) -> SpglibDataset | None:
    """Return spglib's data set in the standard setting, origin 2 where there are two."""
    dataset = symmetry_dataset(structure, symprec=SYMPREC)
    if dataset is None or dataset.choice != "1":
        return dataset
    hall_number = hall_numbers()[dataset.number, "2"]
    cell, _ = spglib_cell(structure)
    try:
        return spglib.get_symmetry_dataset(cell, symprec=SYMPREC, hall_number=hall_number)
    except spglib.SpglibError:
        return None


def _mean_place(
    places: FloatArray, operations: tuple[FloatArray, FloatArray], lattice: Lattice
) -> FloatArray:
    """Return the first place of an orbit, averaged over the images that fall on it, in [0, 1)."""
    shifts, here = _near(places[0], places, operations, lattice)
    mean = places[0] + shifts[here].mean(axis=0)
    return np.where(np.abs(mean - np.rint(mean)) < ON_AXIS, 0.0, mean % 1.0)


def _near(
    place: FloatArray,
    places: FloatArray,
    operations: tuple[FloatArray, FloatArray],
    lattice: Lattice,
) -> tuple[FloatArray, BoolArray]:
    """Return the shifts from a place to all images of some places, and which of them are on it."""
    rotations, translations = operations
    images = np.einsum("gij,nj->ngi", rotations, places) + translations
    shifts = (images - place).reshape(-1, 3)
    shifts -= np.rint(shifts)
    return shifts, np.linalg.norm(shifts @ lattice.matrix, axis=1) < SAME_PLACE
