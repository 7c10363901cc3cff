"""The charge and mass density of a cell, and the surface where it has a given value."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.features.fourier import RepresentationConfig, density_on_grid, fourier_coefficients

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]
Quantity = Literal["charge", "mass"]

UNITS: dict[Quantity, str] = {"charge": "e/Å³", "mass": "Da/Å³"}
CHANNELS: dict[Quantity, int] = {"charge": 0, "mass": 1}
N_GRID = 36  # has many divisors, and is enough for the network's coefficients
SPACING = 0.16  # Å; finer than the narrowest charge, that of H, by half
CORNERS = np.array(list(itertools.product((0, 1), repeat=3)))


@dataclass(frozen=True)
class CellDensity:
    """A density on a grid over one cell."""

    values: FloatArray
    """(e/Å³ or Da/Å³) Shape (n_a, n_b, n_c); point i lies at i / n of its lattice vector."""
    quantity: Quantity

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return UNITS[self.quantity]


@dataclass(frozen=True)
class Isosurface:
    """Triangles where a density has one value, open where they leave the cell."""

    vertices: FloatArray
    """(fractional) From 0 to 1, shape (n_vertices, 3)."""
    triangles: IntArray
    """Indices of vertices, turned so that the density falls towards the viewer who sees them
    counter-clockwise in a right-handed cell, shape (n_triangles, 3)."""


def cell_density(structure: Structure, quantity: Quantity) -> CellDensity:
    """Return the density that the network's coefficients hold, by the inverse Fourier transform.

    It is cut off where the coefficients are: mass densities, which are narrow, show ripples.

    Raises
    ------
    StructureError
        An element has no atomic radius, so that its charge has no width.
    """
    config = RepresentationConfig(hkl_range="symmetric")
    coefficients = fourier_coefficients(structure, config)
    values = density_on_grid(coefficients, config, n_grid=N_GRID)[..., CHANNELS[quantity]]
    a, b, c = (_stride(length) for length in structure.lattice.abc)
    return CellDensity(values[::a, ::b, ::c], quantity)


def _stride(length: float) -> int:
    """Return which points of the grid along a lattice vector (Å) are enough."""
    strides = [step for step in range(1, N_GRID // 4) if N_GRID % step == 0]
    return max([step for step in strides if step * length / N_GRID <= SPACING], default=1)


def isosurface(density: CellDensity, level: float) -> Isosurface:
    """Return the surface where a density has a value, by marching tetrahedra.

    3Dmol's own surfaces run from grid point to grid point and so move by jumps with the level;
    here the crossings are interpolated on the edges.

    Parameters
    ----------
    level
        In the density's unit. No triangles where the density does not reach it.

    References
    ----------
    A. Doi and A. Koide, IEICE Trans. E74 (1991) 214.
    """
    values = np.pad(density.values, (0, 1), mode="wrap")  # the far faces repeat the near ones
    inside = values.ravel() > level
    tetrahedra = _tetrahedra(values.shape, inside)
    ordered = np.take_along_axis(
        tetrahedra, np.argsort(~inside[tetrahedra], axis=1, kind="stable"), axis=1
    )  # corners inside first
    edges, outer = _crossed_edges(ordered, inside[ordered].sum(axis=1))
    pairs, triangles = np.unique(np.sort(edges, axis=2).reshape(-1, 2), axis=0, return_inverse=True)
    points = _crossings(values, pairs, level)
    triangles = _outwards(points, triangles.reshape(-1, 3), _grid_points(outer, values.shape))
    return Isosurface(points / density.values.shape, triangles)


def _tetrahedra(shape: tuple[int, ...], inside: NDArray[np.bool_]) -> IntArray:
    """Return the grid indices of the six tetrahedra of each cube that a surface may cross."""
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    first = np.arange(inside.size).reshape(shape)[:-1, :-1, :-1].ravel()
    corners_inside = inside[first[:, None] + CORNERS @ strides].sum(axis=1)
    first = first[(corners_inside > 0) & (corners_inside < 8)]
    paths = [
        np.cumsum([0, *strides[list(order)]]) for order in itertools.permutations(range(3))
    ]  # along three edges from one corner of the cube to the opposite one
    return (first[:, None, None] + np.array(paths)).reshape(-1, 4)


def _crossed_edges(ordered: IntArray, n_inside: IntArray) -> tuple[IntArray, IntArray]:
    """Return each triangle as three edges of grid points, and a corner that lies outside of it.

    Parameters
    ----------
    ordered
        Corners of tetrahedra, those inside first, shape (n, 4).
    n_inside
        How many of them are inside, shape (n,).

    Returns
    -------
    :
        Shapes (n_triangles, 3, 2) and (n_triangles,).
    """
    triangles = {
        1: [((0, 1), (0, 2), (0, 3))],
        2: [((0, 2), (0, 3), (1, 3)), ((0, 2), (1, 3), (1, 2))],
        3: [((0, 3), (1, 3), (2, 3))],
    }
    edges, outer = [], []
    for count, shapes in triangles.items():
        chosen = ordered[n_inside == count]
        for shape in shapes:
            edges.append(chosen[:, np.array(shape)])
            outer.append(chosen[:, 3])
    return np.concatenate(edges), np.concatenate(outer)


def _grid_points(indices: IntArray, shape: tuple[int, ...]) -> IntArray:
    return np.stack(np.unravel_index(indices, shape), axis=-1)


def _crossings(values: FloatArray, pairs: IntArray, level: float) -> FloatArray:
    """Return where the level lies on edges between grid points, in steps of the grid."""
    ends = values.ravel()[pairs]
    shares = (level - ends[:, 0]) / (ends[:, 1] - ends[:, 0])
    start, stop = np.moveaxis(_grid_points(pairs, values.shape), 1, 0)
    return start + shares[:, None] * (stop - start)


def _outwards(points: FloatArray, triangles: IntArray, outer: IntArray) -> IntArray:
    """Turn triangles so that their corners run counter-clockwise as seen from outside."""
    a, b, c = points[triangles].transpose(1, 0, 2)
    inwards = np.einsum("ij,ij->i", np.cross(b - a, c - a), outer - a) < 0
    return np.where(inwards[:, None], triangles[:, ::-1], triangles)
