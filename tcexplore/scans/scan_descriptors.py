"""The descriptors of all members of a scan, from the parts that rows and lattices add.

Cell and composition are computed once for each lattice and each row. Hydrogen symmetry
functions depend on the lattice and on how the sites are filled with hydrogen: of two swapped groups
each is or is not hydrogen, so a whole map has four such fillings at most.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import unhanded_number
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.crystal.structure import site_occupancies
from tcexplore.features.composition import composition_descriptors
from tcexplore.features.descriptors import element_amounts
from tcexplore.features.hydrogen_symmetry_functions import (
    G2_DISTANCES,
    symmetry_functions_in_lattices,
)
from tcexplore.features.pair_distances import PairRadii, pair_class_distances, pair_radii
from tcexplore.hydrogen.contacts import hydrogen_occupancy
from tcexplore.model.config import ModelConfig
from tcexplore.model.worker_threads import in_order
from tcexplore.scans.scan import Scan
from tcexplore.typing import FloatArray, IntArray

N_CELL = 8  # descriptors that depend on the lattice alone
N_COMPOSITION = 81  # statistics of the composition
LATTICES_AT_ONCE = 256  # in one task


@dataclass(frozen=True)
class ScanDescriptors:
    """Unscaled descriptors of a scan in parts: of each lattice, row and hydrogen filling."""

    of_lattice: FloatArray
    """Descriptors of the cell, shape (n_lattices, 8)."""
    of_row: FloatArray
    """Those of the composition, shape (n_rows, 81 + n_elements)."""
    filling_of_row: IntArray
    """Which way of filling the sites with hydrogen each row has, shape (n_rows,)."""
    contacts: FloatArray
    """Of hydrogen for each way and lattice, shape (n_fillings, n_lattices, 6); of no columns where
    the model does without."""
    apart: FloatArray
    """(Å) Between kinds of sites on each lattice, shape (n_lattices, n_kinds, n_kinds); of no
    lattices where the model does without."""
    radii: PairRadii
    """Of the kinds of sites of each row."""
    volume_per_atom: FloatArray
    """(Å³) Of each lattice, shape (n_lattices,)."""

    @property
    def amounts(self) -> FloatArray:
        """Return the atoms of each element in a cell of each row, shape (n_rows, n_elements)."""
        return self.of_row[:, N_COMPOSITION:]

    def of_members(self, rows: IntArray, lattices: IntArray) -> FloatArray:
        """Return the unscaled descriptors of members, as `predictor.unscaled_inputs` does.

        Parameters
        ----------
        rows, lattices
            Of each member, shape (n,).
        """
        parts = [self.of_lattice[lattices], self.of_row[rows]]
        if len(self.apart):
            parts += [
                self.contacts[self.filling_of_row[rows], lattices],
                pair_class_distances(
                    self.apart[lattices], self.radii.of_rows(rows), self.volume_per_atom[lattices]
                ),
            ]
        return np.hstack(parts)


def scan_descriptors(
    scan: Scan, config: ModelConfig, members: tuple[IntArray, IntArray] | None = None
) -> ScanDescriptors:
    """Return the descriptors of the members of a scan, in parts.

    Parameters
    ----------
    members
        Rows and lattices of the members that count, shape (n,); contacts are computed for these
        alone and are nan elsewhere. Without it all.
    """
    fillings, filling_of_row = _fillings(scan)
    contacts = np.zeros((len(fillings), len(scan.lattices), 0))
    structure = scan.parent.structure
    kinds = site_kinds(structure, scan.groups, scan.species)
    apart = np.zeros((0, 1, 1))
    if config.has_scalars:
        contacts = np.stack(
            [
                _contacts(scan, filling, _lattices_of(number, filling_of_row, members))
                for number, filling in enumerate(fillings)
            ]
        )
        apart = shortest_distances(
            structure.frac_coords, kinds.occupancy, kinds.of_site, scan.lattices
        )
    return ScanDescriptors(
        _cell_values(scan.lattices, unhanded_number(scan.parent.space_group_number)),
        _composition_values(scan, config.elements),
        filling_of_row,
        contacts,
        apart,
        pair_radii(kinds.species),
        np.abs(np.linalg.det(scan.lattices)) / kinds.occupancy.sum(),
    )


def _lattices_of(
    filling: int, filling_of_row: IntArray, members: tuple[IntArray, IntArray] | None
) -> IntArray | None:
    """Return the lattices on which a filling counts, None where all do."""
    if members is None:
        return None
    rows, lattices = members
    return np.unique(lattices[filling_of_row[rows] == filling])


def _contacts(scan: Scan, hydrogen: FloatArray, chosen: IntArray | None) -> FloatArray:
    """Return the hydrogen contacts on some lattices for one filling, shape (n_lattices, 6)."""
    structure, holds = scan.parent.structure, hydrogen > 0
    n_atoms = np.array([structure.composition.num_atoms])
    frac_coords, occupancies = structure.frac_coords[holds], hydrogen[holds]
    contacts = np.full((len(scan.lattices), len(G2_DISTANCES)), np.nan)
    lattices = np.arange(len(scan.lattices)) if chosen is None else chosen
    chunks = np.array_split(lattices, 1 + len(lattices) // LATTICES_AT_ONCE)
    tasks = (
        partial(
            symmetry_functions_in_lattices, scan.lattices[some], frac_coords, occupancies, n_atoms
        )
        for some in chunks
    )
    for some, values in zip(chunks, in_order(tasks), strict=True):
        contacts[some] = values
    return contacts


def _fillings(scan: Scan) -> tuple[FloatArray, IntArray]:
    """Return the ways in which hydrogen fills the sites, and which of them each row has."""
    structure = scan.parent.structure
    occupancy = site_occupancies(structure)
    is_hydrogen, filling_of_row = np.unique(scan.species == 1, axis=0, return_inverse=True)
    fillings = np.tile(hydrogen_occupancy(structure), (len(is_hydrogen), 1))
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
