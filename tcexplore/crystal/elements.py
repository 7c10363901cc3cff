"""The elements H to Pu and their properties, each with its unit, its source and what is missing."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass, fields
from importlib import resources

import numpy as np

from tcexplore.typing import FloatArray

# fmt: off
ELEMENTS: tuple[str, ...] = (
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S",
    "Cl", "Ar", "K", "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga",
    "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd",
    "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm",
    "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W", "Re", "Os",
    "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa",
    "U", "Np", "Pu",
)
# fmt: on
"""Symbols in the order of the atomic number, so that ``ELEMENTS[Z - 1]`` is element Z."""

PAPER_ELEMENTS: tuple[str, ...] = ELEMENTS[:86]
"""H to Rn: the elements that the model of arXiv:2301.10474 knows."""


@dataclass(frozen=True)
class ElementTable:
    """Properties of the elements, each a read-only array of shape (94,), element Z at Z - 1.

    An empty cell of ``elements.csv`` is a value that is missing. What stands for it is the rule of
    its column, below. Only `atomic_radius` keeps nan: an element without one is not predicted.
    """

    atomic_mass: FloatArray
    """(Da) Standard atomic weight; of an element that has none, the mass or the mass number of its
    longest-lived isotope. IUPAC, by way of mendeleev 1.3.0. Missing: none."""
    first_ionisation_energy: FloatArray
    """(kJ/mol) NIST Atomic Spectra Database, by way of pymatgen. Missing: none."""
    atomic_radius: FloatArray
    """(Å) Empirical radius of Slater, J. Chem. Phys. 41, 3199 (1964), by way of pymatgen, whose
    value for Ar, 0.71, is a computed one. Missing: He, Ne, Kr, Xe, At, Rn, Fr. Rule: nan."""
    density: FloatArray
    """(kg/m³) At room temperature, of a gas at 25 °C and 101.325 kPa; C as graphite, P white, S
    rhombic, Sn white. CRC Handbook of Chemistry and Physics, by way of mendeleev 1.3.0. Missing:
    none (At and Fr are estimates)."""
    electron_affinity: FloatArray
    """(kJ/mol) Ning and Lu, J. Phys. Chem. Ref. Data 51, 021502 (2022), by way of pymatgen;
    computed where nobody has measured it. Missing: the elements whose anion is not bound, such as
    N, Mg, Mn, Zn and the noble gases. Rule: 0, the energy that such an atom gains."""
    fusion_heat: FloatArray
    """(kJ/mol) Per mole of atoms, also for H2, N2, O2 and the halogens; P white. CRC Handbook of
    Chemistry and Physics, by way of the Magpie collection of Ward et al., npj Comput. Mater. 2,
    16028 (2016). Missing: Pm, and He, At, Rn, Fr, which are not predicted. Rule: interpolated
    linearly in Z between the nearest elements that have one."""
    thermal_conductivity: FloatArray
    """(W/(m K)) At room temperature, two to three digits; by way of pymatgen. Missing: Fr, which is
    not predicted. Rule: interpolated as `fusion_heat`."""
    valence: FloatArray
    """(1) Largest magnitude among the common oxidation states of Greenwood and Earnshaw, Chemistry
    of the Elements (1997), by way of pymatgen: how many bonds an element forms at most in its usual
    compounds (O 2, Cu 2, Fe 3, S 6). An element that has no such state, such as Ar, has 0."""


@functools.cache
def element_table() -> ElementTable:
    """Return the table of elements with the missing values filled; the first call reads it."""
    columns = _read_columns()
    columns["electron_affinity"] = np.nan_to_num(columns["electron_affinity"], nan=0.0)
    for name in ("fusion_heat", "thermal_conductivity"):
        columns[name] = _interpolated(columns[name])
    for values in columns.values():
        values.setflags(write=False)
    return ElementTable(**columns)


def _read_columns() -> dict[str, FloatArray]:
    """Return the columns of ``elements.csv`` by name, nan for an empty cell."""
    text = resources.files("tcexplore.crystal").joinpath("elements.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = [field.name for field in fields(ElementTable)]
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}


def _interpolated(values: FloatArray) -> FloatArray:
    """Return the values with each nan interpolated linearly between its known neighbours."""
    index = np.arange(len(values))
    known = ~np.isnan(values)
    return np.interp(index, index[known], values[known])
