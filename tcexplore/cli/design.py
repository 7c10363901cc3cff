"""Command `design`: lattice and coordinates moved towards the Tc that is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tcexplore.cli.options import STATED, Figure, Model, Parent
from tcexplore.model import DEFAULT_MODEL

if TYPE_CHECKING:
    from tcexplore.design.result import Design
    from tcexplore.model.predictor import TcPredictor

commands = typer.Typer()


@commands.command()
def design(
    parent: Parent,
    target: Annotated[
        float | None, typer.Option(metavar="K", help="Tc to meet; without it the highest.")
    ] = None,
    lower: Annotated[
        bool, typer.Option("--lower", help="Raise the lower end of the interval instead of Tc.")
    ] = False,
    symmetry: Annotated[
        bool, typer.Option("--symmetry/--p1", help="Keep the space group, or move all as in P1.")
    ] = True,
    fixed_lattice: Annotated[
        bool, typer.Option("--fixed-lattice", help="Move the coordinates alone.")
    ] = False,
    lattice_only: Annotated[
        bool, typer.Option("--lattice-only", help="Move the lattice alone.")
    ] = False,
    volume_range: Annotated[
        tuple[float, float], typer.Option(metavar="LOW HIGH", help="Bounds, over the given volume.")
    ] = (0.8, 1.25),
    pressure_range: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="LOW HIGH", help="GPa, instead of volumes: bounds of the pressure."),
    ] = None,
    stated: Annotated[float | None, typer.Option("--pressure", metavar="GPA", help=STATED)] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="Leave the applicability domain where that pays.")
    ] = False,
    starts: Annotated[int, typer.Option(metavar="N", help="Starts, the first as given.")] = 3,
    evaluations: Annotated[
        int, typer.Option(metavar="N", help="Most crystals to try from each start.")
    ] = 200,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the random draws.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Best crystal to write, .cif.")
    ] = None,
    path: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Paths to write: .csv, .parquet or .json.")
    ] = None,
    figure: Figure = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Inverse design: a crystal moved to a higher Tc."""
    from tcexplore.cli import study_files as files
    from tcexplore.design.optimise import design_steps
    from tcexplore.design.request import DesignRequest
    from tcexplore.display.design import design_figure, design_table
    from tcexplore.model.predictor import load_predictor
    from tcexplore.scans.scan_tc import last_step

    _check_suffix(out)
    request = DesignRequest(
        target=target,
        quantity="tc_low" if lower else "tc",
        keeps_symmetry=symmetry,
        moves_lattice=not fixed_lattice,
        moves_atoms=not lattice_only,
        volume_range=volume_range,
        pressure_range=pressure_range,
        inside_only=not outside,
        starts=starts,
        evaluations=evaluations,
        seed=seed,
    )
    predictor, structure = load_predictor(model), files.parent_structure(parent)
    pressure = files.stated_pressure(parent, structure, stated)
    steps = design_steps(predictor, structure, request, stated_pressure=pressure)
    result = last_step(files.with_progress_bar(steps))
    files.print_notes(parent, result.parent.warnings)
    _print_result(result)
    if path:
        files.write_table(design_table(result), path)
    if figure:
        design_figure(result).write_html(figure)
    if out:
        _write_best(result, out, predictor)


def _check_suffix(out: Path | None) -> None:
    if out is not None and out.suffix.lower() != ".cif":
        raise ValueError(f"--out {out}; expected the name of a CIF, such as best.cif")


def _print_result(result: Design) -> None:
    """Print start and end beside each other, then what there is to say of them."""
    from tcexplore.display.design import FRANK, design_sentences, start_end_table

    print(start_end_table(result).to_markdown(tablefmt="plain"))
    for sentence in (*design_sentences(result), FRANK):
        print(sentence.replace("T_c", "Tc"), file=sys.stderr)


def _write_best(result: Design, out: Path, predictor: TcPredictor) -> None:
    """Write the best crystal, read it again and print the Tc of what was read."""
    from tcexplore.io.load import load_structure

    out.write_text(str(result.best.end.structure.to(fmt="cif")), encoding="utf-8")
    [prediction] = predictor([load_structure(out)])
    print(f"{out}: Tc = {prediction.tc:.1f} K, read again from the file", file=sys.stderr)
