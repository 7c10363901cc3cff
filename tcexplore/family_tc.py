"""Tc of all members of a family at once.

Structure factors depend on the fractional coordinates alone, so they are computed once; the first
convolution is linear, so it is computed once for each element of each sublattice and added up for
the members. Nothing is approximated: a member's Tc is what the predictor says of `member`. The work
comes in steps of a bounded size, after each of which one can look at what there is, or stop.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.composition import composition_descriptors
from tcexplore.constants import ELEMENTS
from tcexplore.descriptors import element_amounts
from tcexplore.engine import (
    RealNetwork,
    descriptor_features,
    joint_output,
    structure_features,
    summed_convolution,
    summed_features,
)
from tcexplore.families import Family, family_frames
from tcexplore.frames import framed_coords
from tcexplore.predictor import TcPredictor
from tcexplore.representation import densities_of_elements, structure_factors
from tcexplore.scaling import InputScaling, scaled_coefficients, scaled_descriptors
from tcexplore.structure import StructureError, unhanded_number

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complexfloating]
Block = tuple[IntArray, IntArray, FloatArray]
Progress = Callable[[float], bool]
T = TypeVar("T")

LATTICE_CHUNK = 64  # lattices of one row that are computed at once
ROW_CHUNK = 512  # rows on one lattice that are computed at once
MANY_ROWS = 8  # from here on the first convolution is shared by the rows on one lattice
N_CELL = 8  # descriptors that depend on the lattice


def family_tc(
    predictor: TcPredictor, family: Family, *, progress: Progress | None = None
) -> FloatArray:
    """Return Tc (K) of all members, shape (n_rows, n_lattices).

    Parameters
    ----------
    predictor
        The model.
    family
        The family.
    progress
        Called with the share that is done; returning False ends the work, and what is not done
        stays nan.

    Raises
    ------
    StructureError
        There are no members, an element is not known to the model, or it has no atomic radius.
    """
    return last_step(family_steps(predictor, family), progress)


def family_steps(predictor: TcPredictor, family: Family) -> Iterator[tuple[float, FloatArray]]:
    """Yield the share that is done and Tc (K) so far, nan where it is not known yet.

    Rows are complete on one lattice before the next one begins. The array is the same in all steps.

    Raises
    ------
    StructureError
        There are no members, an element is not known to the model, or it has no atomic radius.
    """
    total = np.full((len(family.species), len(family.lattices)), np.nan)
    if not total.size:
        raise StructureError(
            f"nothing to compute: {len(family.species)} choices of elements on"
            f" {len(family.lattices)} lattices; give at least one of each"
        )
    n_done = 0
    for rows, lattices, tc in _blocks(predictor, family):
        total[rows, lattices] = tc
        n_done += tc.size
        yield n_done / total.size, total


def last_step(steps: Iterable[tuple[float, T]], progress: Progress | None) -> T:
    """Return the result of the last step, or of that after which the callback says stop."""
    latest: list[T] = []
    for share, result in steps:
        latest = [result]
        if progress is not None and not progress(share):
            break
    return latest[0]


# --- blocks of members --------------------------------------------------------------------------


def _blocks(predictor: TcPredictor, family: Family) -> Iterator[Block]:
    """Yield rows, lattices and the Tc (K) of each pair of them, all of shape (n,)."""
    networks, frames = _networks(predictor, family), family_frames(family)
    for frame in range(len(frames.symmetries)):
        rows = np.flatnonzero(frames.of_row == frame)
        coords = framed_coords(
            family.parent.structure.frac_coords, frames.symmetries[frame], frames.origins[frame]
        )
        densities = _Densities(predictor, family, _sublattices(predictor, family, coords))
        blocks = _few_rows if len(rows) < MANY_ROWS else _many_rows
        yield from blocks(networks, densities, rows)


def _few_rows(networks: list[_Network], densities: _Densities, rows: IntArray) -> Iterator[Block]:
    """Yield the blocks of rows one by one, each on many lattices at once."""
    n_lattices = len(densities.family.lattices)
    for row, start in itertools.product(rows, range(0, n_lattices, LATTICE_CHUNK)):
        lattices = np.arange(start, min(start + LATTICE_CHUNK, n_lattices))
        coefficients = densities.of_row(row, lattices)
        same_row = np.full(len(lattices), row)
        tc = [
            one.tc(
                structure_features(one.network, scaled_coefficients(coefficients, one.scaling)),
                same_row,
                lattices,
            )
            for one in networks
        ]
        yield same_row, lattices, np.mean(tc, axis=0)


def _many_rows(networks: list[_Network], densities: _Densities, rows: IntArray) -> Iterator[Block]:
    """Yield the blocks of many rows on one lattice after the other."""
    numbers, choices = _choices(densities.family.species[rows])
    for lattice in range(len(densities.family.lattices)):
        shared, parts = densities.on_lattice(lattice, numbers)
        convolutions = [
            summed_convolution(
                one.network,
                scaled_coefficients(shared, one.scaling),
                [scaled_coefficients(part, one.scaling) for part in parts],
            )
            for one in networks
        ]
        for start in range(0, len(rows), ROW_CHUNK):
            some, chosen = rows[start : start + ROW_CHUNK], choices[start : start + ROW_CHUNK]
            same_lattice = np.full(len(some), lattice)
            tc = [
                one.tc(summed_features(one.network, convolution, chosen), some, same_lattice)
                for one, convolution in zip(networks, convolutions, strict=True)
            ]
            yield some, same_lattice, np.mean(tc, axis=0)


def _choices(species: IntArray) -> tuple[list[IntArray], IntArray]:
    """Return the elements of each column, and which of them a row has, shape (n_rows, columns)."""
    pairs = [np.unique(column, return_inverse=True) for column in species.T]
    return [numbers for numbers, _ in pairs], np.stack([places for _, places in pairs], axis=1)


# --- densities ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sublattices:
    """Structure factors in one frame, of the planes that reach the network's output."""

    elements: IntArray
    """Elements on the sites that are not swapped, shape (n_elements,)."""
    kept: ComplexArray
    """Of each of these elements, shape (n_elements, n, n, n)."""
    swapped: ComplexArray
    """Of each group of sites, shape (n_groups, n, n, n)."""


def _sublattices(predictor: TcPredictor, family: Family, coords: FloatArray) -> _Sublattices:
    structure, indices = family.parent.structure, _indices(predictor)

    def factors(sites: list[int], held: list[float]) -> ComplexArray:
        return structure_factors(coords[sites], np.array(held), indices)

    sites = sorted(set(range(len(structure))).difference(*family.groups))
    elements = sorted({element for site in sites for element in structure[site].species})
    kept = [factors(sites, [structure[i].species[e] for i in sites]) for e in elements]
    swapped = [
        factors(list(group), [structure[i].species.num_atoms for i in group])
        for group in family.groups
    ]
    grid = (-1, *[len(indices)] * 3)
    return _Sublattices(
        np.array([element.Z for element in elements], dtype=int),
        np.array(kept, dtype=np.complex64).reshape(grid),
        np.array(swapped, dtype=np.complex64).reshape(grid),
    )


def _indices(predictor: TcPredictor) -> IntArray:
    config = predictor.files.config
    return config.representation.indices[: config.network.n_box]


@dataclass(frozen=True)
class _Densities:
    """The coefficients of members in one frame."""

    predictor: TcPredictor
    family: Family
    sublattices: _Sublattices

    def of_row(self, row: int, lattices: IntArray) -> ComplexArray:
        """Return the coefficients of one row on many lattices, shape (n_lattices, n, n, n, 2)."""
        factors = np.concatenate([self.sublattices.kept, self.sublattices.swapped])
        elements = np.concatenate([self.sublattices.elements, self.family.species[row]])
        of_atoms = self._of_atoms(elements, lattices)
        return np.einsum("ehkl,nehklc->nhklc", factors, of_atoms)

    def on_lattice(
        self, lattice: int, numbers: list[IntArray]
    ) -> tuple[ComplexArray, list[ComplexArray]]:
        """Return the coefficients that all rows share, and those of each element on each group.

        Shapes (1, n, n, n, 2) and, for each group, (n_elements, n, n, n, 2).
        """
        place = np.array([lattice])
        of_kept = self._of_atoms(self.sublattices.elements, place)[0]
        shared = np.einsum("ehkl,ehklc->hklc", self.sublattices.kept, of_kept)[None]
        parts = [
            factors[..., None] * self._of_atoms(elements, place)[0]
            for factors, elements in zip(self.sublattices.swapped, numbers, strict=True)
        ]
        return shared, parts

    def _of_atoms(self, elements: IntArray, lattices: IntArray) -> FloatArray:
        """Return shape (n_lattices, n_elements, n, n, n, 2)."""
        config = self.predictor.files.config.representation
        chosen, indices = self.family.lattices[lattices], _indices(self.predictor)
        return densities_of_elements(elements, chosen, config, indices)


# --- networks and descriptors -------------------------------------------------------------------


@dataclass(frozen=True)
class _Network:
    """One network of the model, with the scaled descriptors of all members."""

    network: RealNetwork
    scaling: InputScaling
    of_lattice: FloatArray
    """Descriptors of the cell, shape (n_lattices, 8)."""
    of_row: FloatArray
    """Those that do not depend on the lattice, shape (n_rows, n_descriptors - 8)."""

    def tc(self, features: FloatArray, rows: IntArray, lattices: IntArray) -> FloatArray:
        """Return Tc (K), not below 0, from the features of some members, all of shape (n, ...)."""
        descriptors = np.hstack([self.of_lattice[lattices], self.of_row[rows]])
        branch = descriptor_features(self.network, descriptors)
        return np.maximum(joint_output(self.network, features, branch), 0)


def _networks(predictor: TcPredictor, family: Family) -> list[_Network]:
    cells = _cell_values(family.lattices, unhanded_number(family.parent.space_group_number))
    compositions = _composition_values(family, predictor.files.config.elements)
    first_cell = np.broadcast_to(cells[:1], (len(compositions), N_CELL))
    first_row = np.broadcast_to(compositions[:1], (len(cells), compositions.shape[1]))
    scaling = predictor.files.scaling
    of_lattice = scaled_descriptors(np.hstack([cells, first_row]), scaling)[:, :N_CELL]
    of_row = scaled_descriptors(np.hstack([first_cell, compositions]), scaling)[:, N_CELL:]
    return [_Network(network, scaling, of_lattice, of_row) for network in predictor.networks]


def _cell_values(lattices: FloatArray, space_group_number: int) -> FloatArray:
    """Return a, b, c, alpha, beta, gamma, volume and space group, shape (n_lattices, 8)."""
    lengths = np.linalg.norm(lattices, axis=2)
    directions = lattices / lengths[:, :, None]
    cosines = np.einsum("nij,nij->ni", directions[:, [1, 2, 0]], directions[:, [2, 0, 1]])
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    volumes = np.abs(np.linalg.det(lattices))
    number = np.full(len(lattices), float(space_group_number))
    return np.column_stack([lengths, angles, volumes, number])


def _composition_values(family: Family, elements: tuple[str, ...]) -> FloatArray:
    """Return the descriptors that do not depend on the lattice, shape (n_rows, 81 + n_elements)."""
    structure = family.parent.structure
    swapped = set(itertools.chain(*family.groups))
    kept = [site for number, site in enumerate(structure) if number not in swapped]
    amounts = np.zeros((len(family.species), len(elements)))
    if kept:
        amounts += element_amounts(Structure.from_sites(kept), elements=elements)
    columns = {ELEMENTS.index(symbol) + 1: place for place, symbol in enumerate(elements)}
    for column, group in enumerate(family.groups):
        held = sum(structure[site].species.num_atoms for site in group)
        places = [columns[int(number)] for number in family.species[:, column]]
        amounts[np.arange(len(amounts)), places] += held
    return np.hstack([composition_descriptors(amounts, elements=elements), amounts])
