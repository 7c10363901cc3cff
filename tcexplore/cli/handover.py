"""Commands that hand structures and results over: export, relax, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from tcexplore.cli.options import PARENT, Model
from tcexplore.model import DEFAULT_MODEL

commands = typer.Typer()

Source = Annotated[str, typer.Argument(metavar="STRUCTURE", help=PARENT)]
Stated = Annotated[
    float | None,
    typer.Option(metavar="GPA", help="Known pressure of a file's structure, 0 if ambient."),
]
AT = "GPa: the cell is scaled to its volume there, where the equation of state holds"


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
    from tcexplore.handover.at_pressure import cell_at_pressure
    from tcexplore.handover.formats import structure_text

    crystal = files.parent_structure(structure)
    if pressure is not None:
        stated = files.stated_pressure(structure, stated_pressure)
        scaled = cell_at_pressure(crystal, pressure, stated=stated)
        files.print_notes(structure, [scaled.note])
        crystal = scaled.structure
    if cell == "canonical":
        crystal = canonical_cell(crystal).structure
    text = structure_text(crystal, form, pressure=pressure)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


@commands.command()
def report(
    structure: Source,
    out: Annotated[Path, typer.Option(metavar="FILE", help="HTML file to write.")],
    stated_pressure: Stated = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Report of one structure as an HTML file: Tc, dome, network, neighbours."""
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
        stated_pressure=files.stated_pressure(structure, stated_pressure),
    )
    out.write_text(report_html(candidate, made=datetime.now(UTC)), encoding="utf-8")
    print(f"{out}: {candidate.formula}, Tc {candidate.prediction.tc:.1f} K")
