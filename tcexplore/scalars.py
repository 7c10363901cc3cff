"""Scalars of the cell that the paper's descriptors hold only as ratios, and hydrogen contacts.

Trees and networks form quotients badly: the volume per atom and the hydrogen in a volume say how
far a hydride is compressed, and the H-H distances whether its hydrogen is atomic or molecular.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.composition import atomic_numbers
from tcexplore.constants import ELEMENTS, element_table

FloatArray = NDArray[np.floating]

SCALARS = {
    "log_volume_per_atom": "1",
    "log_packing": "1",
    "hydrogen_density": "1/Å³",
    "log_hydrogen_density": "1",
    "charge_density": "e/Å³",
    "log_mass_density": "1",
    "valence_density": "1/Å³",
    "c_over_a": "1",
    "b_over_a": "1",
    "log_atoms_in_cell": "1",
}
CONTACT_DISTANCES = np.array([0.8, 1.05, 1.3, 1.55, 1.85, 2.2])  # Å
CONTACT_WIDTHS = np.array([0.12, 0.12, 0.12, 0.15, 0.18, 0.2])  # Å
CUTOFF = 3.2  # Å, five widths beyond the last distance: nothing jumps where a pair comes in
N_CELL = 8
PAIRS_AT_ONCE = 2_000_000


def cell_scalars(descriptors: FloatArray, *, elements: tuple[str, ...] = ELEMENTS) -> FloatArray:
    """Return the scalars of the cell, shape (n_structures, 10), in the order of `SCALARS`.

    Parameters
    ----------
    descriptors
        (as `descriptor_units`) Unscaled, the amounts of ``elements`` last, shape
        (n_structures, n_descriptors).
    elements
        Symbols of the elements that are counted.
    """
    table, numbers = element_table(), atomic_numbers(elements)
    a, b, c = descriptors[:, :3].T
    volume, amounts = descriptors[:, 6], descriptors[:, -len(elements) :]
    radii = np.nan_to_num(table.atomic_radius[numbers - 1], nan=1.0)
    n_atoms = amounts.sum(axis=1)
    hydrogen = amounts[:, list(elements).index("H")] / volume if "H" in elements else 0 * volume
    return np.stack(
        [
            np.log(volume / n_atoms),
            np.log(4 / 3 * np.pi * (amounts @ radii**3) / volume),
            hydrogen,
            np.log1p(20 * hydrogen),
            amounts @ numbers / volume,
            np.log(amounts @ table.atomic_mass[numbers - 1] / volume),
            amounts @ table.valence[numbers - 1] / volume,
            c / a,
            b / a,
            np.log(n_atoms),
        ],
        axis=1,
    )


def hydrogen_contacts(structure: Structure) -> FloatArray:
    """Return how many H-H contacts there are near each of the `CONTACT_DISTANCES`, per atom.

    See `contacts_in_lattices`.
    """
    hydrogen = np.array([site.species["H"] for site in structure])
    holds = hydrogen > 0
    n_atoms = np.array([structure.composition.num_atoms])
    return contacts_in_lattices(
        structure.lattice.matrix[None], structure.frac_coords[holds], hydrogen[holds], n_atoms
    )[0]


def contacts_in_lattices(
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
    total = np.zeros((len(lattices), len(CONTACT_DISTANCES)))
    if len(frac_coords) == 0:
        return total
    between = (frac_coords[:, None] - frac_coords).reshape(-1, 3)
    between -= np.floor(between)
    weights = (occupancies[:, None] * occupancies).ravel()
    for number, lattice in enumerate(lattices):
        total[number] = _contacts(lattice, between, weights)
    return total / np.asarray(n_atoms, float)[:, None]


def _contacts(lattice: FloatArray, between: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the sums over pairs in one lattice, shape (6,)."""
    # A plane (hkl) = (100) lies 1/|b_1| from the next: so many cells lie within the cut-off.
    reach = np.ceil(CUTOFF * np.linalg.norm(np.linalg.inv(lattice), axis=0)).astype(int)
    images = np.stack(
        np.meshgrid(*[np.arange(-n - 1, n + 1) for n in reach], indexing="ij"), axis=-1
    ).reshape(-1, 3)
    total = np.zeros(len(CONTACT_DISTANCES))
    step = max(1, PAIRS_AT_ONCE // len(between))
    for start in range(0, len(images), step):
        vectors = (between[:, None] + images[start : start + step]) @ lattice
        squared = np.einsum("pix,pix->pi", vectors, vectors)
        pair, image = np.nonzero((squared < CUTOFF**2) & (squared > 1e-4))
        distances = np.sqrt(squared[pair, image])[:, None]
        bells = np.exp(-0.5 * ((distances - CONTACT_DISTANCES) / CONTACT_WIDTHS) ** 2)
        total += weights[pair] @ bells
    return total
