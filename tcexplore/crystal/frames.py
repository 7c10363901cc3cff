"""Frames: the equivalent ways to write one crystal down in one lattice.

A frame is a symmetry W of the bare lattice together with an origin; x becomes (x - origin) W⁻¹.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np
from pymatgen.core import PeriodicSite, Structure

from tcexplore.typing import FloatArray, IntArray


def in_frame(structure: Structure, symmetry: IntArray, origin: FloatArray) -> Structure:
    """Return the structure seen in a frame: x becomes (x - origin) W⁻¹."""
    coords = framed_coords(structure.frac_coords, symmetry, origin)
    framed = Structure(structure.lattice, [site.species for site in structure], coords)
    return framed.get_sorted_structure(key=_site_order)


def framed_coords(frac_coords: FloatArray, symmetry: IntArray, origin: FloatArray) -> FloatArray:
    """Return fractional coordinates in a frame, each in [0, 1), shape (n_atoms, 3)."""
    inverse = np.rint(np.linalg.inv(symmetry))
    return np.mod(np.round((frac_coords - origin) @ inverse, 12), 1.0)


def best_frame(scores: FloatArray) -> IntArray:
    """Return the first of the frames along the last axis that share the highest score."""
    highest = scores.max(axis=-1, keepdims=True)
    return np.argmax(scores > highest - 1e-9 * (1 + np.abs(highest)), axis=-1)


def _site_order(site: PeriodicSite) -> tuple:
    return (site.species_string, *np.mod(np.round(site.frac_coords, 6), 1.0).tolist())


@functools.cache
def _unimodular_matrices() -> IntArray:
    """Return the matrices of -1, 0, 1 with determinant ±1, shape (n, 3, 3)."""
    matrices = np.array(list(itertools.product((-1, 0, 1), repeat=9))).reshape(-1, 3, 3)
    return matrices[np.isclose(np.abs(np.linalg.det(matrices)), 1.0)]


def lattice_symmetries(lattices: FloatArray) -> IntArray:
    """Return the matrices W with W G Wᵀ = G for the metric G of every lattice, shape (n, 3, 3).

    Parameters
    ----------
    lattices
        (Å) Lattice vectors as rows, shape (n_lattices, 3, 3).
    """
    candidates = _unimodular_matrices()
    for metric in lattices @ np.swapaxes(lattices, 1, 2):
        moved = np.einsum("nij,jk,nlk->nil", candidates, metric, candidates, optimize=True)
        error = np.abs(moved - metric).max(axis=(1, 2))
        candidates = candidates[error < 1e-4 * np.diag(metric).max()]
    return candidates


def frame_scores(
    frac_coords: FloatArray,
    charges: FloatArray,
    symmetries: IntArray,
    origins: FloatArray,
) -> FloatArray:
    """Return the score of every frame; it is linear in the charges.

    Parameters
    ----------
    frac_coords
        (fractional) Shape (n_atoms, 3).
    charges
        (e) Shape (n_atoms,).
    symmetries
        Symmetries of the lattice, shape (n_symmetries, 3, 3).
    origins
        (fractional) Shape (n_origins, 3).

    Returns
    -------
    :
        Shape (n_symmetries, n_origins).
    """
    hkl = np.array([h for h in itertools.product(range(-2, 3), repeat=3) if h > (0, 0, 0)])
    weights = np.exp(1j * np.sin(hkl @ np.sqrt([2.0, 3.0, 5.0])))
    weights /= 1.0 + hkl**2 @ np.array([0.9, 1.0, 1.1])
    # Coordinates in a frame are x W⁻¹, so h·x' = (W⁻¹ h)·x.
    moved = hkl @ np.rint(np.linalg.inv(symmetries)).transpose(0, 2, 1)  # (n_symmetries, n_hkl, 3)
    factors = weights * (np.exp(-2j * np.pi * (moved @ frac_coords.T)) @ charges)
    shifts = np.exp(2j * np.pi * (moved @ origins.T))  # (n_symmetries, n_hkl, n_origins)
    return np.einsum("sh,sho->so", factors, shifts).real
