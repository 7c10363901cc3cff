"""From a structure to the named descriptors: its cell, its elements' properties, its amounts.

The order is fixed: 8 numbers of the cell, 81 of the composition (how many elements, then the ten
statistics of `composition` for each of eight elemental properties), and the atoms of each known
element in the cell. With the 86 elements of arXiv:2301.10474 these are 175.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from pymatgen.core import Element, Structure

from tcexplore.crystal.elements import ELEMENTS, PAPER_ELEMENTS
from tcexplore.crystal.structure import StructureError, atom_arrays
from tcexplore.features.composition import (
    PROPERTY_UNITS,
    STATISTICS,
    atomic_numbers,
    composition_descriptors,
    listed,
)
from tcexplore.typing import FloatArray

CELL_UNITS = {
    "a": "Å",
    "b": "Å",
    "c": "Å",
    "alpha": "°",
    "beta": "°",
    "gamma": "°",
    "volume": "Å³",
    "space_group_number": "1",
}


def descriptor_names(elements: Sequence[str] = PAPER_ELEMENTS) -> tuple[str, ...]:
    """Return the names of the descriptors, such as ``weighted_mean_atomic_mass``, in their order.

    Parameters
    ----------
    elements
        Symbols of the elements that are counted.
    """
    statistics = [f"{statistic}_{name}" for name in PROPERTY_UNITS for statistic in STATISTICS]
    amounts = [f"amount_{symbol}" for symbol in elements]
    return (*CELL_UNITS, "number_of_elements", *statistics, *amounts)


def descriptor_units(elements: Sequence[str] = PAPER_ELEMENTS) -> tuple[str, ...]:
    """Return the units of the descriptors in their order, ``1`` for a pure number.

    Parameters
    ----------
    elements
        Symbols of the elements that are counted.
    """
    statistics = [
        "1" if "entropy" in statistic else unit
        for unit in PROPERTY_UNITS.values()
        for statistic in STATISTICS
    ]
    return (*CELL_UNITS.values(), "1", *statistics, *("1" for _ in elements))


def descriptors(
    structure: Structure, space_group_number: int, *, elements: Sequence[str]
) -> FloatArray:
    """Return the descriptors of one structure, as `descriptor_names` names them.

    Parameters
    ----------
    structure
        The canonical cell: lattice parameters, volume and amounts are those of the cell given.
    space_group_number
        International number.
    elements
        Symbols of the elements that are counted.

    Returns
    -------
    :
        (as `descriptor_units`) Shape (n_descriptors,).

    Raises
    ------
    StructureError
        The structure holds an element that is not counted.
    """
    lattice = structure.lattice
    matrix = descriptor_matrix(
        np.array([lattice.parameters]),
        np.array([lattice.volume]),
        np.array([space_group_number]),
        element_amounts(structure, elements=elements)[np.newaxis],
        elements=elements,
    )
    return matrix[0]


def element_amounts(structure: Structure, *, elements: Sequence[str]) -> FloatArray:
    """Return how many atoms of each element the cell holds, each weighted by its occupancy.

    Parameters
    ----------
    structure
        The canonical cell.
    elements
        Symbols of the elements that are counted.

    Returns
    -------
    :
        (atoms) Shape (n_elements,).

    Raises
    ------
    StructureError
        The structure holds an element that is not counted.
    """
    atoms = atom_arrays(structure)
    columns = atomic_numbers(elements)
    uncounted = np.setdiff1d(atoms.atomic_numbers, columns)
    if len(uncounted):
        symbol = Element.from_Z(int(uncounted[0])).symbol
        raise StructureError(
            f"{symbol} is not among the elements of this model; expected {listed(elements)};"
            f" replace {symbol} or use a model that knows it"
        )
    amounts = np.zeros(len(ELEMENTS) + 1)
    np.add.at(amounts, atoms.atomic_numbers, atoms.occupancies)
    return amounts[columns]


def descriptor_matrix(
    lattice_parameters: FloatArray,
    volume: FloatArray,
    space_group_number: ArrayLike,
    amounts: FloatArray,
    *,
    elements: Sequence[str],
) -> FloatArray:
    """Return the descriptors of a family of structures, a row each.

    Parameters
    ----------
    lattice_parameters
        (Å and degrees) a, b, c, alpha, beta, gamma, shape (n, 6).
    volume
        (Å³) Shape (n,).
    space_group_number
        International numbers, shape (n,).
    amounts
        (atoms) Of each element in the cell, shape (n, n_elements).
    elements
        Symbols of the columns of `amounts`.

    Returns
    -------
    :
        (as `descriptor_units`) Shape (n, 8 + 81 + n_elements).
    """
    composition = composition_descriptors(amounts, elements=elements)
    return np.column_stack([lattice_parameters, volume, space_group_number, composition, amounts])
