"""POSCAR and CONTCAR, the structure files of VASP."""

from __future__ import annotations

import re

from tcexplore.parsing.cell import (
    ParsedCell,
    ParseError,
    determinant,
    fractional,
    numbers,
    require_site_count,
    shortened,
)

SYMBOL = re.compile(r"[A-Z][a-z]?$")


def looks_like_poscar(lines: list[str]) -> bool:
    """Tell whether line 2 is a scale and lines 3 to 5 are vectors."""
    try:
        for line in lines[1:5]:
            [float(word) for word in line.split()[:3]]
    except ValueError:
        return False
    return len(lines) > 5 and all(len(line.split()) >= 3 for line in lines[2:5])


def parse_poscar(text: str, *, max_sites: int) -> ParsedCell:
    """Return the cell of a POSCAR, with element symbols in line 6, line 1 or after the sites."""
    lines = text.split("\n", 2 * max_sites + 20)
    if len(lines) < 8:
        raise ParseError(f"has {len(lines)} lines; expected a whole POSCAR (8 lines or more)")
    matrix, scales = _lattice(lines)
    counts, symbols, rest = _composition(lines, max_sites)
    cartesian, rows = _site_rows(rest, sum(counts))
    coords = [numbers(row.split(), what=f"site {i}") for i, row in enumerate(rows, start=1)]
    if cartesian:
        scaled = [[x * s for x, s in zip(row, scales, strict=True)] for row in coords]
        coords = fractional(matrix, scaled)
    names = [s for s, n in zip(symbols, counts, strict=True) for _ in range(n)] if symbols else []
    names = names or [_trailing_symbol(row) for row in rows]
    return ParsedCell(matrix, [{name: 1.0} for name in names], coords)


def _lattice(lines: list[str]) -> tuple[list[list[float]], list[float]]:
    """Return the scaled lattice (Å) and the scale along x, y and z."""
    vectors = [numbers(line.split(), what="a lattice vector") for line in lines[2:5]]
    words = lines[1].split()
    scales = numbers(words, what="the scale in line 2", count=3 if len(words) >= 3 else 1)
    if len(scales) == 1 and scales[0] < 0:  # the volume of the cell in Å³
        volume = abs(determinant(vectors))
        if volume == 0:
            raise ParseError("has lattice vectors that span no volume; correct the lattice")
        scales = [(-scales[0] / volume) ** (1 / 3)]
    scales = scales * 3 if len(scales) == 1 else scales
    if min(scales) <= 0:
        raise ParseError(f"has the scale {min(scales):g} in line 2; expected a number above 0")
    return [[x * s for x, s in zip(v, scales, strict=True)] for v in vectors], scales


def _composition(lines: list[str], max_sites: int) -> tuple[list[int], list[str], list[str]]:
    """Return the number and symbol of each kind of atom, and the lines that follow."""
    words, rest = lines[5].split(), lines[6:]
    named = bool(words) and words[0][0].isalpha()
    symbols = [re.split(r"[_/]", word)[0] for word in words] if named else []
    if named:
        words, rest = rest[0].split(), rest[1:]
    counts = [_count(word) for word in words]
    require_site_count(sum(counts), max_sites=max_sites)
    if not named:
        first = lines[0].split()
        symbols = first if len(first) == len(counts) and all(map(SYMBOL.match, first)) else []
    if symbols and len(symbols) != len(counts):
        raise ParseError(
            f"names {len(symbols)} elements but gives {len(counts)} numbers of atoms;"
            " make lines 6 and 7 agree"
        )
    return counts, symbols, rest


def _count(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", word):
        raise ParseError(f"gives {shortened(word)!r} as a number of atoms; expected 1, 2, ...")
    return int(word)


def _site_rows(lines: list[str], count: int) -> tuple[bool, list[str]]:
    """Return whether the sites are in Å, and their lines."""
    if lines and lines[0].strip()[:1] in ("S", "s"):  # selective dynamics
        lines = lines[1:]
    if len(lines) < count + 1:
        raise ParseError(
            f"announces {count} atoms but lists {max(len(lines) - 1, 0)}; the file is cut short"
        )
    mode = lines[0].strip()[:1]
    if mode not in tuple("CcKkDd"):
        raise ParseError(f"has {shortened(lines[0])!r} where 'Direct' or 'Cartesian' was expected")
    return mode in tuple("CcKk"), lines[1 : count + 1]


def _trailing_symbol(row: str) -> str:
    words = [word for word in row.split()[3:] if word not in ("T", "F")]
    if not words or not SYMBOL.match(words[0]):
        raise ParseError("names no elements; write their symbols in line 6, such as 'Mg B'")
    return words[0]
