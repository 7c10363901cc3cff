"""Structures from files of calculations: AIRSS, XSF, vasprun.xml and Quantum ESPRESSO, by ASE and
pymatgen.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.text import require_site_count, require_structure_count, shortened
from tcexplore.io.xyz import periodicity_notes


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

    centring = re.search(r"(?m)^LATT\s+(\S+)", text)
    if re.search(r"(?m)^SYMM\b", text) or (centring and centring[1] != "-1"):
        raise StructureError(
            "is a SHELX file with symmetry operations (LATT, SYMM), which are read from CIFs alone;"
            " give the CIF of this structure"
        )
    if not centring:
        raise StructureError("has no line 'LATT -1', so its symmetry is not known; add it")
    text = "\n".join(re.sub(r"[!].*", "", line) for line in text.split("\n"))
    res = ResParser._parse_str(text)
    ions = res.SFAC.ions
    require_site_count(len(ions))
    notes: list[str] = []
    species = []
    for ion in ions:
        if not 1 <= ion.specie_num <= len(res.SFAC.species):
            raise StructureError(
                f"has the species number {ion.specie_num} at {shortened(ion.specie)!r}; expected 1"
                f" to {len(res.SFAC.species)}, as SFAC lists: correct it"
            )
        symbol, note = element_from_label(res.SFAC.species[ion.specie_num - 1])
        notes += [note] if note else []
        occupancy = ion.occupancy - 10 if ion.occupancy > 10 else ion.occupancy  # 11: fixed at 1
        species.append({symbol: occupancy})
    cell = res.CELL
    lattice = Lattice.from_parameters(cell.a, cell.b, cell.c, cell.alpha, cell.beta, cell.gamma)
    title = re.search(r"(?m)^TITL[ \t]+(\S+)", text)
    structure = Structure(lattice, species, [ion.pos for ion in ions])
    return ParsedStructure(structure, title[1] if title else f"structure {count}", tuple(notes))


def xsf_structures(text: str) -> list[ParsedStructure]:
    """Return the structure of each step of an XSF or AXSF file.

    Raises
    ------
    StructureError
        It is a molecule.
    """
    if re.search(r"(?m)^\s*(MOLECULE|ATOMS)\b", text) and "PRIMVEC" not in text:
        raise StructureError("is a molecule, without PRIMVEC; give a crystal")
    head, _, _ = text.partition("BEGIN_BLOCK_DATAGRID")
    lines = [re.sub(r"^(\s*)(PRIMVEC|PRIMCOORD|CONVVEC)\s+\d+\s*$", r"\1\2", line)
             for line in head.split("\n") if not re.match(r"\s*(CONVCOORD)\b", line)]  # fmt: skip
    if not re.search(r"(?m)^\s*(CRYSTAL|SLAB|POLYMER|MOLECULE)\b", head):
        lines.insert(0, "CRYSTAL")
    return _atoms_structures(_ase_read("\n".join(lines), "xsf", ":"), "step")


def vasprun_structures(text: str) -> list[ParsedStructure]:
    """Return the last structure of a vasprun.xml: its steps are one history of one crystal.

    Raises
    ------
    StructureError
        The file defines entities.
    """
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise StructureError("defines XML entities, as no vasprun.xml does; give the file of VASP")
    return _last(_ase_read(text, "vasp-xml", ":"))


def espresso_input_structures(text: str) -> list[ParsedStructure]:
    """Return the structure of an input of Quantum ESPRESSO's pw.x.

    Raises
    ------
    StructureError
        The lattice is given by ``ibrav`` and not by its vectors.
    """
    ibrav = re.search(r"(?i)\bibrav\s*=\s*(-?\d+)", text)
    if ibrav and int(ibrav[1]) != 0:
        raise StructureError(
            f"gives its lattice by ibrav = {ibrav[1]}; expected ibrav = 0 and CELL_PARAMETERS:"
            " write the lattice vectors, or give a CIF"
        )
    if re.search(r"(?im)^\s*ATOMIC_POSITIONS.*crystal_sg|^\s*space_group\s*=", text):
        raise StructureError(
            "lists the atoms of a space group (crystal_sg); list all atoms of the cell, or give a CIF"
        )
    return _atoms_structures(_ase_read(text, "espresso-in", 0), "structure")


def espresso_output_structures(text: str) -> list[ParsedStructure]:
    """Return the last structure of an output of Quantum ESPRESSO's pw.x."""
    return _last(_ase_read(text, "espresso-out", ":", results_required=False))


def _ase_read(text: str, kind: str, index: str | int, **options: Any) -> list[Any]:
    from ase.io import read

    atoms = read(io.StringIO(text), format=kind, index=index, **options)
    images = atoms if isinstance(atoms, list) else [atoms]
    if not images:
        raise StructureError("holds no structure; check that the file is whole")
    return images


def _last(images: Sequence[Any]) -> list[ParsedStructure]:
    """Return the last structure of a calculation, with a note where it has several."""
    [parsed] = _atoms_structures(images[-1:], "structure")
    if len(images) == 1:
        return [parsed]
    note = f"The file holds {len(images)} steps of one calculation; the last structure was used."
    return [ParsedStructure(parsed.structure, parsed.label, (note, *parsed.notes))]


def _atoms_structures(images: Sequence[Any], name: str) -> list[ParsedStructure]:
    require_structure_count(len(images))
    structures = []
    for number, atoms in enumerate(images, start=1):
        require_site_count(len(atoms))
        notes = periodicity_notes([bool(flag) for flag in atoms.pbc])
        symbols = atoms.get_chemical_symbols()
        if "X" in symbols:
            raise StructureError(
                "holds a dummy atom (X or number 0); remove it or name its element"
            )
        structure = Structure(
            np.array(atoms.cell), symbols, atoms.positions, coords_are_cartesian=True
        )
        structures.append(ParsedStructure(structure, f"{name} {number}", notes))
    return structures
