"""Shortest distances between atoms, for many lattices that share fractional coordinates.

The square of a distance is linear in the metric tensor of the lattice: |x @ M|² = q(x) · g, with
the six numbers g of M Mᵀ and six products q of the components of x. Which vectors can be shortest
on some lattice follows from a bound, so the answer is exact however oblique or flat a lattice is.

Kept by hand: neighbour lists (pymatgen, ASE, matscipy) take one lattice at a time, a scan has
thousands that share their fractional coordinates.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from tcexplore.crystal.structure import OCCUPANCY_TOLERANCE
from tcexplore.typing import FloatArray, IntArray

PROBES = 12  # lattices whose shortest vectors bound the distances on all of them
CHUNK = 500  # lattices that share their candidates
SLACK = 1 + 1e-6  # more than the rounding of the offsets
ROUNDING = 1e-8  # of the squared lattice vectors: more than that of the products
COINCIDENT = 1e-4  # fractional; the products of nearer offsets would be rounded away
COMPONENTS = (np.array([0, 1, 2, 1, 0, 0]), np.array([0, 1, 2, 2, 2, 1]))
WEIGHTS = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])  # the off-diagonal products count twice


def shortest_distances(
    frac_coords: FloatArray, occupancy: FloatArray, kinds: IntArray, lattices: FloatArray
) -> FloatArray:
    """Return the shortest distance (Å) between atoms of each two kinds on each lattice.

    Parameters
    ----------
    frac_coords
        (fractional) Positions of the sites, shape (n_sites, 3).
    occupancy
        Of each site by all its species, 0 to 1, shape (n_sites,). Two sites that together hold no
        more than one atom exclude each other and have no distance.
    kinds
        The kind of each site, 0 to n_kinds - 1, shape (n_sites,).
    lattices
        (Å) Lattice vectors as rows, shape (n_lattices, 3, 3).

    Returns
    -------
    :
        Shape (n_lattices, n_kinds, n_kinds), symmetric; inf where two kinds only share places, 0
        where two atoms coincide.
    """
    n_kinds = int(kinds.max()) + 1
    shortest = np.full((len(lattices), n_kinds, n_kinds), np.inf)
    for first, second in itertools.combinations_with_replacement(range(n_kinds), 2):
        offsets = _offsets(frac_coords, occupancy, kinds == first, kinds == second)
        is_coincident = (np.abs(offsets) < COINCIDENT).all(axis=1).any()
        if first == second:  # an atom and its own images, on any site
            offsets = np.concatenate([np.zeros((1, 3)), offsets])
        if is_coincident:
            shortest[:, first, second] = shortest[:, second, first] = 0.0
        elif len(offsets):
            distances = np.sqrt(_shortest_squares(offsets, lattices))
            shortest[:, first, second] = shortest[:, second, first] = distances
    return shortest


def _offsets(
    frac_coords: FloatArray, occupancy: FloatArray, kind: NDArray, other: NDArray
) -> FloatArray:
    """Return the vectors between distinct atoms of two kinds, each within half a cell."""
    first, second = np.meshgrid(np.flatnonzero(kind), np.flatnonzero(other), indexing="ij")
    together = occupancy[first] + occupancy[second] > 1 + OCCUPANCY_TOLERANCE
    distinct = first != second if (kind != other).any() else first < second
    chosen = together & distinct
    offsets = frac_coords[second[chosen]] - frac_coords[first[chosen]]
    offsets -= np.rint(offsets)
    return np.unique(offsets.round(9), axis=0)


def _shortest_squares(offsets: FloatArray, lattices: FloatArray) -> FloatArray:
    """Return the least squared length (Å²) over the offsets and their images, (n_lattices,)."""
    metrics = _metric_numbers(lattices)
    planes = np.linalg.norm(np.linalg.inv(lattices), axis=1)  # 1 / spacing (1/Å), (n_lattices, 3)
    shortest = np.empty(len(metrics))
    for alike in _alike(metrics):
        bound = _bound(offsets, metrics[alike]) + ROUNDING * metrics[alike, :3].sum(axis=1)
        reach = (np.sqrt(bound)[:, None] * planes[alike]).max(axis=0) * SLACK
        candidates = _products(_images(offsets, reach))
        shortest[alike] = (candidates @ metrics[alike].T).min(axis=0)
    return np.maximum(shortest, 0)


def _alike(metrics: FloatArray) -> list[IntArray]:
    """Return parts of the lattices that have nearly one shape: few vectors are short on each."""
    flatness = metrics[:, 2] / metrics[:, :3].sum(axis=1)
    return np.array_split(np.argsort(flatness, kind="stable"), -(-len(metrics) // CHUNK))


def _bound(offsets: FloatArray, metrics: FloatArray) -> FloatArray:
    """Return a squared length (Å²) that the shortest one does not exceed, shape (n_lattices,)."""
    some = offsets if offsets.any(axis=1).all() else np.concatenate([offsets, np.eye(3)])
    products = _products(some[some.any(axis=1)])
    probes = metrics[:: max(len(metrics) // PROBES, 1)]
    near = np.unique((products @ probes.T).argmin(axis=0))
    return (products[near] @ metrics.T).min(axis=0)


def _images(offsets: FloatArray, reach: FloatArray) -> FloatArray:
    """Return all offsets plus whole lattice vectors whose components lie within reach."""
    steps = [np.arange(-int(r + 0.5), int(r + 0.5) + 1) for r in reach]
    shifts = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    moved = (shifts + offsets).reshape(-1, 3)
    return moved[(np.abs(moved) <= reach).all(axis=1) & moved.any(axis=1)]


def _metric_numbers(lattices: FloatArray) -> FloatArray:
    """Return aa, bb, cc, bc, ac, ab (Å²) of each lattice, shape (n_lattices, 6)."""
    return (lattices @ lattices.transpose(0, 2, 1))[:, COMPONENTS[0], COMPONENTS[1]]


def _products(vectors: FloatArray) -> FloatArray:
    """Return the factors of the six metric numbers in squared lengths, distinct rows alone."""
    products = vectors[:, COMPONENTS[0]] * vectors[:, COMPONENTS[1]] * WEIGHTS
    return np.unique(products.round(9), axis=0) if len(products) > 1 else products
