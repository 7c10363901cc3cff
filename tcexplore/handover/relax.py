"""Relaxation of cell and atoms at a pressure, with a calculator of ASE that the user brings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import ase
import numpy as np
from ase.constraints import FixSymmetry
from ase.filters import FrechetCellFilter
from ase.optimize import BFGS
from ase.units import GPa
from pymatgen.core import Structure

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.handover.calculator import CalculatorError, told
from tcexplore.handover.formats import ase_atoms, require_ordered

SYMPREC = 0.01  # Å


@dataclass(frozen=True)
class RelaxConfig:
    """Ends of a relaxation."""

    force: float = 0.01
    """(eV/Å) Largest force on an atom, and of the stress as ASE's cell filter scales it."""
    steps: int = 500
    """At most."""
    keeps_symmetry: bool = False
    """Whether atoms and cell keep their space group."""
    trajectory: Path | None = None
    """File of ASE for all steps."""


@dataclass(frozen=True)
class Relaxation:
    """A structure that was relaxed as far as its calculator went."""

    structure: Structure
    """At the last step that was calculated."""
    energy: float
    """(eV) Of the cell."""
    pressure: float
    """(GPa) From the calculator's stress."""
    force: float
    """(eV/Å) The largest on an atom."""
    steps: int
    converged: bool
    error: str = ""
    """Why it stopped before its end, or the atoms are no crystal any more; else empty."""

    def enthalpy(self, pressure: float) -> float:
        """Return the enthalpy (eV/atom) at a pressure (GPa)."""
        return (self.energy + pressure * GPa * self.structure.volume) / len(self.structure)


def relax(
    structure: Structure,
    calculator: Any,  # noqa: ANN401
    *,
    pressure: float,
    config: RelaxConfig = RelaxConfig(),
) -> Relaxation:
    """Return a structure relaxed at a pressure; each step is told on stderr.

    Parameters
    ----------
    structure
        Ordered; best on a lattice near that of the pressure, as `cell_at_pressure` gives it.
    calculator
        Of ASE, with energy, forces and stress.
    pressure
        (GPa)

    Raises
    ------
    StructureError
        A site is partly occupied or mixed.
    CalculatorError
        The calculator failed on the structure as given.
    """
    require_ordered(structure, "relaxation")
    atoms, result = ase_atoms(structure), None
    atoms.calc = calculator
    if config.keeps_symmetry:
        atoms.set_constraint(FixSymmetry(atoms, symprec=SYMPREC))
    try:
        for steps, converged in enumerate(_steps(atoms, pressure, config)):
            result = _state(atoms, steps, converged=converged)
    except (CalculatorError, KeyboardInterrupt) as error:
        if result is None:
            raise
        return replace(result, error=str(error) or "interrupted")
    assert result is not None, "the optimiser yields before its first step"
    return _checked(result)


def _steps(atoms: ase.Atoms, pressure: float, config: RelaxConfig) -> Iterator[bool]:
    """Yield at each step whether the relaxation has converged."""
    with told(f"{type(atoms.calc).__name__} failed"):
        filtered = FrechetCellFilter(atoms, scalar_pressure=pressure * GPa)
        cell = cast(ase.Atoms, filtered)  # what an optimiser takes, whatever ASE's types say
        trajectory = None if config.trajectory is None else str(config.trajectory)
        optimizer = BFGS(cell, logfile=sys.stderr, trajectory=trajectory)
        yield from optimizer.irun(fmax=config.force, steps=config.steps)


def _state(atoms: ase.Atoms, steps: int, *, converged: bool) -> Relaxation:
    positions = atoms.get_scaled_positions(wrap=True)
    structure = Structure(np.array(atoms.cell), atoms.get_chemical_symbols(), positions)
    with told(f"{type(atoms.calc).__name__} failed"):
        energy, stress = float(atoms.get_potential_energy()), atoms.get_stress(voigt=False)
        force = float(np.linalg.norm(atoms.get_forces(), axis=1).max())
    values = (energy, -float(np.trace(stress)) / 3 / GPa, force)
    if not np.isfinite(values).all():
        raise CalculatorError(
            f"{type(atoms.calc).__name__} gave energy, pressure and force {values}; expected"
            " numbers: the structure or the calculator's options do not suit it"
        )
    return Relaxation(structure, *values, steps, converged)


def _checked(result: Relaxation) -> Relaxation:
    """Return the result, with an error where its atoms are no crystal any more."""
    try:
        check_structure(result.structure, name="the relaxed structure")
    except StructureError as error:
        return replace(result, error=str(error))
    return result


def summary(result: Relaxation, start: Structure, pressure: float) -> str:
    """Return in some lines how a relaxation at a pressure (GPa) ended, beside its start."""
    groups = [canonical_cell(cell).space_group_symbol for cell in (start, result.structure)]
    ended = "converged" if result.converged else "NOT converged"
    lines = [
        f"{ended} after {result.steps} steps: largest force {result.force:.4f} eV/Å, pressure"
        f" {result.pressure:.2f} GPa of {pressure:g} GPa",
        f"volume {start.volume:.3f} to {result.structure.volume:.3f} Å³"
        f" ({result.structure.volume / start.volume - 1:+.2%}), space group {groups[0]} to"
        f" {groups[1]}",
        f"energy {result.energy:.6f} eV, enthalpy {result.enthalpy(pressure):.6f} eV/atom",
    ]
    return "\n".join([*lines, *([f"stopped early: {result.error}"] if result.error else [])])
