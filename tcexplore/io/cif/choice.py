"""Choice among symmetries that a CIF leaves open, and its contradictions, settled by its atoms.

A symbol such as ``F d -3 m`` has two origins. The right one gives the listed multiplicities, the
formula, and atoms that are not too close; where more than one does, the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Lattice

from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.crystal.structure import StructureError
from tcexplore.io.cif.operations import PARTS, Operations, fits_cell, operations_of
from tcexplore.io.cif.sites import AtomRow, Place, expanded_places
from tcexplore.io.cif.space_group_names import numbered_settings
from tcexplore.io.cif.symmetry import SymmetryChoice, named_group
from tcexplore.io.cif.text import CifBlock, number

if TYPE_CHECKING:
    from gemmi import SpaceGroup

FloatArray = NDArray[np.floating]

SOUND, UNSOUND = 0.75, 0.65  # shortest distance, in sums of atomic radii
SAME_AMOUNT = 0.02  # relative difference of amounts that counts as rounding
COINCIDENCE = 0.1  # Å, between an atom and the image of another
FORMULA = re.compile(r"([A-Z][a-z]?)\s*(\d*\.?\d*)")


@dataclass(frozen=True)
class Formula:
    """Composition that a file states."""

    amounts: dict[str, float]
    """Amount of each element, D and T counted as H; empty where the file states none."""
    units: float | None
    """Formula units in the cell, None where the file does not say."""

    def agrees(self, amounts: dict[str, float]) -> bool:
        """Tell whether the atoms of a cell are a multiple of the formula, Z times where told."""
        if set(amounts) != set(self.amounts):
            return False
        ratios = [amounts[symbol] / self.amounts[symbol] for symbol in amounts]
        multiple = min(ratios) >= max(ratios) * (1 - SAME_AMOUNT)
        return multiple and (self.units is None or self._is_told(ratios[0]))

    def _is_told(self, ratio: float) -> bool:
        """Tell whether a multiple is Z, or 1 for a formula that may be of the whole cell."""
        assert self.units is not None
        of_cell = all(amount % self.units == 0 for amount in self.amounts.values())
        expected = (self.units, 1.0) if of_cell else (self.units,)
        return any(abs(ratio / units - 1) < 2 * SAME_AMOUNT for units in expected)


def stated_formula(block: CifBlock) -> Formula:
    """Return the formula that a data block states, without amounts where there is none."""
    text = block.first("_chemical_formula_sum") or ""
    amounts: dict[str, float] = {}
    if not re.sub(FORMULA, "", text).strip():
        for symbol, amount in FORMULA.findall(text):
            key = "H" if symbol in ("D", "T") else symbol
            amounts[key] = amounts.get(key, 0.0) + (float(amount) if amount.strip(".") else 1.0)
    units = number(block.first("_cell_formula_units_z") or "")
    amounts = {symbol: amount for symbol, amount in amounts.items() if amount > 0}
    return Formula(amounts, units if np.isfinite(units) and units > 0 else None)


def fitting_choice(
    choices: Sequence[SymmetryChoice],
    rows: Sequence[AtomRow],
    matrix: FloatArray,
    formula: Formula,
) -> SymmetryChoice:
    """Return the one choice of symmetry that the atoms allow.

    Parameters
    ----------
    choices
        What the file may mean; all fit the cell.
    rows
        Atoms as listed.
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).
    formula
        As the file states it.
    """
    if len(choices) == 1:
        return choices[0]
    trials = [(choice, _places(choice, rows, matrix)) for choice in choices]
    trials = [(choice, places) for choice, places in trials if places]
    trials = _agreeing(trials, _has_listed_multiplicities)
    if formula.amounts:
        trials = _agreeing(trials, lambda places: formula.agrees(amounts_in(places)))
    trials = _with_sound_distances(trials, matrix)
    if len(trials) == 1 or (trials and _are_same(trials, matrix)):
        choice = trials[0][0]
        return replace(choice, note=f"{choice.note} The atoms allow no other choice of axes.")
    names = " or ".join(f"'{choice.name}'" for choice in choices[:3])
    raise StructureError(
        "leaves open which setting of its space group it uses; write"
        f" _space_group_name_H-M_alt {names}, or list the operations"
    )


def amounts_in(places: Sequence[Place]) -> dict[str, float]:
    """Return how many atoms of each element lie in the cell."""
    amounts: dict[str, float] = {}
    for place in places:
        for row in place.rows:
            added = row.occupancy * len(place.images)
            amounts[row.symbol] = amounts.get(row.symbol, 0.0) + added
    return amounts


def contradiction_note(
    block: CifBlock,
    choice: SymmetryChoice,
    places: Sequence[Place],
    matrix: FloatArray,
    formula: Formula,
) -> str | None:
    """Return the note on listed operations that are not those of the named space group.

    Raises
    ------
    StructureError
        The operations are too few for the name, and the atoms do not fill the cell without them.
    """
    groups = named_group(block)
    if not choice.listed or not groups or choice.note:
        return None
    codes = choice.operations.codes
    named = [operations_of(group.operations()) for group in groups]
    if any(np.array_equal(operations.codes, codes) for operations in named):
        return None
    name = groups[0].hm
    count = "the operation x,y,z alone" if len(codes) == 1 else f"{len(codes)} symmetry operations"
    larger = [operations for operations in named if np.isin(codes, operations.codes).all()]
    if any(are_kept_by(operations, places, matrix) for operations in larger):
        return (
            f"The file names the space group {name} but lists {count}; its atoms fill the cell"
            " with these, which were used."
        )
    in_cell = any(fits_cell(operations, matrix) for operations in larger)
    if in_cell and not (formula.units and formula.agrees(amounts_in(places))):
        raise StructureError(
            f"names the space group {name!r} but lists {count}, with which the atoms do not have"
            " that symmetry; list all operations, or remove them so that those of the name are"
            " used, or name the group of the operations"
        )
    kind = _type_number(choice.operations, matrix)
    if kind == groups[0].number:
        return _setting_note(choice.operations, groups)
    return (
        f"The file names the space group {name} (number {groups[0].number}) but lists"
        f" {count}, of number {kind}; the operations were used."
    )


def _setting_note(operations: Operations, groups: Sequence[SpaceGroup]) -> str | None:
    """Return the note on operations of another setting than that named, None where it is untold."""
    for other in numbered_settings(groups[0].number):
        if np.array_equal(operations_of(other.operations()).codes, operations.codes):
            if other.hm in {group.hm for group in groups}:
                return None
            return (
                f"The file names the space group {groups[0].hm} but lists the operations of its"
                f" setting {other.hm}; the operations were used."
            )
    return None


def are_kept_by(operations: Operations, places: Sequence[Place], matrix: FloatArray) -> bool:
    """Tell whether the operations map the atoms of a cell onto atoms of the same kind."""
    if not fits_cell(operations, matrix):
        return False
    coords = np.concatenate([place.images for place in places])
    kinds = [tuple(sorted((row.symbol, row.occupancy) for row in place.rows)) for place in places]
    labels = np.repeat(
        [kinds.index(kind) for kind in kinds], [len(place.images) for place in places]
    )
    for rotation, shift in zip(operations.rotations, operations.translations, strict=True):
        apart = (coords @ rotation.T + shift / PARTS)[:, None] - coords[None]
        apart -= np.rint(apart)
        near = np.linalg.norm(apart @ matrix, axis=2) < COINCIDENCE
        if not (near & (labels[:, None] == labels[None])).any(axis=1).all():
            return False
    return True


def _type_number(operations: Operations, matrix: FloatArray) -> int | None:
    import spglib

    kind = spglib.get_spacegroup_type_from_symmetry(
        operations.rotations, operations.translations / PARTS, matrix
    )
    return int(kind.number) if kind else None


Trial = tuple[SymmetryChoice, list[Place]]


def _places(
    choice: SymmetryChoice, rows: Sequence[AtomRow], matrix: FloatArray
) -> list[Place] | None:
    try:
        return expanded_places(rows, choice.operations, matrix)
    except StructureError:
        return None


def _agreeing(trials: list[Trial], test) -> list[Trial]:  # noqa: ANN001
    """Return the trials that pass a test, all where none does."""
    return [trial for trial in trials if test(trial[1])] or trials


def _has_listed_multiplicities(places: Sequence[Place]) -> bool:
    return all(
        row.multiplicity in (None, len(place.images)) for place in places for row in place.rows
    )


def _with_sound_distances(trials: list[Trial], matrix: FloatArray) -> list[Trial]:
    """Return the sound trials where all others are unsound, else those not plainly unsound."""
    if len(trials) < 2:
        return trials
    shortest = [_shortest_distance(places, matrix) for _, places in trials]
    return [
        trial
        for trial, distance in zip(trials, shortest, strict=True)
        if distance > UNSOUND or (distance == max(shortest) and distance >= SOUND)
    ]


def _shortest_distance(places: Sequence[Place], matrix: FloatArray) -> float:
    """Return the shortest distance between atoms, in sums of their radii.

    Atoms that are never there together do not count.
    """
    coords = np.concatenate([place.images for place in places])
    sizes = [len(place.images) for place in places]
    filled = np.repeat([sum(row.occupancy for row in place.rows) for place in places], sizes)
    radii = np.repeat([max(_radius(row.symbol) for row in place.rows) for place in places], sizes)
    distances = Lattice(matrix).get_all_distances(coords, coords)
    distances[filled[:, None] + filled[None] < 1.01] = np.inf
    np.fill_diagonal(distances, np.inf)
    return float((distances / (radii[:, None] + radii[None])).min())


def _radius(symbol: str) -> float:
    """Return the atomic radius (Å), 1.5 for elements without one."""
    if symbol not in ELEMENTS:
        return 1.5
    return float(np.nan_to_num(element_table().atomic_radius[ELEMENTS.index(symbol)], nan=1.5))


def _are_same(trials: Sequence[Trial], matrix: FloatArray) -> bool:
    """Tell whether all trials are one crystal, by all distances between elements in the cell."""
    lists = [_distance_list(places, matrix) for _, places in trials]
    return all(
        kinds == lists[0][0] and np.allclose(values, lists[0][1], atol=1e-3)
        for kinds, values in lists
    )


def _distance_list(places: Sequence[Place], matrix: FloatArray) -> tuple[list, FloatArray]:
    coords = np.concatenate([place.images for place in places])
    kinds = [
        repr(sorted((row.symbol, row.occupancy) for row in place.rows))
        for place in places
        for _ in place.images
    ]
    distances = Lattice(matrix).get_all_distances(coords, coords)
    order = np.argsort(kinds, kind="stable")
    rows = np.sort(np.round(distances, 3), axis=1)[order]
    pairs = [(kinds[index], tuple(row)) for index, row in zip(order, rows, strict=True)]
    pairs.sort()
    return [kind for kind, _ in pairs], np.array([row for _, row in pairs])
