"""Families of structures that share fractional coordinates, and their Tc all at once.

The members of a family differ in the species on chosen sites, in the lattice, or in both. Structure
factors depend on the fractional coordinates alone, so they are computed once; the first convolution
is linear, so it is computed once for each element of each sublattice and added up for the members.
Nothing is approximated: a member's Tc is what the predictor says of `member`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Composition, Element, Lattice, Structure

from tcexplore.composition import composition_descriptors
from tcexplore.constants import ELEMENTS
from tcexplore.descriptors import element_amounts
from tcexplore.engine import (
    RealNetwork,
    descriptor_features,
    joint_output,
    summed_features,
)
from tcexplore.frames import (
    best_frame,
    frame_scores,
    framed_coords,
    in_frame,
    lattice_symmetries,
)
from tcexplore.predictor import TcPredictor, member_tc
from tcexplore.representation import densities_of_elements, structure_factors
from tcexplore.scaling import InputScaling, scaled_descriptors
from tcexplore.structure import CanonicalCell, unhanded_number

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complexfloating]
Progress = Callable[[float], bool]

LATTICE_CHUNK = 256  # lattices of one row that are computed at once
MANY_ROWS = 8  # from here on the first convolution is shared by the rows of one lattice


@dataclass(frozen=True)
class Family:
    """Every row of species on every lattice."""

    parent: CanonicalCell
    """Its cell sets the sites; its space group counts for all members, so a scan has no jumps."""
    groups: tuple[tuple[int, ...], ...]
    """Sites of the parent that are filled alike, one tuple for each column of species."""
    species: IntArray
    """Atomic numbers, shape (n_rows, n_groups)."""
    lattices: FloatArray
    """(Å) Lattice vectors as rows, shape (n_lattices, 3, 3)."""


def member_structure(family: Family, row: int, lattice: int) -> Structure:
    """Return one member with its sites where the parent has them."""
    parent = family.parent.structure
    species = [site.species for site in parent]
    for group, number in zip(family.groups, family.species[row], strict=True):
        for site in group:
            species[site] = Composition({Element.from_Z(int(number)): species[site].num_atoms})
    return Structure(Lattice(family.lattices[lattice]), species, parent.frac_coords)


def member(family: Family, row: int, lattice: int) -> CanonicalCell:
    """Return one member in the cell and the frame that it is predicted in."""
    frames = _frames(family)
    frame = frames.of_row[row]
    seen = frames.symmetries[frame], frames.origins[frame]
    structure = in_frame(member_structure(family, row, lattice), *seen)
    parent = family.parent
    return CanonicalCell(structure, parent.space_group_number, parent.space_group_symbol)


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
        An element is not known to the model, or has no atomic radius.
    """
    total = np.full((len(family.species), len(family.lattices)), np.nan)
    composition = _composition_values(family, predictor.files.config.elements)
    frames = _frames(family)
    n_done = 0
    for frame in range(len(frames.symmetries)):
        rows = np.flatnonzero(frames.of_row == frame)
        work = _Work(predictor, family, _sublattices(family, frames, frame, predictor), composition)
        for some_rows, lattices in _blocks(rows, len(family.lattices)):
            block_tc = work.row_tc if len(some_rows) == 1 else work.lattice_tc
            total[np.ix_(some_rows, lattices)] = block_tc(some_rows, lattices)
            n_done += len(some_rows) * len(lattices)
            if progress is not None and not progress(n_done / total.size):
                return total
    return total


def _blocks(rows: IntArray, n_lattices: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield rows and lattices to compute at once: many rows on one lattice, or the reverse."""
    if len(rows) >= MANY_ROWS:
        for lattice in range(n_lattices):
            yield rows, np.array([lattice])
        return
    for row, start in itertools.product(rows, range(0, n_lattices, LATTICE_CHUNK)):
        yield np.array([row]), np.arange(start, min(start + LATTICE_CHUNK, n_lattices))


# --- frames and structure factors ---------------------------------------------------------------


@dataclass(frozen=True)
class _Frames:
    """The frames that the rows of a family are seen in."""

    symmetries: IntArray
    """Shape (n_frames, 3, 3)."""
    origins: FloatArray
    """(fractional) Shape (n_frames, 3)."""
    of_row: IntArray
    """Which frame each row of species has, shape (n_rows,)."""


def _frames(family: Family) -> _Frames:
    """Return the best frame of each row, among the symmetries that all the lattices share."""
    structure = family.parent.structure
    coords = structure.frac_coords
    if not family.groups:  # the parent's own frame: a canonical cell is in its best one
        everywhere = np.zeros(len(family.species), dtype=int)
        return _Frames(np.eye(3, dtype=int)[None], np.zeros((1, 3)), everywhere)
    symmetries = lattice_symmetries(
        np.concatenate([structure.lattice.matrix[None], family.lattices])
    )
    charges = np.array([sum(e.Z * n for e, n in site.species.items()) for site in structure])
    held = np.array([site.species.num_atoms for site in structure])
    charges[list(itertools.chain(*family.groups))] = 0.0
    scores = frame_scores(coords, charges, symmetries, coords)[None]
    for column, group in enumerate(family.groups):
        sites = list(group)
        of_one_proton = frame_scores(coords[sites], held[sites], symmetries, coords)
        scores = scores + family.species[:, column, None, None] * of_one_proton
    best = best_frame(scores.reshape(len(scores), -1))
    best = np.broadcast_to(best, len(family.species))
    chosen, of_row = np.unique(best, return_inverse=True)
    symmetry, origin = np.divmod(chosen, len(structure))
    return _Frames(symmetries[symmetry], coords[origin], of_row)


@dataclass(frozen=True)
class _Sublattices:
    """Structure factors in one frame, of the planes that reach the network's output."""

    elements: IntArray
    """Elements on the sites that are not swapped, shape (n_elements,)."""
    kept: ComplexArray
    """Of each of these elements, shape (n_elements, n, n, n)."""
    swapped: ComplexArray
    """Of each group of sites, shape (n_groups, n, n, n)."""


def _sublattices(
    family: Family, frames: _Frames, frame: int, predictor: TcPredictor
) -> _Sublattices:
    structure, indices = family.parent.structure, _indices(predictor)
    coords = framed_coords(structure.frac_coords, frames.symmetries[frame], frames.origins[frame])

    def factors(sites: list[int], held: list[float]) -> ComplexArray:
        return structure_factors(coords[sites], np.array(held), indices)

    sites = sorted(set(range(len(structure))).difference(*family.groups))
    elements = sorted({element for site in sites for element in structure[site].species})
    grid = (-1, *[len(indices)] * 3)
    return _Sublattices(
        np.array([element.Z for element in elements], dtype=int),
        np.array(
            [factors(sites, [structure[i].species[e] for i in sites]) for e in elements]
        ).reshape(grid),
        np.array(
            [factors(list(g), [structure[i].species.num_atoms for i in g]) for g in family.groups]
        ).reshape(grid),
    )


def _indices(predictor: TcPredictor) -> IntArray:
    config = predictor.files.config
    return config.representation.indices[: config.network.n_box]


# --- the network on a block ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Work:
    """What the blocks of one frame share."""

    predictor: TcPredictor
    family: Family
    sublattices: _Sublattices
    composition: FloatArray
    """Descriptors that do not depend on the lattice, shape (n_rows, n_descriptors - 8)."""

    def row_tc(self, rows: IntArray, lattices: IntArray) -> FloatArray:
        """Return Tc (K) of one row on many lattices, shape (1, n_lattices)."""
        factors = np.concatenate([self.sublattices.kept, self.sublattices.swapped])
        elements = np.concatenate([self.sublattices.elements, self.family.species[rows[0]]])
        densities = self._densities(elements, lattices)
        coefficients = np.einsum("ehkl,nehklc->nhklc", factors.astype(np.complex64), densities)
        inputs = coefficients, self._descriptors(rows, lattices)
        return np.mean([member_tc(*pair, *inputs) for pair in self._networks()], axis=0)[None]

    def lattice_tc(self, rows: IntArray, lattices: IntArray) -> FloatArray:
        """Return Tc (K) of many rows on one lattice, shape (n_rows, 1)."""
        [densities] = self._densities(self.sublattices.elements, lattices)
        kept = np.einsum("ehkl,ehklc->hklc", self.sublattices.kept, densities)[None]
        images, of_row = [], []
        for factors, column in zip(
            self.sublattices.swapped, self.family.species[rows].T, strict=True
        ):
            numbers, positions = np.unique(column, return_inverse=True)
            images.append(factors[..., None] * self._densities(numbers, lattices)[0])
            of_row.append(positions)
        values = self._descriptors(rows, lattices)

        def tc(network: RealNetwork, scaling: InputScaling) -> FloatArray:
            scaled = [image * scaling.coefficients for image in (kept, *images)]
            features = summed_features(network, scaled[0], scaled[1:], of_row)
            numbers = scaled_descriptors(values, scaling)
            output = joint_output(network, features, descriptor_features(network, numbers))
            return np.maximum(output, 0)

        return np.mean([tc(*pair) for pair in self._networks()], axis=0)[:, None]

    def _networks(self) -> Iterator[tuple[RealNetwork, InputScaling]]:
        members = self.predictor.files.members
        return zip(self.predictor.networks, (one.scaling for one in members), strict=True)

    def _densities(self, elements: IntArray, lattices: IntArray) -> FloatArray:
        """Return shape (n_lattices, n_elements, n, n, n, 2), single precision."""
        chosen = self.family.lattices[lattices]
        config = self.predictor.files.config.representation
        indices = _indices(self.predictor)
        return densities_of_elements(elements, chosen, config, indices).astype(np.float32)

    def _descriptors(self, rows: IntArray, lattices: IntArray) -> FloatArray:
        """Return unscaled descriptors, shape (n_rows · n_lattices, n_descriptors)."""
        number = unhanded_number(self.family.parent.space_group_number)
        cells = np.tile(_cell_values(self.family.lattices[lattices], number), (len(rows), 1))
        return np.hstack([cells, np.repeat(self.composition[rows], len(lattices), axis=0)])


def _cell_values(lattices: FloatArray, space_group_number: int) -> FloatArray:
    """Return a, b, c, alpha, beta, gamma, volume and space group, shape (n_lattices, 8)."""
    lengths = np.linalg.norm(lattices, axis=2)
    directions = lattices / lengths[:, :, None]
    cosines = np.einsum("nij,nij->ni", directions[:, [1, 2, 0]], directions[:, [2, 0, 1]])
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    volumes = np.abs(np.linalg.det(lattices))
    number = np.full(len(lattices), float(space_group_number))
    return np.column_stack([lengths, angles, volumes, number])


def _composition_values(family: Family, elements: Sequence[str]) -> FloatArray:
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
