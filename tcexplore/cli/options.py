"""Arguments and options that several commands share, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Range: TypeAlias = tuple[float, float, int]
"""First value, last value and number of values."""
RANGE = "FROM TO COUNT"

PARENT = (
    "Structure file, or the id of a structure in the catalogue, such as mgb2, or of the Materials"
    " Project, such as mp-763."
)
Parent = Annotated[str, typer.Argument(metavar="PARENT", help=PARENT)]
Parents = Annotated[list[str], typer.Argument(metavar="PARENT", help=PARENT)]

Model = Annotated[str, typer.Option(metavar="MODEL", help="Name of a shipped model, or a folder.")]
Table = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="Table to write: .csv, .parquet or .json.")
]
Figure = Annotated[Path | None, typer.Option(metavar="FILE", help="Figure to write: .html.")]

STATED = (
    "Known pressure of the structure, 0 if ambient; counts before the catalogue's or the file's."
)

Data = Annotated[
    Path, typer.Option(metavar="FILE", help="Data set, the Parquet file of `tcexplore dataset`.")
]
Runs = Annotated[
    Path, typer.Option(metavar="DIR", help="Checkpoints, from which a run that was ended goes on.")
]
