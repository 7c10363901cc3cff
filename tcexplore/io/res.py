"""Structures from RES files of AIRSS and SHELX, by pymatgen."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.stated_pressure import TITLE, FilePressure
from tcexplore.io.text import (
    leading_numbers,
    number,
    require_site_count,
    require_structure_count,
    shortened,
)

if TYPE_CHECKING:
    from pymatgen.io.res import Ion

RES_ASIDE = {
    "TITL", "REM", "LATT", "ZERR", "UNIT", "FVAR", "HKLF", "L.S.", "CGLS", "BOND", "FMAP", "PLAN",
    "WGHT", "TEMP", "SIZE", "ACTA", "LIST", "CONF", "PART", "AFIX", "MERG", "OMIT", "ANIS", "EXTI",
    "SHEL", "DISP", "MORE", "TWIN", "BASF", "SWAT", "DELU", "SIMU", "RIGU", "EADP", "EXYZ", "HTAB",
}  # fmt: skip
"""Instructions of RES files that say nothing of the crystal."""
AIRSS_TITLE = re.compile(
    r"(?m)^TITL[ \t]+\S+" + 6 * r"[ \t]+(\S+)" + r"[ \t]+\([^)\n]*\)[ \t]+n[ \t]+-[ \t]+\d+"
)
"""Name, pressure (GPa), volume (Å³), enthalpy, two spins, atoms (space group) n - copies."""
SAME_VOLUME = 0.01  # of the volume


def res_structures(text: str) -> list[ParsedStructure]:
    """Return the structures of RES files of AIRSS, one or many in a row.

    Raises
    ------
    StructureError
        It is a SHELX file whose symmetry operations would be left out.
    """
    parts = [
        part for part in re.split(r"(?m)^END\b[^\n]*$", text) if re.search(r"(?m)^CELL\s", part)
    ]
    require_structure_count(len(parts))
    return [_res_structure(part.strip("\n") + "\nEND\n", n) for n, part in enumerate(parts, 1)]


def _res_structure(text: str, count: int) -> ParsedStructure:
    from pymatgen.io.res import ResParser

    _refuse_symmetry(text)
    text = re.sub(r"=[ \t]*\n", " ", re.sub(r"!.*", "", text))  # lines that go on in the next one
    title = re.search(r"(?m)^TITL[ \t]+(\S+)", text)
    lines = [line.split() for line in text.split("\n")]
    kept = [" ".join(line[:8] if line[0] == "CELL" else line if line[0] == "SFAC" else line[:6])
            for line in lines if line and line[0].upper() not in RES_ASIDE]  # fmt: skip
    _refuse_unknown_lines(kept)
    res = ResParser._parse_str("\n".join(kept))
    require_site_count(len(res.SFAC.ions))
    notes: list[str] = []
    species = [_ion_species(ion, res.SFAC.species, notes) for ion in res.SFAC.ions]
    cell = res.CELL
    lattice = Lattice.from_parameters(cell.a, cell.b, cell.c, cell.alpha, cell.beta, cell.gamma)
    structure = Structure(lattice, species, [ion.pos for ion in res.SFAC.ions])
    label = title[1] if title else f"structure {count}"
    return ParsedStructure(structure, label, tuple(notes), _title_pressure(text, lattice.volume))


def _title_pressure(text: str, volume: float) -> FilePressure | None:
    """Return the pressure in a title of AIRSS, None in any other or one of another cell."""
    title = AIRSS_TITLE.search(text)
    values = [number(word) for word in title.groups()] if title else [math.nan]
    if not np.isfinite(values).all() or abs(values[1] / volume - 1) > SAME_VOLUME:
        return None
    return FilePressure(values[0], TITLE)


def _refuse_unknown_lines(lines: Sequence[str]) -> None:
    """Raise where a line is no instruction and no atom, rather than leave it out."""
    for line in lines:
        words = line.split()
        if words[0] in ("CELL", "SFAC", "END"):
            continue
        if (
            len(words) < 6
            or not words[1].isdigit()
            or len(leading_numbers(line[len(words[0]) :])) < 5
        ):
            raise StructureError(
                f"has {shortened(line)!r} as a line; expected an atom's name, the number of its"
                " species, three coordinates and an occupancy: correct it"
            )


def _refuse_symmetry(text: str) -> None:
    """Raise where a RES file lists a part of its atoms alone, or may do so."""
    centring = re.search(r"(?m)^LATT\s+(\S+)", text)
    if re.search(r"(?m)^SYMM\b", text) or (centring and centring[1] != "-1"):
        raise StructureError(
            "is a SHELX file with symmetry operations (LATT, SYMM), which are read from CIFs alone;"
            " give the CIF of this structure"
        )
    if not centring:
        raise StructureError("has no line 'LATT -1', so its symmetry is not known; add it")


def _ion_species(ion: Ion, symbols: Sequence[str], notes: list[str]) -> dict[str, float]:
    """Return the occupancy of a site in a RES file, where 11 stands for a 1 that is fixed."""
    if not 1 <= ion.specie_num <= len(symbols):
        raise StructureError(
            f"has the species number {ion.specie_num} at {shortened(ion.specie)!r}; expected 1 to"
            f" {len(symbols)}, as SFAC lists: correct it"
        )
    symbol, note = element_from_label(symbols[ion.specie_num - 1])
    notes += [note] if note else []
    if re.fullmatch(r"Q\d+", ion.specie):
        raise StructureError(
            f"lists the density peak {ion.specie!r} of a refinement among its atoms; remove it"
        )
    bare = re.sub(r"\d.*$", "", ion.specie)
    if bare in ELEMENTS and bare != symbol:
        raise StructureError(
            f"calls an atom {ion.specie} whose number stands for {symbol} in SFAC; make them agree"
        )
    occupancy = ion.occupancy - 10 if ion.occupancy > 10 else ion.occupancy
    if not 0 < occupancy <= 1:
        raise StructureError(
            f"has the occupancy {ion.occupancy:g} at {shortened(ion.specie)!r}; expected above 0 to"
            " 1, or 10 more where it is fixed: correct it"
        )
    return {symbol: occupancy}
