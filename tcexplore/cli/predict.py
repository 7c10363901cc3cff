"""Command `predict`: Tc of structure files."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from tcexplore.cli.options import Model
from tcexplore.model import DEFAULT_MODEL

commands = typer.Typer()


@commands.command()
def predict(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="CIF, POSCAR, extended XYZ or JSON, also as .gz."),
    ],
    form: Annotated[
        Literal["table", "json", "csv"], typer.Option("--format", help="Form of the output.")
    ] = "table",
    model: Model = DEFAULT_MODEL,
) -> None:
    """Predict Tc (K) of structure files.

    A file that cannot be predicted keeps its row, with the reason; the exit code is then 1.
    """
    from tcexplore.display.prediction_table import formatted, predict_files

    outcomes = predict_files(files, model)
    print(formatted(outcomes, form), end="")
    for outcome in outcomes:
        for message in filter(None, (*outcome.warnings, outcome.error)):
            print(f"{outcome.file}: {message}", file=sys.stderr)
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)
