"""Screening of structures: elements, composition and distances that a training row must have."""

from __future__ import annotations

import numpy as np
from pymatgen.core import Element, Structure

from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.crystal.structure import AtomArrays, atom_arrays, check_structure
from tcexplore.datasets.compositions import atomic_fractions
from tcexplore.typing import BoolArray, FloatArray

# No two atoms are nearer than these (Å): H2 keeps about 0.75 Å at 500 GPa, the shortest bonds of
# hydrogen to another element and among the others are those of HF (0.92 Å) and N2 (1.10 Å).
SHORTEST_H_H = 0.6
SHORTEST_H_OTHER = 0.9
SHORTEST_OTHER = 1.0
# Nor nearer than this share of the sum of their atomic radii: sound hydrides at 500 GPa reach down
# to 0.57 (Na-Na in Na2H11), cells that went wrong have 0.53 and less.
SHORTEST_RADII = 0.55
FRACTION_TOLERANCE = 0.01  # share of an element among the atoms: 0.05 atoms in five
FULL = 1 + 1e-3  # two sites that are occupied less than this together share a position by turns


class UnsoundError(ValueError):
    """A structure that is left out; `reason` is the word it is counted under."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def screen(structure: Structure, reported_formula: str) -> None:
    """Raise where a structure, or its label, cannot be trusted.

    Parameters
    ----------
    structure
        As its file gives it.
    reported_formula
        Formula of the composition that the label belongs to.

    Raises
    ------
    UnsoundError
        Elements that the model cannot know, a composition other than the label's, or atoms that
        are too close.
    StructureError
        Structures that `check_structure` refuses from a user.
    """
    check_structure(structure)
    atoms = atom_arrays(structure)
    _check_elements(atoms)
    _check_composition(atoms, reported_formula)
    _check_contacts(structure, atoms)


def _check_elements(atoms: AtomArrays) -> None:
    if atoms.atomic_numbers.max() > len(ELEMENTS):
        symbol = Element.from_Z(int(atoms.atomic_numbers.max())).symbol
        raise UnsoundError("unknown element", f"holds {symbol}; elements known end at Pu")
    without = np.isnan(element_table().atomic_radius[atoms.atomic_numbers - 1])
    if without.any():
        symbol = ELEMENTS[int(atoms.atomic_numbers[without][0]) - 1]
        raise UnsoundError("element without radius", f"holds {symbol}, which has no atomic radius")


def _check_composition(atoms: AtomArrays, reported_formula: str) -> None:
    label = atomic_fractions(reported_formula)
    fractions = structure_fractions(atoms)
    difference, symbol = max(
        (abs(fractions.get(symbol, 0.0) - label.get(symbol, 0.0)), symbol)
        for symbol in {*fractions, *label}
    )
    if difference > FRACTION_TOLERANCE:
        raise UnsoundError(
            "label contradicts composition",
            f"{symbol} is {100 * fractions.get(symbol, 0.0):.1f} % of the structure's atoms but"
            f" {100 * label.get(symbol, 0.0):.1f} % of those of {reported_formula}",
        )


def structure_fractions(atoms: AtomArrays) -> dict[str, float]:
    """Return (1) the share of each element among a cell's atoms, weighted by occupancy."""
    amounts = np.bincount(atoms.atomic_numbers - 1, weights=atoms.occupancies)
    shares = amounts / amounts.sum()
    return {ELEMENTS[i]: float(shares[i]) for i in np.flatnonzero(amounts)}


def _check_contacts(structure: Structure, atoms: AtomArrays) -> None:
    """Raise for the contact that falls shortest of its limit."""
    radii, is_hydrogen, occupancy = _site_properties(structure, atoms)
    reach = max(SHORTEST_OTHER, 2 * SHORTEST_RADII * float(radii.max()))  # Å
    i, j, _, distances = structure.get_neighbor_list(reach)
    limits = np.maximum(
        _shortest(is_hydrogen[i], is_hydrogen[j]), SHORTEST_RADII * (radii[i] + radii[j])
    )
    limits = np.where(is_hydrogen[i] & is_hydrogen[j], SHORTEST_H_H, limits)
    ratios = np.where(occupancy[i] + occupancy[j] > FULL, distances / limits, np.inf)
    if ratios.size and ratios.min() < 1:
        worst = int(ratios.argmin())
        first, second = (structure[k].species_string for k in (i[worst], j[worst]))
        raise UnsoundError(
            "atoms too close",
            f"{first} and {second} are {distances[worst]:.3f} Å apart; expected at least"
            f" {limits[worst]:.2f} Å",
        )


def _site_properties(
    structure: Structure, atoms: AtomArrays
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Return mean radius (Å), whether all is hydrogen, and occupancy; each of shape (n_sites,)."""
    sites = np.repeat(np.arange(len(structure)), [len(site.species) for site in structure])
    occupancy = np.bincount(sites, weights=atoms.occupancies).astype(float)
    radii = element_table().atomic_radius[atoms.atomic_numbers - 1]
    mean_radii = np.bincount(sites, weights=atoms.occupancies * radii) / occupancy
    others = np.bincount(sites, weights=atoms.atomic_numbers != 1)
    return mean_radii, others == 0, occupancy


def _shortest(is_hydrogen_i: BoolArray, is_hydrogen_j: BoolArray) -> FloatArray:
    return np.where(is_hydrogen_i | is_hydrogen_j, SHORTEST_H_OTHER, SHORTEST_OTHER)
