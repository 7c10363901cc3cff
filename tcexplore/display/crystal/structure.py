"""The tables of the screen."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd
from pymatgen.core import Structure
from pymatgen.symmetry.groups import sg_symbol_from_int_number

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.display.labels import (
    exchanged_text,
    formula_text,
    kind_name,
    source_link,
    space_group_math,
)
from tcexplore.display.pressure import pressure_cell
from tcexplore.model.nearest_known import Neighbour


def cell_table(structure: Structure, canonical_cell: CanonicalCell | None) -> pd.DataFrame:
    """Return the facts of a cell as it was given, and of its canonical cell where there is one."""
    table = pd.DataFrame({"As given": _cell_facts(structure)})
    if canonical_cell is not None:
        table["Canonical, used for the prediction"] = _cell_facts(canonical_cell.structure)
        symbol = space_group_math(canonical_cell.space_group_symbol)
        table.loc["Space group"] = f"{symbol} (no. {canonical_cell.space_group_number})"
    return table


def _cell_facts(structure: Structure) -> dict[str, str]:
    a, b, c = structure.lattice.abc
    alpha, beta, gamma = structure.lattice.angles
    return {
        "Atoms in the cell": formula_text(structure.composition.formula.replace(" ", "")),
        "Sites": str(len(structure)),
        "a, b, c (Å)": f"{a:.4f}, {b:.4f}, {c:.4f}",
        "α, β, γ (°)": f"{alpha:.2f}, {beta:.2f}, {gamma:.2f}",
        "Volume (Å³)": f"{structure.volume:.2f}",
    }


def site_table(structure: Structure) -> pd.DataFrame:
    """Return species and fractional coordinates of each site."""
    table = pd.DataFrame(structure.frac_coords.round(5), columns=["x", "y", "z"])
    table.insert(0, "Species", [site.species_string for site in structure])
    return table


def neighbour_table(neighbours: Iterable[Neighbour]) -> pd.DataFrame:
    """Return the known materials near a composition, one row each."""
    rows = [
        {
            "Formula": formula_text(near.formula),
            "$T_c$ (K)": f"{near.tc:.4g}",
            "$T_c$ is": kind_name(near.tc_kind),
            "Pressure": pressure_cell(near.pressure),
            "Space group": _group_text(near.space_group_number),
            "Data": source_link(near.source),
            "Atoms exchanged": exchanged_text(near.distance),
        }
        for near in neighbours
    ]
    return pd.DataFrame(rows)


def _group_text(number: int) -> str:
    """Return the short symbol: pymatgen gives monoclinic ones in full, such as P12/m1."""
    if not 1 <= number <= 230:
        return "unknown"
    symbol = sg_symbol_from_int_number(number)
    return space_group_math(re.sub(r"^([A-Z])1(.+)1$", r"\1\2", symbol))
