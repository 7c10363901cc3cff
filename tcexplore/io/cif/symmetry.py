"""Symmetry operations of a CIF: those listed, else those of its Hall symbol, name or number.

Nothing falls back on P1 or on a standard setting: where a file leaves open which operations hold,
all that are possible are returned, for its atoms to decide (`tcexplore.io.cif.sites`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tcexplore.crystal.structure import StructureError
from tcexplore.io.cif.operations import (
    MOST_OPERATIONS,
    Operations,
    fits_cell,
    is_group,
    operation_products,
    operations_of,
    parsed_operations,
)
from tcexplore.io.cif.space_group_names import named_settings, numbered_settings
from tcexplore.io.cif.text import CifBlock, number

if TYPE_CHECKING:
    from gemmi import SpaceGroup

LISTED = ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz")
MAGNETIC = ("_space_group_symop_magn_operation_xyz", "_space_group_symop_magn_centering_xyz")
HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
NAMES = (
    "_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m", "_space_group_name_h-m_full",
    "_space_group_name_h-m", "_symmetry_space_group_name_h-m_alt",
    "_space_group_name_h-m_ref", "_symmetry_space_group_name_h-m_ref",
)  # fmt: skip
COORDINATE_SYSTEM = "_space_group_it_coordinate_system_code"
NUMBERS = ("_space_group_it_number", "_symmetry_int_tables_number")
ADD = "add the loop of _space_group_symop_operation_xyz, or _space_group_name_H-M_alt"


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
    fitting = list({choice.name: choice for choice in fitting}.values())
    if not fitting:
        names = ", ".join(dict.fromkeys(choice.name for choice in choices))
        raise StructureError(
            f"has a cell that does not fit the symmetry of {names}; correct the cell,"
            " or the symbol of the space group"
        )
    return _with_axis_b(fitting)


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
    operations = parsed_operations(texts)
    centrings = block.column(MAGNETIC[1]) if note else None
    if centrings:
        bare = [text.rsplit(",", 1)[0] if text.count(",") == 3 else text for text in centrings]
        operations = operation_products(operations, parsed_operations(bare))
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
        return _coded(numbered_settings(number_given), block) if number_given else []
    return _coded([group for group in named if number_given in (None, group.number)], block)


def _coded(groups: list[SpaceGroup], block: CifBlock) -> list[SpaceGroup]:
    """Return the settings with the origin or axes that `COORDINATE_SYSTEM` names, else all."""
    code = (block.first(COORDINATE_SYSTEM) or "").upper()
    return [group for group in groups if group.ext == code] or groups


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
    return [_group_choice(group, given) for group in _on_both_axes(groups)]


def _on_both_axes(groups: Sequence[SpaceGroup]) -> list[SpaceGroup]:
    """Return the settings and, of a rhombohedral group, its other axes: the cell tells them apart.

    Files name ``R -3 m :H`` and give a cell on rhombohedral axes.
    """
    rhombohedral = [group for group in groups if group.ext in ("H", "R")]
    return [*groups, *numbered_settings(rhombohedral[0].number)] if rhombohedral else [*groups]


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


def _with_axis_b(fitting: list[SymmetryChoice]) -> list[SymmetryChoice]:
    """Return the one choice with unique axis b, by convention, where no oblique angle tells.

    ``P 21/c`` on a cell of right angles may also have the unique axis a.
    """
    words = [choice.name.split() for choice in fitting]
    axis_b = [len(word) == 4 and word[1] == word[3] == "1" for word in words]
    return [fitting[axis_b.index(True)]] if sum(axis_b) == 1 else fitting


def _names(block: CifBlock) -> list[str]:
    values = [block.first(name) for name in NAMES]
    return [value for value in dict.fromkeys(values) if value]


def _number_given(block: CifBlock) -> int | None:
    text = block.first(*NUMBERS)
    value = number(text) if text else np.nan
    return int(value) if np.isfinite(value) and value == int(value) and 1 <= value <= 230 else None
