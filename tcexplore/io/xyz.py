"""Structures from extended XYZ files, one or many frames."""

from __future__ import annotations

import re

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.stated_pressure import FilePressure, pressure_in
from tcexplore.io.text import number, require_site_count, require_structure_count, shortened
from tcexplore.typing import FloatArray

LATTICE = re.compile(
    r"(?<![\w.-])lattice\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|\{([^}]*)\}|\[([^\]]*)\])", re.I
)
PROPERTIES = re.compile(r"(?<![\w.-])properties\s*=\s*[\"']?(?P<columns>[^\s\"']+)", re.I)
PBC = re.compile(r"(?<![\w.-])pbc\s*=\s*(?:[\"'\[{]([^\"'\]}]*)[\"'\]}]|(\S+))", re.I)
PRESSURE = re.compile(
    r"(?<![\w.-])pressure(?:_gpa)?\s*=\s*([\"']?)([-+.\deE]+)(?:[ _]?GPa)?\1(?=\s|$)", re.I
)
COMMENT, KEY = "the file's comment", "the key pressure of the file's comment, read as GPa"
DEFAULT_COLUMNS = "species:S:1:pos:R:3"
SPECIES_COLUMNS = ("species", "element", "symbol", "symbols", "z", "numbers", "atomic_numbers")


def xyz_structures(text: str) -> list[ParsedStructure]:
    """Return the structure of each frame of an extended XYZ file.

    Raises
    ------
    StructureError
        A frame has no lattice, is a molecule, or its rows are not as its columns say.
    """
    lines = text.split("\n")
    index, structures = 0, []
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        if not re.fullmatch(r"\s*\d{1,12}\s*", lines[index]):
            raise StructureError(
                f"has {shortened(lines[index])!r} in line {index + 1}; expected the number of atoms"
            )
        count = int(lines[index])
        require_site_count(count, listed=len(lines) - index - 2)
        rows = [line.split() for line in lines[index + 2 : index + 2 + count]]
        structures.append(_frame(lines[index + 1], rows, len(structures) + 1))
        require_structure_count(len(structures))
        index += 2 + count
    return structures


def _frame(comment: str, rows: list[list[str]], frame: int) -> ParsedStructure:
    matrix, columns = _lattice(comment), _columns(comment)
    if "occupanc" in comment.lower():
        raise StructureError(
            "has partial occupancies, which are not read from XYZ files; give a CIF"
        )
    start, name = next(((columns[n], n) for n in SPECIES_COLUMNS if n in columns), (0, ""))
    if not name or "pos" not in columns:
        raise StructureError(
            "has no columns for species and pos; write Properties=species:S:1:pos:R:3 in line 2"
        )
    symbols, notes = _symbols([row[start] if start < len(row) else "" for row in rows])
    position = columns["pos"]
    coords = np.array([_row_position(row, position) for row in rows])
    structure = Structure(matrix, symbols, coords, coords_are_cartesian=True)
    notes = (*notes, *periodicity_notes(_pbc(comment)))
    return ParsedStructure(structure, f"frame {frame}", notes, _pressure(comment))


def _pressure(comment: str) -> FilePressure | None:
    """Return the pressure of a key, in GPa as ASE writes that of a RES file, or of the words."""
    key = PRESSURE.search(comment)
    if key and np.isfinite(value := number(key[2])):
        return FilePressure(value, KEY)
    return pressure_in(comment, COMMENT)


def _lattice(comment: str) -> FloatArray:
    if re.search(r"(?<![\w.-])units?\s*=\s*[\"']?(bohr|au|a\.u\.)", comment, re.I):
        raise StructureError("gives its lengths in bohr; extended XYZ has Å: convert them")
    found = LATTICE.search(comment)
    words = next(filter(None, found.groups()), "").replace(",", " ").split() if found else []
    values = np.array([number(word.strip("[]")) for word in words])
    if len(values) != 9 or not np.isfinite(values).all():
        raise StructureError(
            "has no lattice: a plain XYZ file describes a molecule;"
            ' write Lattice="ax ay az bx by bz cx cy cz" in line 2, or give a CIF or POSCAR'
        )
    return values.reshape(3, 3)


def _columns(comment: str) -> dict[str, int]:
    """Return the first column of each property by its name."""
    found = PROPERTIES.search(comment)
    words = (found["columns"] if found else DEFAULT_COLUMNS).split(":")
    columns, start = {}, 0
    for name, width in zip(words[::3], words[2::3], strict=False):
        columns[name.lower()] = start
        if not re.fullmatch(r"[1-9]\d{0,2}", width):
            raise StructureError(
                f"has {shortened(':'.join(words))!r} as its columns; expected a width such as 1 or"
                " 3 for each: correct Properties in line 2"
            )
        start += int(width)
    return columns


def _row_position(row: list[str], column: int) -> list[float]:
    values = [number(word) for word in row[column : column + 3]]
    if len(values) != 3 or not np.isfinite(values).all():
        raise StructureError(
            f"has {shortened(' '.join(row))!r} as a row of atoms; expected an element and three"
            " coordinates (Å): correct it"
        )
    return values


def _symbols(labels: list[str]) -> tuple[list[str], tuple[str, ...]]:
    readings = {label: _element(label) for label in dict.fromkeys(labels)}
    notes = (note for _, note in readings.values() if note)
    return [readings[label][0] for label in labels], tuple(dict.fromkeys(notes))


def _element(label: str) -> tuple[str, str | None]:
    """Return the element of a symbol, label or atomic number."""
    if re.fullmatch(r"\d{1,3}", label) and 1 <= int(label) <= len(ELEMENTS):
        return ELEMENTS[int(label) - 1], None
    return element_from_label(label)


def _pbc(comment: str) -> list[bool]:
    """Return along which vectors the structure is periodic, along all where it does not say."""
    found = PBC.search(comment)
    text = next(filter(None, found.groups()), "").strip() if found else ""
    words = list(text) if re.fullmatch(r"[TF]{3}", text, re.I) else re.split(r"[\s,]+", text)
    flags = [word.upper() in ("T", "TRUE", "1") for word in words]
    if not text:
        return [True] * 3
    return flags * 3 if len(flags) == 1 else flags


def periodicity_notes(pbc: list[bool]) -> tuple[str, ...]:
    """Return a note where a structure is no crystal in all directions.

    Raises
    ------
    StructureError
        It is periodic in no direction: a molecule.
    """
    if all(pbc):
        return ()
    flags = " ".join("T" if flag else "F" for flag in pbc)
    if not any(pbc):
        raise StructureError(
            f'is a molecule or cluster: it says pbc="{flags}", periodic in no direction;'
            ' give a crystal, or write pbc="T T T" if it is one'
        )
    kind = "slab" if sum(pbc) == 2 else "chain"
    return (
        f'The file says pbc="{flags}": a {kind}, not periodic in all directions. It is taken as a'
        " crystal that repeats along all three vectors, its vacuum included.",
    )
