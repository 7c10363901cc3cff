"""Scalars of the cell that the paper's descriptors hold only as ratios, and hydrogen contacts.

Trees and networks form quotients badly: the volume per atom and the hydrogen in a volume say how
far a hydride is compressed, and the H-H distances whether its hydrogen is atomic or molecular.
"""

from __future__ import annotations

import numpy as np

from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.features.composition import atomic_numbers
from tcexplore.typing import FloatArray

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
