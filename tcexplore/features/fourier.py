"""The Fourier representation: a structure as coefficients of its charge and mass densities.

Every atom is a Gaussian density that holds its atomic number or its mass. The coefficients of the
cell's densities on a grid of Miller indices are the image that the network sees. Section III.A of
Novakovic et al., arXiv:2301.10474 (2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.crystal.structure import StructureError, atom_arrays
from tcexplore.typing import ComplexArray, FloatArray, IntArray


@dataclass(frozen=True)
class RepresentationConfig:
    """Range of the Miller indices and widths of the densities."""

    n_hkl: int = 13
    """The paper's δ: indices run below it."""
    gamma_charge: float = 0.25
    """(Å) Squared width of a charge per Å of atomic radius."""
    gamma_mass: float = 0.0025
    """(Å²/Da) Squared width of a mass per Da."""
    hkl_range: Literal["octant", "symmetric"] = "octant"
    """Indices 0 ≤ h, k, l < δ, or -δ < h, k, l < δ."""

    @property
    def indices(self) -> IntArray:
        """The values that each of h, k and l takes, shape (n,)."""
        first = 0 if self.hkl_range == "octant" else 1 - self.n_hkl
        return np.arange(first, self.n_hkl)


def fourier_coefficients(
    structure: Structure, config: RepresentationConfig | None = None
) -> ComplexArray:
    """Return F(hkl) = 1/V sum_j o_j N_j exp(-2 pi² sigma_j² |g|²) exp(-2 pi i hkl . x_j).

    Parameters
    ----------
    structure
        Any cell; only the canonical one gives a number that depends on the crystal alone.

    Returns
    -------
    :
        (e/Å³ and Da/Å³) Charge and mass channel, shape (n, n, n, 2). Single precision.

    Raises
    ------
    StructureError
        An element has no atomic radius, so that its charge has no width.

    References
    ----------
    Novakovic et al., arXiv:2301.10474 (2023), eq. 13.
    """
    config = config or RepresentationConfig()
    elements, factors = _factors_by_element(structure, config.indices)
    [shapes] = densities_of_elements(
        elements, structure.lattice.matrix[None], config, config.indices
    )
    return np.einsum("shkl,shklc->hklc", factors, shapes).astype(np.complex64)


def structure_factors(
    frac_coords: FloatArray, occupancies: FloatArray, indices: IntArray
) -> ComplexArray:
    """Return S(hkl) = sum_j o_j exp(-2 pi i hkl . x_j) of one sublattice.

    Parameters
    ----------
    frac_coords
        (fractional) Shape (n_atoms, 3).
    occupancies
        Shape (n_atoms,).
    indices
        Values of each of h, k and l, shape (n,).

    Returns
    -------
    :
        Shape (n, n, n).
    """
    phases = np.exp(-2j * np.pi * indices[:, None, None] * frac_coords.T)  # (n, 3, n_atoms)
    h, k, l = phases.transpose(1, 0, 2)  # noqa: E741
    n = len(indices)
    in_plane = (h[:, None, :] * k[None, :, :]).reshape(n * n, -1)
    return (in_plane @ (l * occupancies).T).reshape(n, n, n)


def squared_reciprocal_lengths(lattices: FloatArray, indices: IntArray) -> FloatArray:
    """Return |g|² (Å⁻², without 2 pi) on the grid of hkl, shape (n_lattices, n, n, n)."""
    inverses = np.linalg.inv(lattices)
    metrics = np.swapaxes(inverses, 1, 2) @ inverses
    grid = np.stack(np.meshgrid(indices, indices, indices, indexing="ij"), axis=-1)
    products = (grid[..., :, None] * grid[..., None, :]).reshape(-1, 9)
    n = len(indices)
    return (metrics.reshape(-1, 9) @ products.T).reshape(-1, n, n, n)


def squared_widths(atomic_numbers: IntArray, config: RepresentationConfig) -> FloatArray:
    """Return sigma² (Å²) of the charge and mass of each element, shape (..., 2).

    Raises
    ------
    StructureError
        An element has no atomic radius.
    """
    table = element_table()
    radii = table.atomic_radius[atomic_numbers - 1]
    if np.isnan(radii).any():
        symbol = ELEMENTS[int(atomic_numbers[np.isnan(radii)][0]) - 1]
        raise StructureError(
            f"{symbol} is not predicted: it has no atomic radius, so its charge has no width;"
            f" replace {symbol} by another element"
        )
    masses = table.atomic_mass[atomic_numbers - 1]
    return np.stack([config.gamma_charge * radii, config.gamma_mass * masses], axis=-1)


def contents(atomic_numbers: IntArray) -> FloatArray:
    """Return the charge (e) and mass (Da) that an atom's density holds, shape (..., 2)."""
    masses = element_table().atomic_mass[atomic_numbers - 1]
    return np.stack([atomic_numbers.astype(float), masses], axis=-1)


def _factors_by_element(structure: Structure, indices: IntArray) -> tuple[IntArray, ComplexArray]:
    """Return the elements present and their structure factors, shape (n_elements, n, n, n)."""
    atoms = atom_arrays(structure)
    elements = np.unique(atoms.atomic_numbers)
    if elements[-1] > len(ELEMENTS):
        raise StructureError(
            f"element {elements[-1]} is not predicted; expected H to {ELEMENTS[-1]}"
        )
    groups = [atoms.atomic_numbers == number for number in elements]
    factors = [
        structure_factors(atoms.frac_coords[group], atoms.occupancies[group], indices)
        for group in groups
    ]
    return elements, np.stack(factors)


def densities_of_elements(
    elements: IntArray,
    lattices: FloatArray,
    config: RepresentationConfig,
    indices: IntArray,
) -> FloatArray:
    """Return the coefficients of one atom of each element at the origin.

    Parameters
    ----------
    elements
        Atomic numbers, the same on all lattices or those of each, shape (n_elements,) or
        (n_lattices, n_elements).
    lattices
        (Å) Lattice vectors as rows, shape (n_lattices, 3, 3).
    indices
        Values of each of h, k and l, shape (n,).

    Returns
    -------
    :
        (e/Å³ and Da/Å³) N/V times the transform of the unit density, single precision, shape
        (n_lattices, n_elements, n, n, n, 2).
    """
    widths = squared_widths(elements, config)
    volumes = np.abs(np.linalg.det(lattices))
    densities = (contents(elements) / volumes[:, None, None]).astype(np.float32)
    lengths = squared_reciprocal_lengths(lattices, indices).astype(np.float32)
    factors = (-2 * np.pi**2 * widths).astype(np.float32)
    x = factors[..., None, None, None] * lengths[:, None, None]  # channels before hkl: faster
    np.exp(x, out=x)
    return densities[:, :, None, None, None, :] * np.moveaxis(x, 2, -1)


def density_on_grid(
    coefficients: ComplexArray, config: RepresentationConfig, *, n_grid: int
) -> FloatArray:
    """Return the charge and mass density on a grid over the cell: the inverse of the coefficients.

    Parameters
    ----------
    coefficients
        Coefficients in the symmetric range of hkl, shape (2δ-1, 2δ-1, 2δ-1, 2).
    n_grid
        Points along each lattice vector, at least 2δ-1. Point i lies at fraction i / n_grid.

    Returns
    -------
    :
        (e/Å³ and Da/Å³) Shape (n_grid, n_grid, n_grid, 2).

    Raises
    ------
    ValueError
        The coefficients lack negative indices, or the grid is too coarse for them.

    References
    ----------
    Novakovic et al., arXiv:2301.10474 (2023), eq. 9.
    """
    if config.hkl_range != "symmetric":
        raise ValueError(
            f"hkl_range is {config.hkl_range!r}; expected 'symmetric': a density needs the negative"
            " indices too"
        )
    if n_grid < len(config.indices):
        raise ValueError(
            f"n_grid is {n_grid}; expected at least {len(config.indices)} for these coefficients"
        )
    spectrum = np.zeros((n_grid, n_grid, n_grid, coefficients.shape[-1]), dtype=complex)
    spectrum[np.ix_(*[config.indices % n_grid] * 3)] = coefficients
    return np.fft.ifftn(spectrum, axes=(0, 1, 2)).real * n_grid**3
