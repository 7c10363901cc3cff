"""Files of a structure for the next tool: CIF, POSCAR, extended XYZ, Quantum ESPRESSO, JSON."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ase
import ase.io
from pymatgen.core import Structure
from pymatgen.io.vasp import Poscar

from tcexplore.crystal.structure import StructureError, neutral
from tcexplore.handover.cif import cif_text, p1_cif_text

KBAR_PER_GPA = 10.0
K_SPACING = 0.03  # 1/Å, without 2π; some 12 points along 3 Å
ESPRESSO: dict[str, dict[str, Any]] = {
    "control": {
        "calculation": "vc-relax", "pseudo_dir": "./pseudo", "outdir": "./out",
        "etot_conv_thr": 1e-5, "forc_conv_thr": 1e-4, "nstep": 200,
    },
    "system": {
        "input_dft": "vdw-df2", "ecutwfc": 80.0, "ecutrho": 640.0,
        "occupations": "smearing", "smearing": "mv", "degauss": 0.02,
    },
    "electrons": {"conv_thr": 1e-9},
    "ions": {"ion_dynamics": "bfgs"},
    "cell": {"cell_dynamics": "bfgs", "press_conv_thr": 0.5},
}  # fmt: skip
ESPRESSO_NOTE = (
    "! vc-relax by tcexplore. Yours to set: the files in ATOMIC_SPECIES, both cut-offs (Ry) and the"
    "\n! k-points; converge them. The functional is vdW-DF2, as in arXiv:2301.10474.\n"
)
EMPTY_NAMELIST = re.compile(r"^&\w+\n/\n", re.MULTILINE)  # ASE writes those of other programs


@dataclass(frozen=True)
class StructureFormat:
    """A format that a structure is handed over in."""

    label: str
    """Name on the screen."""
    suffix: str
    """Of a file, without the point."""
    text: Callable[[Structure], str]
    has_mixtures: bool = False
    """Whether it can hold partial occupancies."""


def structure_text(structure: Structure, name: str, *, pressure: float | None = None) -> str:
    """Return a structure in a format.

    Parameters
    ----------
    name
        A key of `FORMATS`, or `ESPRESSO_INPUT`.
    pressure
        (GPa) Of the relaxation in a Quantum ESPRESSO input, which has to be given there.

    Raises
    ------
    StructureError
        The format has no partial occupancies, and the structure has some.
    ValueError
        A relaxation without a pressure.
    """
    crystal = neutral(structure)
    if name == ESPRESSO_INPUT:
        require_ordered(crystal, "Quantum ESPRESSO input")
        return espresso_input(crystal, pressure)
    chosen = FORMATS[name]
    if not chosen.has_mixtures:
        require_ordered(crystal, chosen.label)
    return chosen.text(crystal)


def require_ordered(structure: Structure, label: str) -> None:
    """Raise `StructureError` where a site is mixed or partly occupied, which something cannot have.

    Parameters
    ----------
    label
        What there is not because of it, such as ``POSCAR``.
    """
    for number, site in enumerate(structure, start=1):
        if not site.is_ordered:
            raise StructureError(
                f"no {label}: site {number} ({site.species_string}) is partly occupied or mixed,"
                " which it cannot hold; take an ordered cell (CIF can hold it)"
            )


def file_name(stem: str, suffix: str) -> str:
    """Return the name of a file without letters that a file system may refuse."""
    return re.sub(r"[^\w.-]+", "-", f"{stem}.{suffix}").lstrip(".")


def _poscar(structure: Structure) -> str:
    """Return a POSCAR with the atoms of each element together, as POTCAR lists them."""
    return Poscar(structure, sort_structure=True).get_str(significant_figures=12)


def _extended_xyz(structure: Structure) -> str:
    return _ase_text(structure, "extxyz")


def espresso_input(structure: Structure, pressure: float | None) -> str:
    """Return an input of pw.x that relaxes the cell at a pressure (GPa).

    Raises
    ------
    ValueError
        No pressure.
    """
    if pressure is None:
        raise ValueError("no pressure for the relaxation; give one in GPa, 0 for ambient")
    cell = ESPRESSO["cell"] | {"press": KBAR_PER_GPA * pressure}
    prefix = {"prefix": structure.composition.reduced_formula}
    data = ESPRESSO | {"control": ESPRESSO["control"] | prefix, "cell": cell}
    symbols = dict.fromkeys(site.specie.symbol for site in structure)
    text = _ase_text(
        structure, "espresso-in", input_data=data, kspacing=K_SPACING,
        pseudopotentials={symbol: f"{symbol}.UPF" for symbol in symbols}, crystal_coordinates=True,
    )  # fmt: skip
    return ESPRESSO_NOTE + EMPTY_NAMELIST.sub("", text)


def _ase_text(structure: Structure, form: str, **options: Any) -> str:  # noqa: ANN401
    with io.StringIO() as file:
        ase.io.write(file, ase_atoms(structure), format=form, **options)
        return file.getvalue()


def ase_atoms(structure: Structure) -> ase.Atoms:
    """Return an ordered structure as ASE's atoms."""
    sites = [site.specie.symbol for site in structure]
    return ase.Atoms(
        sites, scaled_positions=structure.frac_coords, cell=structure.lattice.matrix, pbc=True
    )


ESPRESSO_INPUT = "espresso"
FORMATS: dict[str, StructureFormat] = {
    "cif": StructureFormat("CIF", "cif", cif_text, has_mixtures=True),
    "cif-p1": StructureFormat("CIF in P1", "cif", p1_cif_text, has_mixtures=True),
    "poscar": StructureFormat("POSCAR", "vasp", _poscar),
    "extxyz": StructureFormat("Extended XYZ", "extxyz", _extended_xyz),
    "json": StructureFormat("JSON", "json", Structure.to_json, has_mixtures=True),
}
