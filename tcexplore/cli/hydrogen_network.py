"""Hydrogen network of a crystal along a range: its table, its figure, its printed summary."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.cli.options import Range
from tcexplore.cli.study_files import print_notes, range_values, write_table
from tcexplore.crystal.structure import on_lattice
from tcexplore.display import hydrogen_network as display
from tcexplore.hydrogen.network import hydrogen_network, hydrogen_network_scan
from tcexplore.model.predictor import load_predictor
from tcexplore.studies.hydrogen_scan import Along, hydrogen_scan, lattice_pressures
from tcexplore.studies.lattice_map import stretched_lattices
from tcexplore.typing import FloatArray


@dataclass(frozen=True)
class NamedCrystal:
    """A structure with its name for messages and its known pressure."""

    name: str
    structure: Structure
    pressure: float | None
    """(GPa) 0 for ambient, None where it is unknown."""


@dataclass(frozen=True)
class LatticeRanges:
    """Ranges of the lattices; None keeps the lattice parameter of the structure."""

    a: Range | None
    """(Å) Of a, with b/a fixed, before scaling."""
    c: Range | None
    """(Å) Of c, before scaling."""
    scale: Range
    """Factors on the lattice."""

    def lattices(self, lattice: Lattice) -> FloatArray:
        """Return the lattice vectors (Å) in these ranges, shape (n, 3, 3)."""
        a = np.array([lattice.a]) if self.a is None else range_values(self.a)
        c = np.array([lattice.c]) if self.c is None else range_values(self.c)
        stretched = stretched_lattices(lattice, a, c)
        return np.concatenate([scale * stretched for scale in range_values(self.scale)])

    def varied(self) -> Along:
        """Return which of the ranges varies.

        Raises
        ------
        ValueError
            None of the ranges varies, or more than one.
        """
        ranges: dict[Along, Range | None] = {"a": self.a, "c": self.c, "scale": self.scale}
        varied: list[Along]
        varied = [name for name, given in ranges.items() if given is not None and given[2] > 1]
        if len(varied) != 1:
            raise ValueError(
                f"varied are {' and '.join(varied) or 'none'}; expected one of --a, --c and --scale"
                " for a figure, such as --c 4 14 60"
            )
        return varied[0]


def write_network(crystal: NamedCrystal, ranges: LatticeRanges, cutoff: float, out: Path) -> None:
    """Write the hydrogen network of a structure along a range, and print its first lattice's."""
    structure = crystal.structure
    lattices = ranges.lattices(structure.lattice)
    scan = hydrogen_network_scan(structure, lattices, cutoff=cutoff)
    pressures = lattice_pressures(structure, lattices, crystal.pressure)
    write_table(display.scan_table(scan, pressures), out)
    _print_network(structure, lattices[0], cutoff)


def write_network_and_tc(
    crystal: NamedCrystal,
    ranges: LatticeRanges,
    cutoff: float,
    *,
    out: Path,
    figure: Path,
    model: str,
) -> None:
    """Write the hydrogen network and Tc of a structure's canonical cell along a range."""
    along, predictor = ranges.varied(), load_predictor(model)
    parent = predictor.cell(crystal.structure)
    print_notes(crystal.name, parent.warnings)
    lattices = ranges.lattices(parent.structure.lattice)
    result = hydrogen_scan(
        predictor, parent, lattices, along=along, cutoff=cutoff, stated_pressure=crystal.pressure
    )
    write_table(display.network_tc_table(result), out)
    display.network_figure(result).write_html(figure)
    _print_network(parent.structure, lattices[0], cutoff)


def _print_network(structure: Structure, lattice: FloatArray, cutoff: float) -> None:
    network = hydrogen_network(on_lattice(structure, lattice), cutoff=cutoff)
    tables = display.component_table(network), display.cage_table(network)
    for name, table in zip(("components", "cages"), tables, strict=True):
        text = "none" if table.empty else table.to_string(index=False)
        print(f"{name} on the first lattice:\n{text}", file=sys.stderr)
