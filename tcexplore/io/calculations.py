"""Structures from XSF and Quantum ESPRESSO files, by ASE."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.text import (
    number,
    require_site_count,
    require_structure_count,
    shortened,
)
from tcexplore.io.vasprun import steps_notes
from tcexplore.io.xyz import periodicity_notes

if TYPE_CHECKING:
    from ase import Atoms

BOHR = 0.52917720859  # Å, of CODATA 2006 as in Quantum ESPRESSO


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
    _require_whole_primcoord(head)
    lines = [re.sub(r"^(\s*)(PRIMVEC|PRIMCOORD|CONVVEC)\s+\d+\s*$", r"\1\2", line)
             for line in head.split("\n") if not re.match(r"\s*(CONVCOORD)\b", line)]  # fmt: skip
    if not re.search(r"(?m)^\s*(CRYSTAL|SLAB|POLYMER|MOLECULE)\b", head):
        lines.insert(0, "CRYSTAL")
    return _atoms_structures(_ase_read("\n".join(lines), "xsf", ":"), "step")


def _require_whole_primcoord(text: str) -> None:
    """Raise where more or fewer atoms follow PRIMCOORD than it announces."""
    for part in re.split(r"(?m)^\s*PRIMCOORD\b.*\n", text)[1:]:
        lines = [line.split() for line in part.split("\n") if line.strip(" \t#")]
        counts = lines[0] if lines else ["nothing"]
        if not re.fullmatch(r"\d{1,9}", counts[0]):
            raise StructureError(
                f"has {shortened(' '.join(counts))!r} behind PRIMCOORD; expected a number of atoms"
            )
        rows = [len(line) >= 4 and not math.isnan(number(line[1])) for line in lines[1:]]
        listed = rows.index(False) if False in rows else len(rows)
        if listed != int(counts[0]):
            raise StructureError(
                f"announces {counts[0]} atoms behind PRIMCOORD but lists {listed}; make them agree"
            )


def espresso_input_structures(text: str) -> list[ParsedStructure]:
    """Return the structure of an input of Quantum ESPRESSO's pw.x.

    Raises
    ------
    StructureError
        The lattice is given by ``ibrav`` and not by its vectors.
    """
    text = re.sub(r"(?m)^\s*#.*|!.*", "", text)
    text = re.sub(r"(?im)(^|[\s,])A\s*=\s*([-+.\ded]+)", _bohr_parameter, text)
    ibrav = re.search(r"(?i)\bibrav\s*=\s*(-?\d+)", text)
    if ibrav and int(ibrav[1]) != 0:
        raise StructureError(
            f"gives its lattice by ibrav = {ibrav[1]}; expected ibrav = 0 and CELL_PARAMETERS:"
            " write the lattice vectors, or give a CIF"
        )
    if re.search(r"(?im)^\s*ATOMIC_POSITIONS.*crystal_sg|^\s*space_group\s*=", text):
        raise StructureError(
            "lists the atoms of a space group (crystal_sg); list all atoms of the cell, or give"
            " a CIF"
        )
    atoms = _ase_read(text, "espresso-in", 0)
    _require_labels(_position_labels(text), atoms[0])
    return _atoms_structures(atoms, "structure")


def _bohr_parameter(parameter: re.Match[str]) -> str:
    """Return ``celldm(1)`` (bohr) in the place of ``A`` (Å), which ASE's reader does not see."""
    return f"{parameter[1]}celldm(1) = {number(parameter[2]) / BOHR:.12g}"


def _position_labels(text: str) -> list[str]:
    """Return the labels of the atoms in the card ATOMIC_POSITIONS."""
    _, _, card = re.split(r"(?im)^(\s*ATOMIC_POSITIONS)", text, maxsplit=1)
    rows = [line.split() for line in card.split("\n")[1:] if line.strip()]
    ends = [len(row) < 4 or math.isnan(number(row[1].lstrip("("))) for row in rows]
    return [row[0] for row in rows[: ends.index(True) if True in ends else None]]


def espresso_output_structures(text: str) -> list[ParsedStructure]:
    """Return the last structure of an output of Quantum ESPRESSO's pw.x.

    Raises
    ------
    StructureError
        A cell is not beside its positions, or a label names no element.
    """
    lines = text.split("\n")
    for line, text_line in enumerate(lines):
        if "CELL_PARAMETERS" in text_line and "ATOMIC_POSITIONS" not in "".join(
            lines[line + 5 : line + 6]
        ):
            raise StructureError(
                f"has CELL_PARAMETERS in line {line + 1} without ATOMIC_POSITIONS behind them;"
                " check that the file is whole"
            )
    images = _ase_read(text, "espresso-out", ":", results_required=False)
    _require_labels(re.findall(r"(?m)^\s*\d+\s+(\S+)\s+tau\(", text)[: len(images[0])], images[0])
    return _last(images)


def _require_labels(labels: Sequence[str], atoms: Atoms) -> None:
    """Raise where Quantum ESPRESSO's labels of atoms are not surely the elements that ASE read."""
    symbols = atoms.get_chemical_symbols()
    if len(labels) != len(symbols):
        raise StructureError(
            f"announces {len(symbols)} atoms (nat) but lists {len(labels)}; make them agree"
        )
    for label, symbol in zip(labels, symbols, strict=True):
        named, _ = element_from_label(re.sub(r"(?<=[A-Za-z])[-_]\w*$", "", label))
        if named != symbol:
            raise StructureError(
                f"calls an atom {shortened(label)!r}, which may be {named} or {symbol}; write a"
                " symbol such as 'Fe' or 'Fe1'"
            )


def _ase_read(text: str, kind: str, index: str | int, **options: bool) -> list[Atoms]:
    from ase.io import read

    atoms = read(io.StringIO(text), format=kind, index=index, **options)
    images = atoms if isinstance(atoms, list) else [atoms]
    if not images:
        raise StructureError("holds no structure; check that the file is whole")
    return images


def _last(images: Sequence[Atoms]) -> list[ParsedStructure]:
    """Return the last structure of a calculation, with a note where it has several."""
    [parsed] = _atoms_structures(images[-1:], "structure")
    notes = (*steps_notes(len(images)), *parsed.notes)
    return [ParsedStructure(parsed.structure, parsed.label, notes)]


def _atoms_structures(images: Sequence[Atoms], name: str) -> list[ParsedStructure]:
    require_structure_count(len(images))
    structures = []
    for step, atoms in enumerate(images, start=1):
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
        structures.append(ParsedStructure(structure, f"{name} {step}", notes))
    return structures
