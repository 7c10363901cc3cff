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
    all_structures: Annotated[
        bool,
        typer.Option("--all", help="Predict each structure of a file that holds several."),
    ] = False,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Predict Tc (K) of structure files.

    A file that cannot be predicted keeps its row, with the reason; the exit code is then 1.
    """
    from tcexplore.display import prediction_table as table

    predict_each = table.predict_all_structures if all_structures else table.predict_files
    outcomes = predict_each(files, model)
    print(table.formatted(outcomes, form, has_labels=all_structures), end="")
    for outcome in outcomes:
        for message in filter(None, (*outcome.warnings, outcome.error)):
            print(f"{outcome.name}: {message}", file=sys.stderr)
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)
