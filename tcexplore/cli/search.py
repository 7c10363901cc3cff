"""Commands for substitution searches: search, and list, show, export and delete their runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcexplore.cli.options import PARENT, Model
from tcexplore.model import DEFAULT_MODEL

if TYPE_CHECKING:
    import pandas as pd

    from tcexplore.crystal.canonical import CanonicalCell
    from tcexplore.model.predictor import TcPredictor
    from tcexplore.search.runs import Run
    from tcexplore.search.space import SearchSpace

commands = typer.Typer()
runs = typer.Typer(help="Runs of searches: list, show, export and delete them.")
commands.add_typer(runs, name="runs")

Folder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run.")]
Count = Annotated[int, typer.Option(min=1, metavar="N", help="Rows to show.")]
Column = Annotated[str, typer.Option(metavar="COLUMN", help="Column whose highest values count.")]
Parent = Annotated[str | None, typer.Argument(metavar="[PARENT]", help=PARENT)]
Results = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the run's results.")]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SITES",
        help="Sites that hold one element, such as Mg1, or 'Li1, site 1 + Li1, site 2'; once for"
        " each group.",
    ),
]
Elements = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LIST",
        help="Elements of a group: symbols and groups of elements, such as 'H, d block, hydride"
        " formers'; once for all groups or once for each.",
    ),
]
Mode = Annotated[
    Literal["exhaustive", "random", "guided"], typer.Option(help="How variants are chosen.")
]
Number = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Distinct variants to look at.")
]
Seed = Annotated[int, typer.Option(min=0, help="Of random and guided searches.")]
Scales = Annotated[
    list[float] | None,
    typer.Option(
        "--scale", metavar="FACTOR", help="Factor on the lattice; of several the best counts."
    ),
]
Pressures = Annotated[
    list[float] | None,
    typer.Option(
        "--pressure",
        metavar="GPA",
        help="Instead of scales: each variant at its own volume there; of several the best counts.",
    ),
]
HighestPressure = Annotated[
    float | None, typer.Option(metavar="GPA", help="Highest pressure, by the volume.")
]
RadiusRatio = Annotated[
    tuple[float, float] | None,
    typer.Option(
        metavar="LOW HIGH", help="Radius of an element over that of the one that it replaces."
    ),
]
Objective = Annotated[
    Literal["tc", "tc_low"], typer.Option(help="Tc, or the lower end of its interval.")
]
Inside = Annotated[bool, typer.Option("--inside", help="Only inside the applicability domain.")]
Width = Annotated[float | None, typer.Option(metavar="K", help="Widest prediction interval.")]
HydrogenDistance = Annotated[
    float | None, typer.Option(metavar="LENGTH", help="Shortest H-H distance in Å.")
]
MetalDistance = Annotated[
    float | None, typer.Option(metavar="LENGTH", help="Shortest metal-H distance in Å.")
]
LeastTc = Annotated[
    float | None, typer.Option(metavar="K", help="Least objective; what is lower is not kept.")
]
Neutral = Annotated[
    bool,
    typer.Option("--charge-neutral", help="Only charge-neutral ones by SMACT; no superhydrides."),
]
Radioactive = Annotated[bool, typer.Option("--radioactive", help="Allow radioactive elements.")]
Noble = Annotated[bool, typer.Option("--noble", help="Allow noble gases.")]
Chunk = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Variants of a part, in guided mode of a batch."),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the run; all else comes from its manifest.")
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler: tcp://HOST:8786.")
]


@commands.command()
def search(
    run: Results,
    parent: Parent = None,
    group: Groups = None,
    elements: Elements = None,
    mode: Mode = "exhaustive",
    number: Number = None,
    seed: Seed = 0,
    scales: Scales = None,
    pressures: Pressures = None,
    objective: Objective = "tc",
    inside: Inside = False,
    widest_interval: Width = None,
    shortest_h_h: HydrogenDistance = None,
    shortest_metal_h: MetalDistance = None,
    highest_pressure: HighestPressure = None,
    radius_ratio: RadiusRatio = None,
    least_tc: LeastTc = None,
    charge_neutral: Neutral = False,
    radioactive: Radioactive = False,
    noble: Noble = False,
    chunk: Chunk = None,
    resume: Resume = False,
    scheduler: Scheduler = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Search for substitutions with the highest Tc."""
    from tcexplore.model.predictor import load_predictor
    from tcexplore.search.constraints import Constraints
    from tcexplore.search.evaluate import Search
    from tcexplore.search.run import start_run
    from tcexplore.search.runs import Settings, default_chunk_size, read_run
    from tcexplore.search.space import within_radius_ratio

    if resume:
        kept = read_run(run)
        _compute(load_predictor(kept.manifest["model"]), kept, scheduler)
        return
    if parent is None or not group:
        raise ValueError(
            f"parent {parent!r}, groups {group or []}; give PARENT and --group SITES, or --resume"
        )
    predictor = load_predictor(model)
    allowed = _allowed(predictor, elements or ["all"], len(group), radioactive, noble)
    constraints = Constraints(
        inside,
        widest_interval,
        shortest_h_h,
        shortest_metal_h,
        highest_pressure,
        least_tc,
        charge_neutral,
    )
    space = _space(predictor, parent, group, allowed)
    if radius_ratio is not None:
        space = within_radius_ratio(space, *radius_ratio)
    wanted = Search(space, tuple(scales or [1.0]), constraints, objective, tuple(pressures or ()))
    settings = Settings(mode, number, seed, chunk or default_chunk_size(mode))
    started = start_run(run, predictor, wanted, settings, model=model, parent_name=parent)
    _compute(predictor, started, scheduler)


def _allowed(
    predictor: TcPredictor, lists: list[str], n_groups: int, radioactive: bool, noble: bool
) -> list[tuple[str, ...]]:
    """Return the elements of each group, from one list for all or one for each."""
    from tcexplore.search.space import allowed_elements

    each = lists * n_groups if len(lists) == 1 else lists
    return [
        allowed_elements(predictor, _names(text), radioactive=radioactive, noble=noble)
        for text in each
    ]


def _space(
    predictor: TcPredictor, parent: str, groups: list[str], allowed: list[tuple[str, ...]]
) -> SearchSpace:
    from tcexplore.cli import study_files as files
    from tcexplore.search.space import search_space

    cell = predictor.cell(files.parent_structure(parent))
    files.print_notes(parent, cell.warnings)
    return search_space(cell, [_sites(cell, label) for label in groups], allowed)


@runs.command("list")
def list_all(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Folder that holds the folders of runs.")
    ] = Path("runs/search"),
) -> None:
    """List the runs below a folder, newest first."""
    from tcexplore.search.run import run_progress
    from tcexplore.search.runs import list_runs

    for run in list_runs(folder):
        progress = run_progress(run)
        state = "finished" if progress.is_finished else f"{progress.share:.1%}"
        print(
            f"{run.folder}  {run.manifest['created']}  {run.manifest['parent_name']} "
            f" {run.settings.mode}  {state}  {progress.n_kept} of {progress.n_drawn} kept"
        )


@runs.command()
def show(folder: Folder, best: Count = 20, order_by: Column = "tc") -> None:
    """Show the best rows of a run, also of one that is not finished."""
    from tcexplore.search.query import run_rows
    from tcexplore.search.runs import read_run

    run = read_run(folder)
    _print_best(run, run_rows(run, count=best, order_by=order_by))


@runs.command()
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="FILE", help=".csv, .parquet or .json.")],
    best: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Best rows alone; without it all.")
    ] = None,
    order_by: Column = "tc",
) -> None:
    """Write the rows of a run to one file, highest first."""
    from tcexplore.search.query import export_run
    from tcexplore.search.runs import read_run

    export_run(read_run(folder), out, count=best, order_by=order_by)


@runs.command()
def delete(folder: Folder) -> None:
    """Delete a run and its results."""
    from tcexplore.search.runs import delete_run, read_run

    delete_run(read_run(folder))


def _compute(predictor: TcPredictor, run: Run, scheduler: str | None) -> None:
    """Compute a run to its end with a progress bar, then print its best rows."""
    from tcexplore.cli.study_files import with_progress_bar
    from tcexplore.scans.scan_tc import last_step
    from tcexplore.search.query import run_rows
    from tcexplore.search.run import run_steps

    steps = run_steps(predictor, run, scheduler=scheduler)
    progress = last_step(with_progress_bar((step.share, step) for step in steps))
    print(f"{progress.n_kept} of {progress.n_drawn} variants kept", file=sys.stderr)
    _print_best(run, run_rows(run, count=10, order_by=run.search.objective))


def _print_best(run: Run, table: pd.DataFrame) -> None:
    from tcexplore.search.query import with_formulas

    table = with_formulas(table, run.search)
    print(table.to_string(index=False) if len(table) else "no variant keeps the constraints")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _sites(cell: CanonicalCell, label: str) -> tuple[int, ...]:
    """Return the sites of one label, or of several joined by a plus."""
    from tcexplore.cli.study_files import site_indices

    labels = [part.strip() for part in label.split("+")]
    return tuple(site for part in labels for site in site_indices(cell, part))
