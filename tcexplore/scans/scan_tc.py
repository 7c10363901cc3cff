"""Tc of all members of a scan at once.

Structure factors depend on the fractional coordinates alone, so they are computed once; the first
convolution is linear, so it is computed once for each element of each sublattice and added up for
the members. Nothing is approximated: a member's Tc is what the predictor says of `member`. The work
comes in steps of a bounded size, after each of which one can look at what there is, or stop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from tcexplore.crystal.frames import framed_coords
from tcexplore.crystal.structure import StructureError, site_occupancies
from tcexplore.features.fourier import densities_of_elements, structure_factors
from tcexplore.features.scaling import scaled_coefficients
from tcexplore.model.conformal import TcInterval, unknown_tc
from tcexplore.model.network import descriptor_features, joint_output, structure_features
from tcexplore.model.predictor import TcPredictor, model_tc
from tcexplore.model.summed_convolution import summed_convolution, summed_features
from tcexplore.scans.scan import Scan, scan_frames
from tcexplore.scans.scan_descriptors import ScanDescriptors, scan_descriptors
from tcexplore.typing import ComplexArray, FloatArray, IntArray

Block = tuple[IntArray, IntArray, TcInterval]
T = TypeVar("T")

LATTICE_CHUNK = 64  # lattices of one row that are computed at once
ROW_CHUNK = 512  # rows on one lattice that are computed at once
MANY_ROWS = 8  # from here on the first convolution is shared by the rows on one lattice


def scan_tc(predictor: TcPredictor, scan: Scan) -> TcInterval:
    """Return Tc of all members with its bands, shape (n_rows, n_lattices).

    Raises
    ------
    StructureError
        There are no members, an element is not known to the model, or it has no atomic radius.
    """
    return last_step(scan_tc_steps(predictor, scan))


def scan_tc_steps(predictor: TcPredictor, scan: Scan) -> Iterator[tuple[float, TcInterval]]:
    """Yield the share that is done and Tc so far, nan where it is not known yet.

    Many rows are complete on one lattice before the next one begins. The arrays are the same in all
    steps.

    Raises
    ------
    StructureError
        There are no members, an element is not known to the model, or it has no atomic radius.
    """
    total = unknown_tc((len(scan.species), len(scan.lattices)))
    if not total.tc.size:
        raise StructureError(
            f"nothing to compute: {len(scan.species)} choices of elements on"
            f" {len(scan.lattices)} lattices; give at least one of each"
        )
    n_done = 0
    for rows, lattices, block in _blocks(predictor, scan):
        for all_members, some in zip(total.parts, block.parts, strict=True):
            all_members[rows, lattices] = some
        n_done += len(rows)
        yield n_done / total.tc.size, total


def last_step(steps: Iterable[tuple[float, T]]) -> T:
    """Return the result of the last step of a study or a scan."""
    [(_, result)] = deque(steps, maxlen=1)
    return result


# --- blocks of members --------------------------------------------------------------------------


def _blocks(predictor: TcPredictor, scan: Scan) -> Iterator[Block]:
    """Yield rows, lattices and the Tc of each pair of them, all of shape (n,)."""
    frames, descriptors = scan_frames(scan), scan_descriptors(scan, predictor.files.config)
    for frame in range(len(frames.symmetries)):
        rows = np.flatnonzero(frames.of_row == frame)
        coords = framed_coords(
            scan.parent.structure.frac_coords, frames.symmetries[frame], frames.origins[frame]
        )
        densities = _Densities(predictor, scan, _sublattices(predictor, scan, coords))
        blocks = _few_rows if len(rows) < MANY_ROWS else _many_rows
        yield from blocks(densities, descriptors, rows)


def _few_rows(
    densities: _Densities, descriptors: ScanDescriptors, rows: IntArray
) -> Iterator[Block]:
    """Yield the blocks of rows one by one, each on many lattices at once."""
    predictor, n_lattices = densities.predictor, len(densities.scan.lattices)
    for start in range(0, n_lattices, LATTICE_CHUNK):
        lattices = np.arange(start, min(start + LATTICE_CHUNK, n_lattices))
        for row in rows:
            image = scaled_coefficients(densities.of_row(row, lattices), predictor.files.scaling)
            features = [structure_features(one, image) for one in predictor.networks]
            same_row = np.full(len(lattices), row)
            values = descriptors.of_members(same_row, lattices)
            yield same_row, lattices, _members_tc(predictor, features, values)


def _many_rows(
    densities: _Densities, descriptors: ScanDescriptors, rows: IntArray
) -> Iterator[Block]:
    """Yield the blocks of many rows on one lattice after the other."""
    predictor, scaling = densities.predictor, densities.predictor.files.scaling
    numbers, choices = _choices(densities.scan.species[rows])
    for lattice in range(len(densities.scan.lattices)):
        shared, parts = densities.on_lattice(lattice, numbers)
        image = scaled_coefficients(shared, scaling)
        images = [scaled_coefficients(part, scaling) for part in parts]
        convolutions = [summed_convolution(one, image, images) for one in predictor.networks]
        for start in range(0, len(rows), ROW_CHUNK):
            some, chosen = rows[start : start + ROW_CHUNK], choices[start : start + ROW_CHUNK]
            features = [
                summed_features(one, convolution, chosen)
                for one, convolution in zip(predictor.networks, convolutions, strict=True)
            ]
            same_lattice = np.full(len(some), lattice)
            values = descriptors.of_members(some, same_lattice)
            yield some, same_lattice, _members_tc(predictor, features, values)


def _members_tc(
    predictor: TcPredictor, features: list[FloatArray], descriptor_values: FloatArray
) -> TcInterval:
    """Return Tc of some members from what each network's convolutions made of them, shape (n,)."""
    scaled, columns = predictor.files.scaling.apply_to_descriptors(descriptor_values)
    each = [
        joint_output(network, of_structure, descriptor_features(network, columns))
        for network, of_structure in zip(predictor.networks, features, strict=True)
    ]
    return model_tc(predictor.files, np.maximum(each, 0), scaled)


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


def _sublattices(predictor: TcPredictor, scan: Scan, coords: FloatArray) -> _Sublattices:
    structure, indices = scan.parent.structure, _indices(predictor)

    def factors(sites: list[int], occupancies: FloatArray) -> ComplexArray:
        return structure_factors(coords[sites], occupancies, indices)

    sites = sorted(set(range(len(structure))).difference(*scan.groups))
    elements = sorted({element for site in sites for element in structure[site].species})
    kept = [factors(sites, np.array([structure[i].species[e] for i in sites])) for e in elements]
    occupancy = site_occupancies(structure)
    swapped = [factors(list(group), occupancy[list(group)]) for group in scan.groups]
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
    scan: Scan
    sublattices: _Sublattices

    def of_row(self, row: int, lattices: IntArray) -> ComplexArray:
        """Return the coefficients of one row on many lattices, shape (n_lattices, n, n, n, 2)."""
        factors = np.concatenate([self.sublattices.kept, self.sublattices.swapped])
        elements = np.concatenate([self.sublattices.elements, self.scan.species[row]])
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
        chosen, indices = self.scan.lattices[lattices], _indices(self.predictor)
        return densities_of_elements(elements, chosen, config, indices)
