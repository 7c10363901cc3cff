"""Command `predict`: Tc of structure files, printed or kept as a run that can be resumed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcexplore.cli.options import Model
from tcexplore.model import DEFAULT_MODEL

if TYPE_CHECKING:
    from tcexplore.batch.runs import Batch
    from tcexplore.display.crystal.prediction_table import Row
    from tcexplore.model.predictor import TcPredictor

commands = typer.Typer()

FILES = """Structure files, also as .gz; zip archives and folders of them; CSV or TSV tables with a
column 'file' and, if known, 'pressure' (GPa)."""


@commands.command()
def predict(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help=FILES, show_default=False)
    ] = None,
    form: Annotated[
        Literal["table", "json", "csv"], typer.Option("--format", help="Form of the output.")
    ] = "table",
    all_structures: Annotated[
        bool,
        typer.Option("--all", help="Predict each structure of a file that holds several."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the table there: .csv, .parquet or .json; print nothing."
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep the results there as they come in, of every structure."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run; it has copies of its files.")
    ] = False,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Predict Tc (K) of structure files.

    A file that cannot be predicted keeps its row, with the reason; the exit code is then 1.
    """
    if resume and run is None:
        raise ValueError("--resume without --run; name the folder of the run: --run DIR")
    if resume == bool(files):
        raise ValueError(
            f"{len(files or [])} files{' with --resume' * resume}; give files, or a run to go on"
            " with: --run DIR --resume"
        )
    if run is not None:
        rows = _kept_rows(run, files or [], model)
    else:
        rows = _rows(files or [], model, all_structures)
    _write(rows, form, out, has_labels=all_structures or run is not None)
    if any(row["error"] for row in rows):
        raise typer.Exit(1)


def _rows(files: list[str], model: str, all_structures: bool) -> list[Row]:
    """Return the rows of files, and print on stderr what the user should know of each."""
    from tcexplore.batch.outcomes import predicted_files
    from tcexplore.batch.sources import path_sources
    from tcexplore.model.predictor import load_predictor

    sources, rows = path_sources(files), []
    for outcome in predicted_files(load_predictor(model), sources, several=all_structures):
        rows.append(outcome.row())
        for message in filter(None, (*outcome.warnings, outcome.error)):
            print(f"{outcome.name}: {message}", file=sys.stderr)
    return rows


def _kept_rows(run: Path, files: list[str], model: str) -> list[Row]:
    """Return the rows of a run, new or resumed, once it is finished."""
    from tcexplore.batch.query import batch_table
    from tcexplore.batch.run import start_batch
    from tcexplore.batch.runs import read_batch
    from tcexplore.batch.sources import path_sources
    from tcexplore.model.predictor import load_predictor

    if files:
        predictor, name = load_predictor(model), _name(files)
        batch = start_batch(run, predictor, path_sources(files), model=model, name=name)
    else:
        batch = read_batch(run)
        predictor = load_predictor(batch.manifest["model"])
    _compute(predictor, batch)
    return batch_table(batch).drop_columns(["number"]).to_pylist()


def _name(files: list[str]) -> str:
    """Return what a run is made from, for lists of runs."""
    first = Path(files[0]).name or files[0]
    return first if len(files) == 1 else f"{first} and {len(files) - 1} more"


def _compute(predictor: TcPredictor, batch: Batch) -> None:
    """Compute a batch to its end with a progress bar, then print what it came to."""
    from tcexplore.batch.run import batch_steps
    from tcexplore.cli.study_files import with_progress_bar
    from tcexplore.scans.scan_tc import last_step

    steps = batch_steps(predictor, batch)
    progress = last_step(with_progress_bar((step.share, step) for step in steps))
    print(
        f"{progress.n_predicted} structures predicted, {progress.n_refused} refused, with their"
        f" reasons in the column 'error'; kept in {batch.folder}",
        file=sys.stderr,
    )


def _write(rows: list[Row], form: str, out: Path | None, *, has_labels: bool) -> None:
    """Print the rows, or write them to a file."""
    from tcexplore.display.crystal import prediction_table

    if out is None:
        print(prediction_table.formatted(rows, form, has_labels=has_labels), end="")
    else:
        prediction_table.write_rows(rows, out, has_labels=has_labels)
