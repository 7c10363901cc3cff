"""Hydrogen symmetry functions: smooth counts of H-H contacts near some distances."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.structure import atom_arrays
from tcexplore.typing import FloatArray

G2_DISTANCES = np.array([0.8, 1.05, 1.3, 1.55, 1.85, 2.2])  # Å


G2_WIDTHS = np.array([0.12, 0.12, 0.12, 0.15, 0.18, 0.2])  # Å


CUTOFF = 3.2  # Å, five widths beyond the last distance: nothing jumps where a pair comes in


REACHES_PER_CELL = 4  # lattices whose reaches agree to a quarter of a cell are seen together


PAIRS_AT_ONCE = 1_000_000


def hydrogen_symmetry_functions(structure: Structure) -> FloatArray:
    """Return how many H-H contacts there are near each of the `G2_DISTANCES`, per atom.

    See `symmetry_functions_in_lattices`.
    """
    atoms = atom_arrays(structure)
    holds = atoms.atomic_numbers == 1
    n_atoms = np.array([structure.composition.num_atoms])
    return symmetry_functions_in_lattices(
        structure.lattice.matrix[None], atoms.frac_coords[holds], atoms.occupancies[holds], n_atoms
    )[0]


def symmetry_functions_in_lattices(
    lattices: FloatArray, frac_coords: FloatArray, occupancies: FloatArray, n_atoms: FloatArray
) -> FloatArray:
    """Return 1/n sum_ij o_i o_j exp(-(d_ij - b)² / 2 s²) for each distance b of its width s.

    The sum runs over the ordered pairs of hydrogen sites, periodic images included, i with its own
    images too. It is smooth in the lattice.

    Parameters
    ----------
    lattices
        (Å) Lattice vectors as rows, shape (n_lattices, 3, 3).
    frac_coords
        (fractional) Of the sites that hold hydrogen, shape (n_sites, 3).
    occupancies
        Of these sites by hydrogen, shape (n_sites,).
    n_atoms
        All atoms of the cell, shape (n_lattices,) or (1,).

    Returns
    -------
    :
        Shape (n_lattices, 6).
    """
    total = np.zeros((len(lattices), len(G2_DISTANCES)))
    if len(frac_coords) == 0:
        return total
    # Planes (100) lie 1/|b_1| apart: no further than this many of them lies the end of a contact.
    reaches = CUTOFF * np.linalg.norm(np.linalg.inv(lattices), axis=1)
    alike, group = np.unique(np.ceil(REACHES_PER_CELL * reaches), axis=0, return_inverse=True)
    for number, reach in enumerate(alike / REACHES_PER_CELL):
        vectors, weights = _vectors_within(frac_coords, occupancies, reach)
        places = np.flatnonzero(group == number)
        for some in np.array_split(places, 1 + places.size * len(vectors) // PAIRS_AT_ONCE):
            total[some] = _contacts(lattices[some], vectors, weights)
    return total / np.asarray(n_atoms, float)[:, None]


def _vectors_within(
    frac_coords: FloatArray, occupancies: FloatArray, reach: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the vectors between sites and images up to a reach along each axis, and weights.

    Of a vector and its opposite one stands for both. The vectors are fractional, shape (n, 3), as
    is the reach, shape (3,); the weights o_i o_j have shape (n,).
    """
    first, second = np.triu_indices(len(frac_coords))
    between = frac_coords[second] - frac_coords[first]
    between -= np.rint(between)
    weights = np.where(first == second, 1.0, 2.0) * occupancies[first] * occupancies[second]
    ranges = [np.arange(-n, n + 1) for n in np.ceil(reach + 0.5).astype(int)]
    images = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 3)
    pair, image = np.nonzero(
        np.logical_and.reduce(
            [np.abs(between[:, None, i] + images[:, i]) <= reach[i] for i in range(3)]
        )
    )
    return between[pair] + images[image], weights[pair]


def _contacts(lattices: FloatArray, vectors: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted sums over fractional vectors in each lattice, (n_lattices, 6)."""
    metrics = (lattices @ lattices.swapaxes(1, 2)).reshape(-1, 9)
    products = (vectors[:, :, None] * vectors[:, None, :]).reshape(-1, 9)
    squared = metrics @ products.T
    lattice, vector = np.nonzero((squared < CUTOFF**2) & (squared > 1e-4))
    distances, weights = np.sqrt(squared[lattice, vector]), weights[vector]
    total = np.empty((len(lattices), len(G2_DISTANCES)))
    for number, (middle, width) in enumerate(zip(G2_DISTANCES, G2_WIDTHS, strict=True)):
        bells = weights * np.exp(-0.5 * ((distances - middle) / width) ** 2)
        total[:, number] = np.bincount(lattice, weights=bells, minlength=len(lattices))
    return total
