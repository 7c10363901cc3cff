"""Commands on pressure: the fit of the equation of state, and slopes of Tc."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tcexplore.cli.options import Data, Figure, Model, Table
from tcexplore.model import DEFAULT_MODEL

if TYPE_CHECKING:
    import pandas as pd

commands = typer.Typer()


@commands.command("equation-of-state")
def equation_of_state(
    data: Data,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON file to write, instead of none.")
    ] = None,
) -> None:
    """Fit pressure against volume to hydrides."""
    from tcexplore.datasets import load_dataset
    from tcexplore.equation_of_state.files import save_equation_of_state
    from tcexplore.equation_of_state.leave_out import coverage, fit_with_errors
    from tcexplore.training.known_pressures import hydride_cells, measured_cells

    fit = fit_with_errors(hydride_cells(load_dataset(data)), measured_cells())
    if out is not None:
        save_equation_of_state(fit.equation, out)
    n_elements = fit.equation.is_fitted.sum()
    print(f"{len(fit.cells.volumes)} hydride cells of {n_elements} elements, 50 to 600 GPa")
    print(_errors_line("a formula left out", fit.formulas, coverage(fit.formulas, fit.elements)))
    print(_errors_line("an element left out", fit.elements, coverage(fit.elements, fit.formulas)))
    pairs = "pairs of cells of one formula, one taken as known"
    print(f"{pairs}: 90 % within {fit.equation.compression_error:.2f} |ln(P/P0)| in ln P")


@commands.command("pressure-slopes")
def slopes(
    out: Table,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Data set whose labels count, not the catalogue's."),
    ] = None,
    figure: Figure = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Slopes dTc/dP (K/GPa) beside published ones."""
    from tcexplore.cli.study_files import write_table
    from tcexplore.datasets import load_dataset
    from tcexplore.display.pressure_slopes import slopes_figure, slopes_sentence
    from tcexplore.evaluation.pressure_slopes import dataset_slopes
    from tcexplore.model.predictor import load_predictor
    from tcexplore.studies.pressure_slopes import pressure_slopes

    predictor = load_predictor(model)
    if data is None:
        table = pressure_slopes(predictor)
    else:
        table = dataset_slopes(predictor, load_dataset(data))
    write_table(table.round(4), out)
    if figure:
        slopes_figure(table).write_html(figure)
    print(slopes_sentence(table).replace("**", "").replace("$", ""))


def _errors_line(name: str, left_out: pd.DataFrame, share_held: float) -> str:
    error = (left_out["estimated"] / left_out["known"] - 1).abs()
    volume_error = left_out["volume_error"].abs().median()
    return (
        f"{name} ({len(error)}): P within {error.median():.1%} (median),"
        f" {(error <= 0.2).mean():.0%} within 20 %; V within {volume_error:.1%} (median);"
        f" {share_held:.0%} of the stated 90 % errors hold"
    )
