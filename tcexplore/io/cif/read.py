"""Crystal structures from CIF: the grammar by gemmi, every doubt told or refused.

Order of reading: text to data blocks (`text`), operations (`symmetry`), atoms of the cell
(`sites`), and matters that the file leaves open or contradicts (`choice`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.structure import MAX_SITES, StructureError
from tcexplore.io.cif.choice import (
    Formula,
    contradiction_note,
    fitting_choice,
    stated_formula,
)
from tcexplore.io.cif.operations import (
    CELL_TOLERANCE,
    LISTED_CELL_TOLERANCE,
    cell_misfit,
    fits_cell,
)
from tcexplore.io.cif.pressure import block_pressure
from tcexplore.io.cif.sites import AtomRow, Place, expanded_places, merged_species
from tcexplore.io.cif.symmetry import SymmetryChoice, symmetry_choices
from tcexplore.io.cif.text import UNTOLD, CifBlock, cif_blocks, number
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label, is_placeholder
from tcexplore.io.text import require_site_count, shortened

COORDS = ("_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z")
CARTESIAN = "_atom_site_cartn_x"
LABEL, TYPE, OCCUPANCY = "_atom_site_label", "_atom_site_type_symbol", "_atom_site_occupancy"
MULTIPLICITIES = ("_atom_site_symmetry_multiplicity", "_atom_site_site_symmetry_multiplicity")
LENGTHS = tuple(f"_cell_length_{axis}" for axis in "abc")
ANGLES = tuple(f"_cell_angle_{angle}" for angle in ("alpha", "beta", "gamma"))
BOUNDS = {
    **dict.fromkeys(LENGTHS, (0.1, 1000.0)),  # Å
    **dict.fromkeys(ANGLES, (1.0, 179.0)),  # degrees
    **dict.fromkeys(COORDS, (-100.0, 100.0)),
    OCCUPANCY: (0.0, 1.01),  # sums above 1 by rounding are scaled down
}


def cif_structures(text: str) -> list[ParsedStructure]:
    """Return the structure of each data block that lists atoms, in the order of the file.

    Raises
    ------
    StructureError
        The text is no sound CIF, lists no atoms, or leaves open what crystal it means.
    """
    blocks, notes = cif_blocks(text)
    crystals = [block for block in blocks if block.column(COORDS[0])]
    if not crystals:
        raise _no_atoms(text, blocks)
    return [_parsed_block(block, notes, several=len(crystals) > 1) for block in crystals]


def _parsed_block(block: CifBlock, notes: Sequence[str], *, several: bool) -> ParsedStructure:
    try:
        structure, own_notes = _structure(block)
    except StructureError as error:
        prefix = f"in {block.name[:40]!r} of several data blocks: " if several else ""
        raise StructureError(f"{prefix}{error}") from None
    pressure, doubts = block_pressure(block)
    notes = tuple(dict.fromkeys([*notes, *own_notes, *doubts]))
    return ParsedStructure(structure, block.name, notes, pressure)


def _structure(block: CifBlock) -> tuple[Structure, list[str]]:
    """Return the structure of a data block, and notes on its reading."""
    lattice, missing = _lattice(block)
    formula = stated_formula(block)
    rows, notes = _atom_rows(block, formula)
    choices = symmetry_choices(block, lattice.matrix)
    choice = fitting_choice(choices, rows, lattice.matrix, formula)
    notes += _cell_notes(lattice, missing, choice)
    places = expanded_places(rows, choice.operations, lattice.matrix)
    species: list[dict[str, float]] = []
    for place in places:
        occupancies, place_notes = merged_species(place, lattice.matrix)
        species += [occupancies] * len(place.images)
        notes += place_notes
    notes += [choice.note] if choice.note else []
    notes += _multiplicity_notes(places)
    contradiction = contradiction_note(block, choice, places, lattice.matrix, formula)
    notes += [contradiction] if contradiction else []
    structure = Structure(lattice, species, np.concatenate([p.images for p in places]))
    return structure, notes + _formula_notes(structure, formula)


def _lattice(block: CifBlock) -> tuple[Lattice, list[str]]:
    """Return the lattice, and which angles were left out and taken as 90°, as CIF defines."""
    missing = [name for name in ANGLES if block.values.get(name, ["."])[0] == "."]
    values = [_bounded(name, block.values.get(name, ["missing"])[0]) for name in LENGTHS]
    for name in ANGLES:
        values.append(90.0 if name in missing else _bounded(name, block.values[name][0]))
    try:
        lattice = Lattice.from_parameters(*values)
    except ValueError:
        lattice = None
    if lattice is None or not np.isfinite(lattice.matrix).all() or lattice.volume < 1e-3:
        angles = ", ".join(f"{angle:g}" for angle in values[3:])
        raise StructureError(f"has the cell angles {angles}°, which no cell has; correct them")
    return lattice, missing


def _cell_notes(lattice: Lattice, missing: Sequence[str], choice: SymmetryChoice) -> list[str]:
    """Return notes on angles left out and on a cell that the symmetry does not quite keep."""
    misfit = cell_misfit(choice.operations, lattice.matrix)
    if misfit > (LISTED_CELL_TOLERANCE if choice.listed else CELL_TOLERANCE):
        lengths = ", ".join(f"{value:g}" for value in (*lattice.abc, *lattice.angles))
        raise StructureError(
            f"has a cell ({lengths}) that its symmetry operations do not keep; correct the cell or"
            " the operations"
        )
    notes = []
    if missing:
        if len(missing) < 3 and not _fixes_angles(lattice, missing, choice):
            raise StructureError(
                f"{missing[0]} is '.'; expected 1 to 179: add it, symmetry does not tell"
            )
        notes.append("Cell angles that the file leaves out were taken as 90°.")
    if misfit > 0.002:
        notes.append(
            f"The cell keeps its symmetry only to {100 * misfit / 2:.1f} %: lengths or angles that"
            " should be equal are not."
        )
    return notes


def _fixes_angles(lattice: Lattice, missing: Sequence[str], choice: SymmetryChoice) -> bool:
    """Tell whether the operations allow no other value of the angles left out."""
    for name in missing:
        angles = [a + 5.0 * (key == name) for a, key in zip(lattice.angles, ANGLES, strict=True)]
        if fits_cell(choice.operations, Lattice.from_parameters(*lattice.abc, *angles).matrix):
            return False
    return True


def _bounded(name: str, text: str) -> float:
    """Return the number under a name, within its bounds."""
    lowest, highest = BOUNDS[name]
    value = number(text)
    if not lowest <= value <= highest:
        raise StructureError(
            f"{name} is {shortened(text)!r}; expected {lowest:g} to {highest:g}: correct it"
        )
    return value


def _atom_rows(block: CifBlock, formula: Formula) -> tuple[list[AtomRow], list[str]]:
    """Return the atoms as listed, those with an occupancy of 0 left out, and notes."""
    rows, notes, empty, dummies = [], [], 0, 0
    table = _atom_table(block)
    labels = [label for label, *_ in table]
    for label, *xyz, kind, occupancy, multiplicity, flag in table:
        if flag.lower() == "dum":
            dummies += 1
            continue
        filled = _bounded(OCCUPANCY, "1" if occupancy in UNTOLD else occupancy)
        if filled == 0:
            empty += 1
            continue
        coords = np.array([_bounded(*pair) for pair in zip(COORDS, xyz, strict=True)])
        symbol, kind, site_notes = _species(kind, label, labels, formula)
        notes += site_notes
        told = number(multiplicity)
        listed = int(told) if np.isfinite(told) and told >= 1 else None
        rows.append(AtomRow(label, symbol, kind, coords, filled, listed))
    if empty:
        notes.append(f"Sites left out because their occupancy is 0: {empty}.")
    if dummies:
        notes.append(f"Sites left out because the file marks them as dummy: {dummies}.")
    if not rows:
        raise StructureError("lists no atoms; give a structure with at least one site")
    return rows, notes


def _atom_table(block: CifBlock) -> list[tuple[str, ...]]:
    """Return label, x, y, z, type, occupancy, multiplicity and flag of each row of the loop."""
    columns = [block.values.get(name) for name in COORDS]
    labels = block.column(LABEL) or block.column(TYPE) or []
    untold = ["."] * len(labels)
    multiplicities = next(filter(None, map(block.column, MULTIPLICITIES)), untold)
    optional = [
        block.column(TYPE) or untold,
        block.column(OCCUPANCY) or untold,
        multiplicities,
        block.column("_atom_site_calc_flag") or untold,
    ]
    table = [labels, *(column or [] for column in columns), *optional]
    if not labels or any(len(column) != len(labels) for column in table):
        raise StructureError("has no loop_ of atoms with label and coordinates in all; complete it")
    if len(set(zip(*table[1:4], strict=True))) > MAX_SITES:
        require_site_count(len(labels))
    return list(zip(*table, strict=True))


def _species(
    kind: str, label: str, labels: Sequence[str], formula: Formula
) -> tuple[str, str, list[str]]:
    """Return a site's element, its species as written, and notes: the type beats the label."""
    among = formula.amounts
    told = kind not in UNTOLD
    try:
        symbol, note = element_from_label(kind if told else label, among=among)
    except StructureError as error:
        raise StructureError(f"has the site {shortened(label)!r}: {error}") from None
    if not told:
        mixed_case = any(re.match(r"[A-Z][a-z]", other) for other in labels)
        if note and label[:2].isupper() and mixed_case and not among and symbol != "H":
            raise StructureError(
                f"has the site {shortened(label)!r}, whose label allows more than one element;"
                f" add {TYPE}"
            )
        isotope = re.match(r"[DT](?![a-z])", label) if symbol == "H" else None
        return symbol, isotope[0] if isotope else symbol, [note] if note else []
    notes = [note.replace("The label", "The type")] if note else []
    return symbol, kind, notes + _label_notes(symbol, label)


def _label_notes(symbol: str, label: str) -> list[str]:
    """Return a note where a label clearly names another element than the type symbol."""
    if is_placeholder(label) and not re.match(r"[XQ]", label):
        return [
            f"Site {shortened(label)!r} is read as {symbol}, its type; its label says otherwise."
        ]
    try:
        named, note = element_from_label(label)
    except StructureError:
        return []
    if note or named == symbol:
        return []
    return [f"Site {shortened(label)!r} is read as {symbol}, its type; its label names {named}."]


def _multiplicity_notes(places: Sequence[Place]) -> list[str]:
    """Return a note where symmetry makes another number of atoms of a row than the file says."""
    for place in places:
        row, count = place.rows[0], len(place.images)
        if row.multiplicity not in (None, count):
            return [
                f"The file gives site {shortened(row.label)} the multiplicity {row.multiplicity},"
                f" but its symmetry operations make {count} atoms of it; these were used."
            ]
    return []


def _formula_notes(structure: Structure, formula: Formula) -> list[str]:
    """Return a note where the atoms are not what the stated formula says."""
    amounts = {str(key): value for key, value in structure.composition.as_dict().items()}
    if not formula.amounts:
        return []
    absent = [symbol for symbol in formula.amounts if symbol not in amounts]
    if absent:
        return [
            f"The file's formula names {', '.join(absent)}, but no site holds it:"
            " the structure may be incomplete."
        ]
    if Formula(formula.amounts, None).agrees(amounts):
        return []
    stated = " ".join(f"{symbol}{amount:g}" for symbol, amount in formula.amounts.items())
    return [
        f"The file's formula is {stated}, but its sites give"
        f" {structure.composition.reduced_formula}; the sites were used."
    ]


def _no_atoms(text: str, blocks: Sequence[CifBlock]) -> StructureError:
    """Return the error for a file in which no data block lists atoms."""
    if any("_atom_site_label_comp_id" in block.values for block in blocks):
        return StructureError(
            "is an mmCIF file of a molecule, with Cartesian coordinates and without the symmetry of"
            " its crystal applied; give a CIF of a crystal"
        )
    if any(block.column(CARTESIAN) for block in blocks):
        return StructureError(
            "lists Cartesian coordinates alone; add"
            " _atom_site_fract_x, _atom_site_fract_y and _atom_site_fract_z"
        )
    return StructureError(
        f"begins with {shortened(text)!r} and has no block 'data_...' that lists atoms"
        f" ({COORDS[0]}); give a CIF with both"
    )
