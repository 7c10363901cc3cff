"""Symmetry operations of a CIF: those listed, else those of its Hall symbol, name or number.

Nothing falls back on P1 or on a standard setting: where a file leaves open which operations hold,
all that are possible are returned, for its atoms to decide (`tcexplore.io.cif_sites`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tcexplore.crystal.structure import StructureError
from tcexplore.io.cif_text import CifBlock, number
from tcexplore.io.space_group_names import named_settings, numbered_settings

if TYPE_CHECKING:
    from gemmi import GroupOps, SpaceGroup

MOST_OPERATIONS = 192  # of a conventional cell
PARTS = 24  # gemmi gives translations in 24ths
CELL_TOLERANCE = 0.01  # of the metric tensor: 0.5 % of a length, 0.6° of an angle
LISTED = ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz")
MAGNETIC = ("_space_group_symop_magn_operation_xyz", "_space_group_symop_magn_centering_xyz")
HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
NAMES = (
    "_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m_full",
    "_space_group_name_h-m", "_symmetry_space_group_name_h-m_alt",
    "_space_group_name_h-m_ref", "_symmetry_space_group_name_h-m_ref",
)  # fmt: skip
NUMBERS = ("_space_group_it_number", "_symmetry_int_tables_number")
OPERATION = re.compile(r"(?!.*/ ?0)([xyz0-9+\-*/. ]{1,30},){2}[xyz0-9+\-*/. ]{1,30}", re.IGNORECASE)
ADD = "add the loop of _space_group_symop_operation_xyz, or _space_group_name_H-M_alt"


@dataclass(frozen=True, eq=False)
class Operations:
    """Symmetry operations on fractional coordinates, without repetitions."""

    rotations: NDArray[np.int64]
    """Shape (n_operations, 3, 3)."""
    translations: NDArray[np.int64]
    """(1/24 of a lattice vector) Shape (n_operations, 3), each from 0 to 23."""

    def __len__(self) -> int:
        return len(self.rotations)

    @property
    def codes(self) -> NDArray[np.int64]:
        """One number for each operation, sorted, shape (n_operations,)."""
        return np.unique(_codes(self.rotations, self.translations))


@dataclass(frozen=True, eq=False)
class SymmetryChoice:
    """Operations that a file may mean, and how they came about."""

    operations: Operations
    name: str
    """Symbol with its choice, such as ``F d -3 m:2``; empty where operations are listed."""
    note: str = ""
    """Sentence for the user; empty where there is nothing to say."""
    listed: bool = False
    """Whether the file lists the operations itself."""


def symmetry_choices(block: CifBlock, matrix: NDArray[np.floating]) -> list[SymmetryChoice]:
    """Return the sets of operations that a data block may mean, at least one.

    Parameters
    ----------
    block
        Its values on cell and symmetry.
    matrix
        (Å) Lattice vectors as rows, shape (3, 3); what does not fit them is left out.
    """
    listed = listed_operations(block)
    if listed is not None:
        return [listed]
    choices = _unlisted_choices(block)
    fitting = [choice for choice in choices if fits_cell(choice.operations, matrix)]
    if not fitting:
        names = ", ".join(dict.fromkeys(choice.name for choice in choices))
        raise StructureError(
            f"has a cell that does not fit the symmetry of {names}; correct the cell,"
            " or the symbol of the space group"
        )
    return _by_axes(fitting, choices)


def listed_operations(block: CifBlock) -> SymmetryChoice | None:
    """Return the operations that a block lists, checked to be a group; None where it lists none."""
    texts = next((column for name in LISTED if (column := block.column(name))), None)
    note = ""
    if texts is None:
        texts = block.column(MAGNETIC[0])
        if texts is None:
            return None
        texts = [text.rsplit(",", 1)[0] if text.count(",") == 3 else text for text in texts]
        note = "The file is magnetic: its moments, and time reversal, are left aside."
    operations = _parsed(texts)
    centrings = block.column(MAGNETIC[1]) if note else None
    if centrings:
        bare = [text.rsplit(",", 1)[0] if text.count(",") == 3 else text for text in centrings]
        operations = _products(operations, _parsed(bare))
    if not is_group(operations):
        raise StructureError(
            f"lists {len(operations)} symmetry operations that are no group (some are missing or"
            " wrong); correct the list, or remove it and name the space group"
        )
    return SymmetryChoice(operations, "", note, listed=True)


def named_group(block: CifBlock) -> list[SpaceGroup]:
    """Return the settings that name and number of a block agree on, none where they are no help."""
    named = next((groups for name in _names(block) if (groups := named_settings(name))), [])
    number_given = _number_given(block)
    if not named:
        return numbered_settings(number_given) if number_given else []
    return [group for group in named if number_given in (None, group.number)]


def is_group(operations: Operations) -> bool:
    """Tell whether the product of any two operations is among them."""
    rotations, translations = operations.rotations, operations.translations
    products = np.einsum("aij,bjk->abik", rotations, rotations).reshape(-1, 3, 3)
    shifts = np.einsum("aij,bj->abi", rotations, translations) + translations[:, None, :]
    if np.abs(products).max() > 3:
        return False
    return bool(np.isin(_codes(products, shifts.reshape(-1, 3)), operations.codes).all())


def fits_cell(operations: Operations, matrix: NDArray[np.floating]) -> bool:
    """Tell whether the operations keep all lengths and angles of a cell within the tolerance."""
    return cell_misfit(operations, matrix) <= CELL_TOLERANCE


def cell_misfit(operations: Operations, matrix: NDArray[np.floating]) -> float:
    """Return the largest change of the metric tensor, relative to the lattice vectors' lengths."""
    metric = matrix @ matrix.T
    moved = np.einsum("aji,jk,akl->ail", operations.rotations, metric, operations.rotations)
    lengths = np.sqrt(np.diag(metric))
    return float(np.abs((moved - metric) / np.outer(lengths, lengths)).max())


def operations_of(group: GroupOps) -> Operations:
    """Return the operations of a group of gemmi."""
    rotations, translations = zip(*((op.rot, op.tran) for op in group), strict=True)
    return _distinct(np.array(rotations) // PARTS, np.array(translations))


def _unlisted_choices(block: CifBlock) -> list[SymmetryChoice]:
    """Return what Hall symbol, name and number allow, whatever the cell."""
    names, number_given = _names(block), _number_given(block)
    groups = named_group(block)
    hall = block.first(*HALL)
    if hall:
        return [_hall_choice(hall, groups)]
    if not groups and names and any(map(named_settings, names)):
        raise StructureError(
            f"names the space group {names[0][:40]!r} but number {number_given}, and lists no"
            " symmetry operations; correct one of them"
        )
    if not groups:
        given = f"the space group {names[0][:40]!r}, which is unknown," if names else "no symmetry"
        raise StructureError(
            f"names {given} and lists no symmetry operations; {ADD} (of a structure that lists all"
            " atoms of its cell: 'P 1')"
        )
    known = next((name for name in names if named_settings(name)), None)
    given = f"{known!r}" if known else f"number {number_given}"
    return [_group_choice(group, given) for group in groups]


def _group_choice(group: SpaceGroup, given: str) -> SymmetryChoice:
    symbol = group.xhm()
    plain = given.strip("'").replace(" ", "").lower() == symbol.replace(" ", "").lower()
    read = "" if plain else f" (read from {given})"
    note = f"The file lists no symmetry operations; those of {_worded(group)}{read} were used."
    return SymmetryChoice(operations_of(group.operations()), symbol, note)


def _worded(group: SpaceGroup) -> str:
    """Return ``R -3 m on rhombohedral axes`` for ``R -3 m:R``."""
    axes = {"R": " on rhombohedral axes", "H": " on hexagonal axes"}
    return group.hm + axes.get(group.ext, f", origin choice {group.ext}" * (group.ext in "12"))


def _hall_choice(hall: str, groups: Sequence[SpaceGroup]) -> SymmetryChoice:
    import gemmi

    try:
        operations = operations_of(gemmi.symops_from_hall(hall.replace("_", " ")))
    except (ValueError, RuntimeError):
        remedy = "correct or remove it" if groups else f"correct it, or {ADD}"
        raise StructureError(
            f"has {hall[:40]!r} as its Hall symbol, which is none; {remedy}"
        ) from None
    if not is_group(operations) or len(operations) > MOST_OPERATIONS:
        raise StructureError(f"has the Hall symbol {hall[:40]!r}, which gives no group; correct it")
    codes = operations.codes
    agree = [g for g in groups if np.array_equal(operations_of(g.operations()).codes, codes)]
    if groups and not agree:
        raise StructureError(
            f"has the Hall symbol {hall[:40]!r}, which contradicts its space group"
            f" {groups[0].xhm()!r}, and lists no symmetry operations; correct one of them"
        )
    note = (
        f"The file lists no symmetry operations; those of its Hall symbol '{hall[:40]}' were used."
    )
    return SymmetryChoice(operations, hall, note)


def _by_axes(
    fitting: list[SymmetryChoice], choices: Sequence[SymmetryChoice]
) -> list[SymmetryChoice]:
    """Return the fitting choices; of a monoclinic cell without an oblique angle those of axis b."""
    if len(fitting) > 1 and all(len(choice.operations) <= 8 for choice in fitting):
        axis_b = [choice for choice in fitting if _is_unique_axis_b(choice)]
        return axis_b[:1] or fitting
    return fitting


def _is_unique_axis_b(choice: SymmetryChoice) -> bool:
    """Tell whether all operations are 1, -1 and those of a twofold axis along b alone."""
    allowed = np.array([np.diag([s, t, s]) for s in (1, -1) for t in (1, -1)])
    same = (choice.operations.rotations[:, None] == allowed[None]).all(axis=(2, 3))
    words = choice.name.split()
    return bool(same.any(axis=1).all()) and len(words) == 4 and words[1] == words[3] == "1"


def _names(block: CifBlock) -> list[str]:
    values = [block.first(name) for name in NAMES]
    return [value for value in dict.fromkeys(values) if value]


def _number_given(block: CifBlock) -> int | None:
    text = block.first(*NUMBERS)
    value = number(text) if text else np.nan
    return int(value) if np.isfinite(value) and value == int(value) and 1 <= value <= 230 else None


def _parsed(texts: Sequence[str]) -> Operations:
    import gemmi

    rotations, translations = [], []
    for count, text in enumerate(texts, start=1):
        try:
            if count > MOST_OPERATIONS or not OPERATION.fullmatch(text):
                raise ValueError
            operation = gemmi.parse_triplet(text)
            if abs(operation.det_rot()) != PARTS**3 or np.any(np.array(operation.rot) % PARTS):
                raise ValueError
        except (ValueError, RuntimeError):
            raise StructureError(
                f"has {text[:40]!r} as symmetry operation {count};"
                f" expected at most {MOST_OPERATIONS} such as 'x,-y,z'"
            ) from None
        rotations.append(operation.rot)
        translations.append(operation.tran)
    return _distinct(np.array(rotations) // PARTS, np.array(translations))


def _products(first: Operations, second: Operations) -> Operations:
    """Return the operations of one list after those of another."""
    if len(first) * len(second) > MOST_OPERATIONS:
        raise StructureError(
            f"lists {len(first)} symmetry operations and {len(second)} centrings;"
            f" expected at most {MOST_OPERATIONS} in all"
        )
    rotations = np.einsum("aij,bjk->abik", second.rotations, first.rotations).reshape(-1, 3, 3)
    shifts = np.einsum("aij,bj->abi", second.rotations, first.translations)
    return _distinct(rotations, (shifts + second.translations[:, None, :]).reshape(-1, 3))


def _distinct(rotations: NDArray[np.int64], translations: NDArray[np.int64]) -> Operations:
    """Return the operations in the order given, each once."""
    _, first = np.unique(_codes(rotations, translations), return_index=True)
    order = np.sort(first)
    return Operations(rotations[order].astype(np.int64), translations[order] % PARTS)


def _codes(rotations: NDArray[np.int64], translations: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for each operation: nine digits of base 7, three of base 24."""
    powers = 7 ** np.arange(9)
    turned = (rotations.reshape(-1, 9) + 3) @ powers
    return turned * PARTS**3 + (translations % PARTS) @ (PARTS ** np.arange(3))
