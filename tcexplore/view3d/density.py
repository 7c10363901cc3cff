"""Charge and mass density of a cell on a grid, and isosurfaces of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pymatgen.core import Structure

from tcexplore.features.fourier import RepresentationConfig, density_on_grid, fourier_coefficients
from tcexplore.typing import FloatArray, IntArray

Quantity = Literal["charge", "mass"]

UNITS: dict[Quantity, str] = {"charge": "e/Å³", "mass": "Da/Å³"}
CHANNELS: dict[Quantity, int] = {"charge": 0, "mass": 1}
N_GRID = 40  # points along a lattice vector, for 25 coefficients: areas of charge to 4 %


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
    """Triangles where a density has one value; the next cell continues them over the faces."""

    vertices: FloatArray
    """(fractional) From 0 to 1, shape (n_vertices, 3)."""
    triangles: IntArray
    """Indices of vertices, counter-clockwise as seen from the side of lower density in a
    right-handed cell, shape (n_triangles, 3)."""


def cell_density(structure: Structure, quantity: Quantity) -> CellDensity:
    """Return the density that the descriptors hold: inverse Fourier transform of the coefficients.

    It is cut off where the coefficients are: mass densities, which are narrow, show ripples.

    Raises
    ------
    StructureError
        An element has no atomic radius, so that its charge has no width.
    """
    config = RepresentationConfig(hkl_range="symmetric")
    coefficients = fourier_coefficients(structure, config)
    grid = density_on_grid(coefficients, config, n_grid=N_GRID)
    return CellDensity(grid[..., CHANNELS[quantity]], quantity)


def isosurface(density: CellDensity, level: float) -> Isosurface:
    """Return the isosurface of a density by marching cubes.

    The first grid planes are repeated behind the last ones, so that the surface reaches all faces
    of the cell and meets that of the next cell there.

    Parameters
    ----------
    level
        In the density's unit. No triangles where the density does not cross it.

    References
    ----------
    Lewiner et al., J. Graph. Tools 8, 1 (2003).
    """
    from skimage.measure import marching_cubes  # imported here: most sessions draw no density

    values = np.pad(density.values, (0, 1), mode="wrap").astype(np.float32)
    if not values.min() < level < values.max():
        return Isosurface(np.zeros((0, 3)), np.zeros((0, 3), dtype=int))
    grid_coords, triangles, _, _ = marching_cubes(values, level, gradient_direction="ascent")
    return Isosurface(grid_coords / density.values.shape, triangles)
