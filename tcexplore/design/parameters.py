"""Free parameters of a crystal: strains of its lattice and shifts of its atoms, as one vector.

The parameters are the directions that every symmetry operation of the crystal leaves as they are:
of the lattice the symmetric strains (one for a cubic crystal, six for a triclinic one), of the
atoms the shifts that take equivalent atoms to equivalent places. A uniform shift of all atoms,
which moves the origin along a polar axis and changes no crystal, is none of them. Without symmetry
(P1) these are all six strains and all coordinates but three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import spglib
from pymatgen.core import Lattice, Structure
from scipy.linalg import expm, logm, polar, qr

from tcexplore.crystal.symmetry import spglib_cell
from tcexplore.typing import FloatArray, IntArray

DIGITS = 8  # of fractional coordinates and of lattice vectors (Å): what a CIF carries
INDEPENDENT = 1e-6  # of the longest direction; shorter ones are rounding


@dataclass(frozen=True)
class FreeParameters:
    """Directions in which a crystal may move; a vector of parameters has a number for each.

    The first one is the logarithm of the relative volume, unless the lattice is fixed.
    """

    parent: Structure
    """The crystal that all parameters of 0 stand for."""
    strains: FloatArray
    """Logarithmic strains, symmetric, the first of volume and the rest of shape, (n, 3, 3)."""
    shifts: FloatArray
    """(Å) Of the parent's sites, the longest one of 1 Å, shape (n_shifts, n_sites, 3)."""

    @property
    def count(self) -> int:
        """Return the number of parameters."""
        return len(self.strains) + len(self.shifts)

    def structure(self, values: FloatArray) -> Structure:
        """Return the crystal that some parameters stand for, with the digits that a CIF carries.

        Parameters
        ----------
        values
            (1 for strains, Å on the parent's lattice for shifts) Shape (count,).
        """
        strains, shifts = np.split(np.asarray(values, dtype=float), [len(self.strains)])
        matrix = self.parent.lattice.matrix
        moved = np.tensordot(shifts, self.shifts, axes=1) @ np.linalg.inv(matrix)
        strained = matrix @ expm(np.tensordot(strains, self.strains, axes=1))
        species = [site.species for site in self.parent]
        coords = np.round(self.parent.frac_coords + moved, DIGITS)
        return Structure(Lattice(np.round(strained, DIGITS)), species, coords)

    def values(self, structure: Structure) -> FloatArray:
        """Return the parameters of a crystal whose sites are the parent's, shape (count,).

        Parameters
        ----------
        structure
            As `structure` returns it, turned in space or shifted as a whole.
        """
        matrix = self.parent.lattice.matrix
        strain = _symmetric_strain(matrix, structure.lattice.matrix)
        offsets = structure.frac_coords - self.parent.frac_coords
        offsets -= np.rint(offsets)
        return np.concatenate(
            [_coefficients(self.strains, strain), _coefficients(self.shifts, offsets @ matrix)]
        )


def free_parameters(
    structure: Structure,
    *,
    keeps_symmetry: bool = True,
    moves_lattice: bool = True,
    moves_atoms: bool = True,
    symprec: float = 0.01,
) -> FreeParameters:
    """Return the free parameters of a crystal.

    Parameters
    ----------
    structure
        A canonical cell: its symmetry is exact.
    keeps_symmetry
        Whether its space group stays; otherwise it moves as in P1.
    symprec
        (Å) Tolerance of the search for symmetry.

    Raises
    ------
    ValueError
        Nothing may move.
    """
    rotations, translations = _operations(structure, symprec if keeps_symmetry else None)
    matrix = structure.lattice.matrix
    cartesian = matrix.T @ rotations @ np.linalg.inv(matrix.T)
    strains, shifts = np.zeros((0, 3, 3)), np.zeros((0, len(structure), 3))
    if moves_lattice:
        strains = _free_strains(cartesian)
    if moves_atoms:
        images = _images(structure, rotations, translations)
        shifts = _free_shifts(cartesian, images)
    if not len(strains) + len(shifts):
        formula = structure.composition.reduced_formula
        raise ValueError(
            f"nothing of {formula} may move: its lattice is fixed, and so are its coordinates"
            f"{', by symmetry' if moves_atoms else ''}; let the lattice move, or take P1"
        )
    return FreeParameters(structure, strains, shifts)


def _operations(structure: Structure, symprec: float | None) -> tuple[IntArray, FloatArray]:
    """Return rotations (n, 3, 3) and translations (n, 3); the identity alone without a symprec."""
    identity = np.eye(3, dtype=int)[None], np.zeros((1, 3))
    if symprec is None:
        return identity
    try:
        found = spglib.get_symmetry(spglib_cell(structure)[0], symprec=symprec)
    except spglib.SpglibError:
        return identity
    return (found["rotations"], found["translations"]) if found else identity


def _images(structure: Structure, rotations: IntArray, translations: FloatArray) -> IntArray:
    """Return the site that each operation takes each site to, shape (n_operations, n_sites)."""
    (matrix, coords, labels), _ = spglib_cell(structure)
    unlike = np.not_equal.outer(labels, labels)
    images = np.empty((len(rotations), len(coords)), dtype=int)
    for number, (rotation, translation) in enumerate(zip(rotations, translations, strict=True)):
        apart = (coords @ rotation.T + translation)[:, None] - coords
        apart -= np.rint(apart)
        distances = np.linalg.norm(apart @ matrix, axis=2)
        images[number] = np.where(unlike, np.inf, distances).argmin(axis=1)
    return images


def _free_strains(cartesian: FloatArray) -> FloatArray:
    """Return the strains that rotations leave as they are, that of volume first, (n, 3, 3)."""
    volume = np.eye(3) / 3
    basis = np.eye(9).reshape(9, 3, 3)
    basis = (basis + basis.transpose(0, 2, 1)) / 2
    mean = np.einsum("gij,bjk,glk->bil", cartesian, basis, cartesian, optimize=True)
    mean /= len(cartesian)
    traces = np.trace(mean, axis1=1, axis2=2)
    shapes = _independent((mean - traces[:, None, None] * volume).reshape(9, 9))
    return np.concatenate([volume[None], shapes.reshape(-1, 3, 3)])


def _free_shifts(cartesian: FloatArray, images: IntArray) -> FloatArray:
    """Return the shifts (Å) that symmetry leaves as they are, shape (n_shifts, n_sites, 3)."""
    n_sites = images.shape[1]
    project = np.zeros((n_sites, 3, n_sites, 3))
    sites = np.arange(n_sites)
    for rotation, image in zip(cartesian, images, strict=True):
        project[image, :, sites, :] += rotation / len(cartesian)
    project -= project.mean(axis=0)  # no shift of all atoms at once
    shifts = _independent(project.transpose(2, 3, 0, 1).reshape(3 * n_sites, 3 * n_sites))
    shifts = shifts.reshape(-1, n_sites, 3)
    return shifts / np.linalg.norm(shifts, axis=2).max(axis=1, initial=0.0)[:, None, None]


def _independent(vectors: FloatArray) -> FloatArray:
    """Return orthonormal rows that span the same space as some rows, shape (rank, length)."""
    factors = cast(tuple[FloatArray, FloatArray, IntArray], qr(vectors.T, pivoting=True))
    columns, triangle, _ = factors
    return columns.T[: int((np.abs(np.diag(triangle)) > INDEPENDENT).sum())]


def _symmetric_strain(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return the logarithm of the stretch that takes lattice vectors to others, but for a turn."""
    _, stretch = polar(np.linalg.solve(start, end), side="left")
    return np.real(logm(stretch))


def _coefficients(directions: FloatArray, vector: FloatArray) -> FloatArray:
    """Return the coefficients of a vector in some directions, shape (n,)."""
    if not len(directions):
        return np.zeros(0)
    rows = directions.reshape(len(directions), -1)
    return np.linalg.lstsq(rows.T, vector.ravel(), rcond=None)[0]
