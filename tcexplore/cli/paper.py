"""Command `paper`: the paper's figures and tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tcexplore.cli.options import Model
from tcexplore.model import DEFAULT_MODEL


class Part(StrEnum):
    """Figures and tables that are remade, in the order of the paper."""

    FIGURE_3 = "figure-3"
    FIGURE_4 = "figure-4"
    FIGURE_5 = "figure-5"
    FIGURE_6 = "figure-6"
    TABLE_2 = "table-2"
    TABLE_3 = "table-3"


commands = typer.Typer()


@commands.command()
def paper(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for PNG, SVG and CSV files.")],
    only: Annotated[
        list[Part] | None, typer.Option(help="Part to remake.", show_default="all")
    ] = None,
    more: Annotated[
        list[Part] | None,
        typer.Argument(metavar="PART", help="Further parts to remake.", show_choices=False),
    ] = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Figures 3 to 6, tables II and III of arXiv:2301.10474."""
    from tcexplore.model.predictor import load_predictor, model_directory
    from tcexplore.paper import remake  # matplotlib and plotly

    predictor, directory = load_predictor(model), model_directory(model)
    out.mkdir(parents=True, exist_ok=True)
    print(f"model {predictor.files.name}; all Tc in K, all lengths in Å")
    for name in [*(only or []), *(more or [])] or Part:
        part = remake.PARTS[name](predictor, directory)
        files = remake.save_part(name, part, out)
        print(f"\n{name}\n{part.summary}\nwritten: {', '.join(map(str, files))}")
