"""The descriptors of all members of a scan, from the parts that rows and lattices add.

Cell and composition are computed once for each lattice and each row. Hydrogen contacts depend on
the lattice and on how the sites are filled with hydrogen: of two swapped groups each is or is not
hydrogen, so a whole map has four such fillings at most.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import unhanded_number
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import site_occupancies
from tcexplore.features.composition import composition_descriptors
from tcexplore.features.descriptors import element_amounts
from tcexplore.features.hydrogen_symmetry_functions import symmetry_functions_in_lattices
from tcexplore.hydrogen.contacts import hydrogen_amounts
from tcexplore.model.config import ModelConfig
from tcexplore.scans.scan import Scan
from tcexplore.typing import FloatArray, IntArray

N_CELL = 8  # descriptors that depend on the lattice alone


@dataclass(frozen=True)
class ScanDescriptors:
    """What the unscaled descriptors of a scan's members are put together from."""

    of_lattice: FloatArray
    """Descriptors of the cell, shape (n_lattices, 8)."""
    of_row: FloatArray
    """Those of the composition, shape (n_rows, 81 + n_elements)."""
    filling_of_row: IntArray
    """Which way of filling the sites with hydrogen each row has, shape (n_rows,)."""
    contacts: FloatArray
    """Of hydrogen for each way and lattice, shape (n_fillings, n_lattices, 6); of no columns where
    the model does without."""

    def of_members(self, rows: IntArray, lattices: IntArray) -> FloatArray:
        """Return the unscaled descriptors of members, as `predictor.unscaled_inputs` does.

        Parameters
        ----------
        rows, lattices
            Of each member, shape (n,).
        """
        contacts = self.contacts[self.filling_of_row[rows], lattices]
        return np.hstack([self.of_lattice[lattices], self.of_row[rows], contacts])


def scan_descriptors(scan: Scan, config: ModelConfig) -> ScanDescriptors:
    """Return what the descriptors of the members of a scan are put together from."""
    fillings, filling_of_row = _fillings(scan)
    contacts = np.zeros((len(fillings), len(scan.lattices), 0))
    if config.has_scalars:
        contacts = np.stack([_contacts(scan, one) for one in fillings])
    return ScanDescriptors(
        _cell_values(scan.lattices, unhanded_number(scan.parent.space_group_number)),
        _composition_values(scan, config.elements),
        filling_of_row,
        contacts,
    )


def _contacts(scan: Scan, hydrogen: FloatArray) -> FloatArray:
    """Return the hydrogen contacts on all lattices for one filling, shape (n_lattices, 6)."""
    structure, holds = scan.parent.structure, hydrogen > 0
    n_atoms = np.array([structure.composition.num_atoms])
    return symmetry_functions_in_lattices(
        scan.lattices, structure.frac_coords[holds], hydrogen[holds], n_atoms
    )


def _fillings(scan: Scan) -> tuple[FloatArray, IntArray]:
    """Return the ways in which hydrogen fills the sites, and which of them each row has."""
    structure = scan.parent.structure
    occupancy = site_occupancies(structure)
    is_hydrogen, filling_of_row = np.unique(scan.species == 1, axis=0, return_inverse=True)
    fillings = np.tile(hydrogen_amounts(structure), (len(is_hydrogen), 1))
    for column, group in enumerate(scan.groups):
        sites = list(group)
        fillings[:, sites] = np.where(is_hydrogen[:, column, None], occupancy[sites], 0.0)
    return fillings, filling_of_row


def _cell_values(lattices: FloatArray, space_group_number: int) -> FloatArray:
    """Return a, b, c, alpha, beta, gamma, volume and space group, shape (n_lattices, 8)."""
    lengths = np.linalg.norm(lattices, axis=2)
    directions = lattices / lengths[:, :, None]
    cosines = np.einsum("nij,nij->ni", directions[:, [1, 2, 0]], directions[:, [2, 0, 1]])
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    volumes = np.abs(np.linalg.det(lattices))
    number = np.full(len(lattices), float(space_group_number))
    return np.column_stack([lengths, angles, volumes, number])


def _composition_values(scan: Scan, elements: tuple[str, ...]) -> FloatArray:
    """Return the descriptors that do not depend on the lattice, shape (n_rows, 81 + n_elements)."""
    structure = scan.parent.structure
    occupancy = site_occupancies(structure)
    swapped = set(itertools.chain(*scan.groups))
    kept = [site for number, site in enumerate(structure) if number not in swapped]
    amounts = np.zeros((len(scan.species), len(elements)))
    if kept:
        amounts += element_amounts(Structure.from_sites(kept), elements=elements)
    columns = {ELEMENTS.index(symbol) + 1: index for index, symbol in enumerate(elements)}
    for column, group in enumerate(scan.groups):
        index = [columns[int(number)] for number in scan.species[:, column]]
        amounts[np.arange(len(amounts)), index] += occupancy[list(group)].sum()
    return np.hstack([composition_descriptors(amounts, elements=elements), amounts])
