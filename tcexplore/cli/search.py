"""Commands for substitution searches: search, and list, show, export and delete their runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcexplore.cli.options import PARENT, Model
from tcexplore.model import DEFAULT_MODEL

if TYPE_CHECKING:
    from tcexplore.crystal.canonical import CanonicalCell
    from tcexplore.search.runs import Run

commands = typer.Typer()
runs = typer.Typer(help="Runs of searches: list, show, export and delete them.")
commands.add_typer(runs, name="runs")

Folder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run.")]
Count = Annotated[int, typer.Option(min=1, metavar="N", help="Rows to show.")]
Column = Annotated[str, typer.Option(metavar="COLUMN", help="Column whose highest values count.")]


@commands.command()
def search(
    run: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the run's results.")],
    parent: Annotated[str | None, typer.Argument(metavar="[PARENT]", help=PARENT)] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SITES",
            help="Sites that hold one element, such as Mg1, or 'Li1, site 1 + Li1, site 2'; once"
            " for each group.",
        ),
    ] = None,
    elements: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIST",
            help="Elements of a group: symbols and groups of elements, such as 'H, d block,"
            " hydride formers'; once for all groups or once for each.",
        ),
    ] = None,
    mode: Annotated[
        Literal["exhaustive", "random", "guided"], typer.Option(help="How variants are chosen.")
    ] = "exhaustive",
    number: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Distinct variants to look at.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of random and guided searches.")] = 0,
    scales: Annotated[
        list[float] | None,
        typer.Option(
            "--scale", metavar="FACTOR", help="Factor on the lattice; of several the best counts."
        ),
    ] = None,
    objective: Annotated[
        Literal["tc", "tc_low"], typer.Option(help="Tc, or the lower end of its interval.")
    ] = "tc",
    inside: Annotated[
        bool, typer.Option("--inside", help="Only inside the applicability domain.")
    ] = False,
    widest_interval: Annotated[
        float | None, typer.Option(metavar="K", help="Widest prediction interval.")
    ] = None,
    shortest_h_h: Annotated[
        float | None, typer.Option(metavar="LENGTH", help="Shortest H-H distance in Å.")
    ] = None,
    shortest_metal_h: Annotated[
        float | None, typer.Option(metavar="LENGTH", help="Shortest metal-H distance in Å.")
    ] = None,
    least_tc: Annotated[
        float | None, typer.Option(metavar="K", help="Least objective; what is lower is not kept.")
    ] = None,
    radioactive: Annotated[
        bool, typer.Option("--radioactive", help="Allow radioactive elements.")
    ] = False,
    noble: Annotated[bool, typer.Option("--noble", help="Allow noble gases.")] = False,
    chunk: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Variants of a part, in guided mode of a batch."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run; all else comes from its manifest.")
    ] = False,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler: tcp://HOST:8786.")
    ] = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Search for substitutions with the highest Tc."""
    from tcexplore.cli import study_files as files
    from tcexplore.model.predictor import load_predictor
    from tcexplore.search.constraints import Constraints
    from tcexplore.search.evaluate import Search
    from tcexplore.search.run import start_run
    from tcexplore.search.runs import GUIDED_BATCH, Settings, read_run
    from tcexplore.search.space import allowed_elements, search_space

    if resume:
        kept = read_run(run)
        _compute(load_predictor(kept.manifest["model"]), kept, scheduler)
        return
    if parent is None or not group:
        raise ValueError(
            f"parent {parent!r}, groups {group or []}; give PARENT and --group SITES, or --resume"
        )
    predictor, structure = load_predictor(model), files.parent_structure(parent)
    cell = predictor.cell(structure)
    files.print_notes(parent, cell.warnings)
    given = elements or ["all"]
    lists = given * len(group) if len(given) == 1 else given
    allowed = [
        allowed_elements(predictor, _names(text), radioactive=radioactive, noble=noble)
        for text in lists
    ]
    space = search_space(cell, [_sites(cell, label) for label in group], allowed)
    constraints = Constraints(inside, widest_interval, shortest_h_h, shortest_metal_h, least_tc)
    size = {} if chunk is None else {"chunk_size": chunk}
    if mode == "guided":
        size = {"chunk_size": chunk or GUIDED_BATCH}
    wanted = Search(space, tuple(scales or [1.0]), constraints, objective)
    settings = Settings(mode, number, seed, **size)
    started = start_run(run, predictor, wanted, settings, model=model, parent_name=parent)
    _compute(predictor, started, scheduler)


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

    _print_best(read_run(folder), run_rows(read_run(folder), count=best, order_by=order_by))


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


def _compute(predictor, run: Run, scheduler: str | None) -> None:  # noqa: ANN001
    """Compute a run to its end with a progress bar, then print its best rows."""
    from tcexplore.cli.study_files import with_progress_bar
    from tcexplore.scans.scan_tc import last_step
    from tcexplore.search.query import run_rows
    from tcexplore.search.run import run_steps

    steps = run_steps(predictor, run, scheduler=scheduler)
    progress = last_step(with_progress_bar((step.share, step) for step in steps))
    print(f"{progress.n_kept} of {progress.n_drawn} variants kept", file=sys.stderr)
    _print_best(run, run_rows(run, count=10, order_by=run.search.objective if run.search else "tc"))


def _print_best(run: Run, table) -> None:  # noqa: ANN001
    from tcexplore.search.query import with_formulas

    if run.search is not None:
        table = with_formulas(table, run.search)
    print(table.to_string(index=False) if len(table) else "no variant keeps the constraints")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _sites(cell: CanonicalCell, label: str) -> tuple[int, ...]:
    """Return the sites of one label, or of several joined by a plus."""
    from tcexplore.cli.study_files import site_indices

    labels = [part.strip() for part in label.split("+")]
    return tuple(site for part in labels for site in site_indices(cell, part))
