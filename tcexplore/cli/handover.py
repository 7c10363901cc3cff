"""Commands that hand structures and results over: export, relax, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcexplore.cli.options import PARENT, STATED, Model
from tcexplore.model import DEFAULT_MODEL

if TYPE_CHECKING:
    from pymatgen.core import Structure

commands = typer.Typer()

Source = Annotated[str, typer.Argument(metavar="STRUCTURE", help=PARENT)]
Stated = Annotated[
    float | None,
    typer.Option(metavar="GPA", help=STATED),
]
AT = "The cell is scaled to its volume there, where the equation of state holds"


@commands.command()
def export(
    structure: Source,
    form: Annotated[
        Literal["cif", "cif-p1", "poscar", "extxyz", "espresso", "json"],
        typer.Option(
            "--format",
            help="CIF with symmetry or of all atoms in P1, POSCAR, extended XYZ, input of a"
            " Quantum ESPRESSO relaxation, pymatgen's JSON.",
        ),
    ] = "cif",
    pressure: Annotated[
        float | None,
        typer.Option(metavar="GPA", help=f"{AT}; also that of an ESPRESSO relaxation."),
    ] = None,
    stated_pressure: Stated = None,
    cell: Annotated[
        Literal["given", "canonical"],
        typer.Option(help="Cell as given, or the canonical primitive one."),
    ] = "given",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write, instead of printing.")
    ] = None,
) -> None:
    """Write a structure for another program."""
    from tcexplore.cli import study_files as files
    from tcexplore.crystal.canonical import canonical_cell
    from tcexplore.handover.formats import structure_text

    crystal = files.parent_structure(structure)
    if pressure is not None:
        crystal = _at_pressure(crystal, structure, pressure, stated_pressure)
    if cell == "canonical":
        crystal = canonical_cell(crystal).structure
    text = structure_text(crystal, form, pressure=pressure)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


def _at_pressure(crystal: Structure, name: str, pressure: float, stated: float | None) -> Structure:
    """Return a structure on its lattice at a pressure (GPa); print how it came about."""
    from tcexplore.cli import study_files as files
    from tcexplore.handover.at_pressure import cell_at_pressure

    scaled = cell_at_pressure(
        crystal, pressure, stated=files.stated_pressure(name, crystal, stated)
    )
    files.print_notes(name, [scaled.note])
    return scaled.structure


@commands.command()
def relax(
    structure: Source,
    calculator: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            help="Import path of a calculator of ASE, its class, or a function that returns one:"
            " mattersim.forcefield:MatterSimCalculator, my_file:vasp.",
        ),
    ],
    pressure: Annotated[float, typer.Option(metavar="GPA", help=f"{AT}, then relaxed.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="CIF to write.")],
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Option for the calculator; once for each."),
    ] = None,
    stated_pressure: Stated = None,
    force: Annotated[
        float, typer.Option(metavar="EV/Å", help="Largest force that may be left.")
    ] = 0.01,
    steps: Annotated[int, typer.Option(min=0, metavar="N", help="At most.")] = 500,
    keep_symmetry: Annotated[
        bool, typer.Option("--keep-symmetry", help="Keep the space group.")
    ] = False,
    trajectory: Annotated[
        Path | None, typer.Option(metavar="FILE", help="All steps, in ASE's format.")
    ] = None,
) -> None:
    """Relax at a pressure with your own ASE calculator.

    The exit code is 1 where the relaxation did not converge; what it reached is written.
    """
    from tcexplore.cli import study_files as files
    from tcexplore.handover import relax as relaxing
    from tcexplore.handover.calculator import calculator_options, load_calculator
    from tcexplore.handover.cif import cif_text

    if not out.parent.is_dir():
        raise ValueError(f"no folder {str(out.parent)!r} for {out.name}; make it first")
    source = load_calculator(calculator, calculator_options(option or ()))
    start = files.parent_structure(structure)
    start = _at_pressure(start, structure, pressure, stated_pressure)
    config = relaxing.RelaxConfig(force, steps, keep_symmetry, trajectory)
    result = relaxing.relax(start, source, pressure=pressure, config=config)
    out.write_text(cif_text(result.structure), encoding="utf-8")
    print(relaxing.summary(result, start, pressure))
    if result.error or not result.converged:
        raise typer.Exit(1)


@commands.command()
def report(
    structure: Source,
    out: Annotated[Path, typer.Option(metavar="FILE", help="HTML file to write.")],
    stated_pressure: Stated = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Report of one structure as one HTML file."""
    from datetime import UTC, datetime

    from tcexplore.cli import study_files as files
    from tcexplore.handover.report import build_candidate, report_html
    from tcexplore.model.predictor import load_predictor

    crystal = files.parent_structure(structure)
    candidate = build_candidate(
        load_predictor(model),
        crystal,
        Path(structure).name,
        entry=files.entry_of(structure),
        stated_pressure=files.stated_pressure(structure, crystal, stated_pressure),
    )
    out.write_text(report_html(candidate, made=datetime.now(UTC)), encoding="utf-8")
    print(f"{out}: {candidate.formula}, Tc {candidate.prediction.tc:.1f} K")
