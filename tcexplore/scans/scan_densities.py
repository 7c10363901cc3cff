"""Fourier coefficients of the members of a scan, from the structure factors of its sublattices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tcexplore.crystal.structure import site_occupancies
from tcexplore.features.fourier import densities_of_elements, structure_factors
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Scan
from tcexplore.typing import ComplexArray, FloatArray, IntArray


@dataclass(frozen=True)
class Sublattices:
    """Structure factors in one frame, of the planes that reach the network's output."""

    elements: IntArray
    """Elements on the sites that are not swapped, shape (n_elements,)."""
    kept: ComplexArray
    """Of each of these elements, shape (n_elements, n, n, n)."""
    swapped: ComplexArray
    """Of each group of sites, shape (n_groups, n, n, n)."""


def _sublattices(predictor: TcPredictor, scan: Scan, coords: FloatArray) -> Sublattices:
    structure, indices = scan.parent.structure, _indices(predictor)

    def factors(sites: list[int], occupancies: FloatArray) -> ComplexArray:
        return structure_factors(coords[sites], occupancies, indices)

    sites = sorted(set(range(len(structure))).difference(*scan.groups))
    elements = sorted({element for site in sites for element in structure[site].species})
    kept = [factors(sites, np.array([structure[i].species[e] for i in sites])) for e in elements]
    occupancy = site_occupancies(structure)
    swapped = [factors(list(group), occupancy[list(group)]) for group in scan.groups]
    grid = (-1, *[len(indices)] * 3)
    return Sublattices(
        np.array([element.Z for element in elements], dtype=int),
        np.array(kept, dtype=np.complex64).reshape(grid),
        np.array(swapped, dtype=np.complex64).reshape(grid),
    )


def _indices(predictor: TcPredictor) -> IntArray:
    config = predictor.files.config
    return config.representation.indices[: config.network.n_box]


@dataclass(frozen=True)
class ScanDensities:
    """The coefficients of members in one frame."""

    predictor: TcPredictor
    scan: Scan
    sublattices: Sublattices

    def of_members(self, rows: IntArray, lattices: IntArray) -> ComplexArray:
        """Return the coefficients of members, shape (n_members, n, n, n, 2).

        Parameters
        ----------
        rows, lattices
            Of each member, shape (n_members,).
        """
        factors = np.concatenate([self.sublattices.kept, self.sublattices.swapped])
        kept = np.broadcast_to(self.sublattices.elements, (len(rows), len(self.sublattices.kept)))
        elements = np.hstack([kept, self.scan.species[rows]])
        return np.einsum("ehkl,nehklc->nhklc", factors, self._of_atoms(elements, lattices))

    def on_lattice(
        self, lattice: int, numbers: list[IntArray]
    ) -> tuple[ComplexArray, list[ComplexArray]]:
        """Return the coefficients that all rows share, and those of each element on each group.

        Shapes (1, n, n, n, 2) and, for each group, (n_elements, n, n, n, 2).
        """
        index = np.array([lattice])
        of_kept = self._of_atoms(self.sublattices.elements, index)[0]
        shared = np.einsum("ehkl,ehklc->hklc", self.sublattices.kept, of_kept)[None]
        parts = [
            factors[..., None] * self._of_atoms(elements, index)[0]
            for factors, elements in zip(self.sublattices.swapped, numbers, strict=True)
        ]
        return shared, parts

    def _of_atoms(self, elements: IntArray, lattices: IntArray) -> FloatArray:
        """Return shape (n_lattices, n_elements, n, n, n, 2)."""
        config, indices = self.predictor.files.config.representation, _indices(self.predictor)
        distinct, index = np.unique(lattices, return_inverse=True)
        chosen = self.scan.lattices[distinct]
        if len(distinct) > 1:
            return densities_of_elements(elements, chosen[index], config, indices)
        numbers, index = np.unique(elements, return_inverse=True)
        return densities_of_elements(numbers, chosen, config, indices)[0][np.atleast_2d(index)]


def scan_densities(predictor: TcPredictor, scan: Scan, coords: FloatArray) -> ScanDensities:
    """Return the coefficients of a scan in a frame that gives its sites these coordinates."""
    return ScanDensities(predictor, scan, _sublattices(predictor, scan, coords))
