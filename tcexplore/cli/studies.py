"""Commands for the studies: a table as CSV, Parquet or JSON, and a figure as HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tcexplore.cli.options import RANGE, STATED, Figure, Model, Parent, Parents, Range, Table
from tcexplore.model import DEFAULT_MODEL

commands = typer.Typer()


X = Annotated[str, typer.Option(metavar="SITES", help="Sites of X: Mg1, or 'Mg1, site 1'.")]
Y = Annotated[
    str | None, typer.Option(metavar="SITES", help="Sites of Y; without them only X is swapped.")
]
Replaced = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="OLD NEW", help="Element to replace before the swap, and by which."),
]
PeakScales = Annotated[
    Range,
    typer.Option(metavar=RANGE, help="Factors on the lattice; the highest Tc over them counts."),
]
PeakPressures = Annotated[
    Range | None,
    typer.Option(metavar=RANGE, help="GPa, instead of scales: every pair at its own volume."),
]
Scales = Annotated[Range, typer.Option(metavar=RANGE, help="Factors on the lattice.")]
Pressures = Annotated[Range | None, typer.Option(metavar=RANGE, help="GPa, instead of scales.")]
Stated = Annotated[
    float | None,
    typer.Option("--pressure", metavar="GPA", help=STATED),
]
A = Annotated[
    Range | None,
    typer.Option(
        metavar=RANGE,
        help="Lattice parameter a in Å, b/a fixed, before scaling; without it that of the"
        " structure.",
    ),
]
C = Annotated[
    Range | None,
    typer.Option(
        metavar=RANGE,
        help="Lattice parameter c in Å, before scaling; without it that of the structure.",
    ),
]
Cutoff = Annotated[float, typer.Option(metavar="LENGTH", help="Longest H-H contact in Å.")]
NetworkFigure = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Figure to write, .html: network and Tc (K) along the range that varies. Adds Tc"
        " to the table; the lattices are then those of the canonical cell.",
    ),
]


@commands.command()
def element_swap(
    parent: Parent,
    x: X,
    out: Table,
    y: Y = None,
    replace: Replaced = None,
    scales: PeakScales = (1, 1, 1),
    pressures: PeakPressures = None,
    figure: Figure = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Map of Tc (K) over the elements X and Y."""
    from tcexplore.cli import study_files as files
    from tcexplore.crystal.elements import PAPER_ELEMENTS
    from tcexplore.crystal.structure import replaced
    from tcexplore.display.element_swap import swap_figure, swap_table
    from tcexplore.model.predictor import load_predictor
    from tcexplore.scans.scan_tc import last_step
    from tcexplore.studies.element_swap import element_swap_steps
    from tcexplore.studies.swap_domain import swap_domain

    predictor, structure = load_predictor(model), files.parent_structure(parent)
    cell = predictor.cell(replaced(structure, *replace) if replace else structure)
    files.print_notes(parent, cell.warnings)
    steps = element_swap_steps(
        predictor,
        cell,
        x_sites=files.site_indices(cell, x),
        y_sites=() if y is None else files.site_indices(cell, y),
        x=PAPER_ELEMENTS,
        y=() if y is None else PAPER_ELEMENTS,
        scales=files.range_values(scales),
        pressures=() if pressures is None else files.range_values(pressures),
    )
    swap = last_step(files.with_progress_bar(steps))
    table = swap_table(swap, swap_domain(predictor, swap))
    files.write_study(table, out, lambda: swap_figure(table, x=swap.x, y=swap.y), figure)


@commands.command()
def dome(
    parent: Parents,
    out: Table,
    scales: Scales = (0.7, 1.6, 181),
    pressures: Pressures = None,
    stated: Stated = None,
    figure: Figure = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Dome: Tc (K) against lattice or pressure."""
    from tcexplore.cli import study_files as files
    from tcexplore.display.lattice_dome import dome_figure, dome_table
    from tcexplore.equation_of_state.estimate import pressure_scale
    from tcexplore.model.predictor import load_predictor
    from tcexplore.studies.lattice_dome import lattice_dome

    predictor, domes = load_predictor(model), {}
    for name in parent:
        structure = files.parent_structure(name)
        pressure = files.stated_pressure(name, structure, stated)
        factors = files.range_values(scales)
        if pressures is not None:
            factors = pressure_scale(structure, pressure).scales(files.range_values(pressures))
        domes[name] = lattice_dome(predictor, structure, scales=factors, stated_pressure=pressure)
        files.print_notes(name, domes[name].parent.warnings)
    axis = "lattice parameter" if pressures is None else "pressure"
    files.write_study(dome_table(domes), out, lambda: dome_figure(domes, axis=axis), figure)


@commands.command()
def lattice_map(
    parent: Parent,
    out: Table,
    a: Annotated[Range, typer.Option(metavar=RANGE, help="Lattice parameter a (= b) in Å.")] = (
        0.8,
        7,
        100,
    ),
    c: Annotated[Range, typer.Option(metavar=RANGE, help="Lattice parameter c in Å.")] = (
        0.8,
        7,
        100,
    ),
    stated: Stated = None,
    figure: Figure = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Map of Tc (K) over the lattice parameters a and c."""
    from tcexplore.cli import study_files as files
    from tcexplore.display.lattice_map import map_figure, map_table
    from tcexplore.model.predictor import load_predictor
    from tcexplore.scans.scan_tc import last_step
    from tcexplore.studies.lattice_map import lattice_map_steps

    predictor, structure = load_predictor(model), files.parent_structure(parent)
    a_values, c_values = files.range_values(a), files.range_values(c)
    if figure and min(len(a_values), len(c_values)) < 2:
        raise ValueError(
            f"a figure of {len(a_values)} x {len(c_values)} points; expected 2 or more of a and of"
            " c, or no --figure"
        )
    pressure = files.stated_pressure(parent, structure, stated)
    steps = lattice_map_steps(
        predictor, structure, a=a_values, c=c_values, stated_pressure=pressure
    )
    result = last_step(files.with_progress_bar(steps))
    files.print_notes(parent, result.parent.warnings)
    files.write_study(map_table(result), out, lambda: map_figure(result), figure)


@commands.command()
def hydrogen_network(
    parent: Parent,
    out: Table,
    cutoff: Cutoff = 1.4,
    scale: Scales = (1, 1, 1),
    a: A = None,
    c: C = None,
    stated: Stated = None,
    figure: NetworkFigure = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """H-H contacts, the networks that they form, and cages."""
    from tcexplore.cli import hydrogen_network as network
    from tcexplore.cli.study_files import parent_structure, stated_pressure

    structure = parent_structure(parent)
    crystal = network.NamedCrystal(parent, structure, stated_pressure(parent, structure, stated))
    ranges = network.LatticeRanges(a, c, scale)
    if figure is None:
        network.write_network(crystal, ranges, cutoff, out)
        return
    network.write_network_and_tc(crystal, ranges, cutoff, out=out, figure=figure, model=model)
