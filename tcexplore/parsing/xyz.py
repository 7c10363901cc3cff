"""Extended XYZ: an XYZ file whose second line holds ``Lattice="..."``."""

from __future__ import annotations

import re

from tcexplore.parsing.cell import (
    ParsedCell,
    ParseError,
    fractional,
    numbers,
    require_site_count,
    shortened,
)

LATTICE = re.compile(r"""\blattice\s{0,9}=\s{0,9}["'{\[]([^"'}\]]*)""", re.IGNORECASE)
COUNT = re.compile(r"\s{0,9}[0-9]{1,15}\s{0,9}")
PROPERTIES = re.compile(r"""\bproperties\s{0,9}=\s{0,9}["']?([\w:.-]+)""", re.IGNORECASE)


def looks_like_xyz(lines: list[str]) -> bool:
    """Tell whether line 1 is a number of atoms and line 3 an atom."""
    return len(lines) > 2 and COUNT.fullmatch(lines[0]) is not None


def parse_xyz(text: str, *, max_sites: int) -> ParsedCell:
    """Return the cell of the first frame of an extended XYZ file."""
    lines = text.split("\n", max_sites + 3)
    if not COUNT.fullmatch(lines[0]):
        raise ParseError(f"begins with {shortened(lines[0])!r}; expected the number of atoms")
    count = int(lines[0])
    if len(lines) < 3:
        raise ParseError(f"has {len(lines)} lines; expected the atoms from line 3 on: complete it")
    require_site_count(count, max_sites=max_sites)
    matrix = _lattice(lines[1])
    rows = [line.split() for line in lines[2 : count + 2] if line.strip()]
    if len(rows) < count:
        raise ParseError(f"announces {count} atoms but lists {len(rows)}; the file is cut short")
    symbol, first = _columns(lines[1])
    cart_coords = [numbers(row[first:], what=f"site {i}") for i, row in enumerate(rows, start=1)]
    species = [{_symbol(row, symbol): 1.0} for row in rows]
    later = any(line.strip() for line in lines[count + 2 :])
    warnings = ("The file holds several frames: the first is used.",) if later else ()
    return ParsedCell(matrix, species, fractional(matrix, cart_coords), warnings)


def _lattice(comment: str) -> list[list[float]]:
    """Return the lattice (Å); rows are the lattice vectors."""
    found = LATTICE.search(comment[:100_000])
    if found is None:
        raise ParseError(
            "has no lattice: a plain XYZ file describes a molecule;"
            ' write Lattice="ax ay az bx by bz cx cy cz" in line 2, or give a CIF or POSCAR'
        )
    values = numbers(found[1].replace(",", " ").split(), what="the lattice", count=9)
    return [values[0:3], values[3:6], values[6:9]]


def _columns(comment: str) -> tuple[int, int]:
    """Return the columns of the element symbol and of the first coordinate."""
    found = PROPERTIES.search(comment[:100_000])
    words = (found[1] if found else "species:S:1:pos:R:3").split(":")
    names, widths = words[0::3], words[2::3]
    if "species" not in names or "pos" not in names or not all(w.isdigit() for w in widths):
        raise ParseError(
            f"has Properties={shortened(':'.join(words))}; expected species:S:1:pos:R:3 in it"
        )
    starts = [sum(map(int, widths[:i])) for i in range(len(names))]
    return starts[names.index("species")], starts[names.index("pos")]


def _symbol(row: list[str], column: int) -> str:
    if column >= len(row):
        raise ParseError(f"has the line {shortened(' '.join(row))!r} without an element symbol")
    return row[column]
