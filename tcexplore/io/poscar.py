"""Structures from VASP's files: POSCAR, CONTCAR, CHGCAR, XDATCAR and gathered POSCARs.

Written by hand, because the libraries guess elements that a file does not name, take the scale of
Cartesian coordinates wrongly where it is a volume, and read the first structure of several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.stated_pressure import TITLE, pressure_in
from tcexplore.io.text import (
    leading_numbers,
    require_site_count,
    require_structure_count,
    shortened,
)
from tcexplore.typing import FloatArray

CONFIGURATION = re.compile(r"\s*(?:direct|cartesian)\s+configuration", re.IGNORECASE)
COUNTS = re.compile(r"\s*\d{1,12}(?:\s+\d{1,12})*\s*(?:[!#].*)?$")
MOST_HEADER_LINES = 20
DIRECT, CARTESIAN = "dDfF", "cCkK"
FLAGS = {"T", "F", ".TRUE.", ".FALSE."}


@dataclass(frozen=True)
class PoscarHeader:
    """All that stands before the coordinates."""

    title: str
    matrix: FloatArray
    """(Å) Lattice vectors as rows, shape (3, 3)."""
    scale: FloatArray
    """Of the Cartesian components, shape (3,)."""
    labels: tuple[str, ...]
    """One for each count; empty in a file of VASP 4."""
    counts: tuple[int, ...]
    end: int
    """Index of the first line behind the counts."""


def poscar_structures(text: str) -> list[ParsedStructure]:
    """Return all structures of a POSCAR, CONTCAR, CHGCAR, XDATCAR or of several POSCARs in a row.

    Velocities, charge densities and the rest behind the coordinates are left aside.

    Raises
    ------
    StructureError
        An element is not named, or a line is not as VASP writes it.
    """
    lines = text.split("\n")
    structures: list[ParsedStructure] = []
    header, index = _header(lines, 0), 0
    while header is not None:
        index = header.end if header.end > index else index
        parsed, index = _read_coordinates(lines, header, index, len(structures))
        structures.append(parsed)
        require_structure_count(len(structures))
        header, index = _next_header(lines, header, index)
    return structures


def _next_header(
    lines: Sequence[str], header: PoscarHeader, index: int
) -> tuple[PoscarHeader | None, int]:
    """Return the next structure's header and the index of its first line; None at the end."""
    for number, line in enumerate(lines[index:], start=index):
        if CONFIGURATION.match(line):
            return header, number
        if _starts_structure(lines, number):
            following = _header(lines, number)
            return following, number
    return None, len(lines)


def _starts_structure(lines: Sequence[str], index: int) -> bool:
    """Tell whether a further POSCAR begins here: symbols in line 6, or numbers and 'Direct'."""
    head = lines[index : index + 7]
    if len(head) < 7 or len(leading_numbers(head[1])) not in (1, 2, 3):
        return False
    vectors = all(len(leading_numbers(line)) >= 3 for line in head[2:5])
    of_vasp_4 = bool(COUNTS.match(head[5])) and bool(re.match(r"\s*[sSdDcCkK]", head[6]))
    return vectors and (of_vasp_4 or bool(re.match(r"\s*[A-Za-z]", head[5])))


def _header(lines: Sequence[str], start: int) -> PoscarHeader:
    if len(lines) < start + 6:
        raise StructureError("ends before its lattice and atoms; check that the file is whole")
    scales = leading_numbers(lines[start + 1])
    if len(scales) not in (1, 3):
        raise _line_error(lines, start + 1, "one scale factor, or three")
    vectors = [leading_numbers(line)[:3] for line in lines[start + 2 : start + 5]]
    for offset, vector in enumerate(vectors, start=2):
        if len(vector) != 3:
            raise _line_error(lines, start + offset, "a lattice vector of three numbers")
    matrix = np.array(vectors)
    scale = _scale(scales, matrix)
    labels, counts, end = _labels_and_counts(lines, start + 5)
    return PoscarHeader(lines[start], matrix * scale, scale, labels, counts, end)


def _scale(scales: list[float], matrix: FloatArray) -> FloatArray:
    """Return the factor of each component; a negative number is the cell's volume (Å³)."""
    volume = abs(np.linalg.det(matrix))
    if len(scales) == 1 and scales[0] < 0 and volume > 0:
        return np.full(3, (-scales[0] / volume) ** (1 / 3))
    if min(scales) <= 0:
        raise StructureError(
            f"has the scale {' '.join(f'{value:g}' for value in scales)}; expected one number that"
            " is not 0, or three above 0"
        )
    return np.array(scales * 3 if len(scales) == 1 else scales)


def _labels_and_counts(
    lines: Sequence[str], start: int
) -> tuple[tuple[str, ...], tuple[int, ...], int]:
    """Return labels and numbers of atoms, each of which may go over several lines."""
    labels: list[str] = []
    counts: list[int] = []
    index = start
    while index < min(len(lines), start + MOST_HEADER_LINES) and re.match(
        r"\s*[A-Za-z]", lines[index]
    ):
        labels += re.split(r"[!#]", lines[index])[0].split()
        index += 1
    while index < min(len(lines), start + 2 * MOST_HEADER_LINES) and COUNTS.match(lines[index]):
        counts += [int(word) for word in re.split(r"[!#]", lines[index])[0].split()]
        index += 1
    if not counts:
        raise _line_error(lines, index, "the number of atoms of each element")
    require_site_count(sum(counts))
    if labels and len(labels) != len(counts):
        raise StructureError(
            f"names {len(labels)} elements but {len(counts)} numbers of atoms; make them agree"
        )
    return tuple(labels), tuple(counts), index


def _read_coordinates(
    lines: Sequence[str], header: PoscarHeader, index: int, n_before: int
) -> tuple[ParsedStructure, int]:
    """Return the structure whose coordinates begin at a line, and the index of the line behind."""
    selective = bool(re.match(r"\s*[sS]", lines[index])) if index < len(lines) else False
    index += selective
    mode = lines[index].strip()[:1] if index < len(lines) else ""
    if mode not in DIRECT + CARTESIAN or not mode:
        raise _line_error(lines, index, "'Direct' or 'Cartesian'")
    count = sum(header.counts)
    rows = lines[index + 1 : index + 1 + count]
    require_site_count(count, listed=sum(bool(row.strip()) for row in rows))
    coords = np.array([_coordinates(lines, index + 1 + row) for row in range(count)])
    symbols, notes = _symbols(header, [_row_label(row, selective=selective) for row in rows])
    cartesian = mode in CARTESIAN
    structure = Structure(
        header.matrix, symbols, coords * header.scale if cartesian else coords,
        coords_are_cartesian=cartesian,
    )  # fmt: skip
    label = _label(header, lines[index], n_before)
    _refuse_surplus_row(lines, index + 1 + count, count)
    pressure = pressure_in(header.title, TITLE)
    return ParsedStructure(structure, label, notes, pressure), index + 1 + count


def _refuse_surplus_row(lines: Sequence[str], index: int, count: int) -> None:
    """Raise where a row of coordinates follows the last atom that was announced."""
    is_row = index < len(lines) and len(leading_numbers(lines[index])) >= 3
    if is_row and not _starts_structure(lines, index):
        raise StructureError(
            f"announces {count} atoms but lists more: {shortened(lines[index])!r} follows in line"
            f" {index + 1}; correct the numbers of atoms, or put a blank line before velocities"
        )


def _label(header: PoscarHeader, mode_line: str, n_before: int) -> str:
    if CONFIGURATION.match(mode_line):
        return f"configuration {n_before + 1}"
    return shortened(header.title) or f"structure {n_before + 1}"


def _coordinates(lines: Sequence[str], index: int) -> list[float]:
    values = leading_numbers(lines[index])[:3]
    if len(values) != 3:
        raise _line_error(lines, index, "three coordinates")
    return values


def _row_label(row: str, *, selective: bool) -> str:
    """Return the element that a row of coordinates names behind them, empty where it names none."""
    words = re.split(r"[!#]", row)[0].split()[3:]
    if len(words) >= 3 and (selective or FLAGS.issuperset(word.upper() for word in words[:3])):
        words = words[3:]
    return words[0] if words and re.match(r"[A-Z]", words[0]) else ""


def _symbols(header: PoscarHeader, row_labels: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the element of each atom: of line 6, else behind the coordinates, else of line 1."""
    if header.labels:
        symbols, notes = _elements(header.labels)
        each = [symbol for symbol, n in zip(symbols, header.counts, strict=True) for _ in range(n)]
        _require_same_elements(each, row_labels)
        return each, notes
    if all(row_labels):
        return _elements(row_labels)
    words = header.title.split()
    if len(words) == len(header.counts) and all(word in ELEMENTS for word in words):
        note = (
            f"The file names no elements in line 6; those of line 1 were used: {' '.join(words)}."
        )
        return [w for w, n in zip(words, header.counts, strict=True) for _ in range(n)], (note,)
    raise StructureError(
        "names no elements: it is a file of VASP 4; write their symbols into a line of their own"
        f" above the line of the numbers {' '.join(map(str, header.counts[:8]))}"
    )


def _elements(labels: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    symbols, notes = [], []
    for label in labels:
        bare = re.sub(r"(?<=[A-Za-z])(?:_[^/]*)?(?:/.*)?$", "", label)
        pseudo_hydrogen = re.match(r"H\d*\.\d+", label)
        symbol, note = element_from_label("H" if pseudo_hydrogen else bare)
        symbols.append(symbol)
        if pseudo_hydrogen:
            note = f"The pseudo-hydrogen {shortened(label)} is read as hydrogen."
        notes += [note] if note else []
    return symbols, tuple(dict.fromkeys(notes))


def _require_same_elements(symbols: Sequence[str], row_labels: Sequence[str]) -> None:
    """Raise where rows of coordinates name other elements than line 6 does."""
    for number, (symbol, label) in enumerate(zip(symbols, row_labels, strict=True), start=1):
        bare = re.sub(r"[\d+-].*$", "", label)
        if bare in ELEMENTS and bare != symbol:
            raise StructureError(
                f"names {symbol} above the numbers of atoms, but {label!r} behind the coordinates"
                f" of atom {number}; make them agree"
            )


def _line_error(lines: Sequence[str], index: int, expected: str) -> StructureError:
    line = shortened(lines[index]) if index < len(lines) else "the end of the file"
    return StructureError(f"has {line!r} in line {index + 1}; expected {expected}: correct it")
