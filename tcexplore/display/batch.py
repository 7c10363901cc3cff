"""Batch of predictions: the words above its columns, and the scatter plot of any two of them."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from tcexplore.display.labels import formula_text
from tcexplore.display.style import GREY, LEGEND, LINES, MARK, TC_AXIS
from tcexplore.model.applicability_domain import EDGE, INSIDE, OUTSIDE

HEADS = {
    "number": "No.", "file": "File", "structure": "Structure", "formula": "Formula",
    "tc": "Tc (K)", "tc_low": "Interval, low (K)", "tc_high": "Interval, high (K)",
    "in_training": "In training", "domain": "Domain", "pressure_gpa": "Pressure (GPa)",
    "h_h": "H–H (Å)", "error": "Not predicted because", "pressure_source": "Pressure is",
    "pressure_origin": "Stated by",
    "pressure_low": "Pressure, low (GPa)", "pressure_high": "Pressure, high (GPa)",
    "volume_per_atom": "Volume (Å³/atom)", "space_group": "Space group",
    "tc_held_out": "Tc, system held out (K)", "tc_composition": "Tc by composition (K)",
    "warnings": "Notes",
}  # fmt: skip
"""Heads of the table's columns, in their order on the screen."""
AXES = {
    "tc": TC_AXIS, "tc_low": f"Lower end of the interval of {TC_AXIS}",
    "tc_high": f"Upper end of the interval of {TC_AXIS}",
    "tc_held_out": f"{TC_AXIS}, system held out", "tc_composition": f"{TC_AXIS} by composition",
    "pressure_gpa": "Pressure (GPa)", "h_h": "Shortest H–H distance (Å)",
    "volume_per_atom": "Volume per atom (Å³)",
}  # fmt: skip
"""Columns that the plot can have on its axes, with their titles."""
DOMAINS = {
    INSIDE: (LINES[0], "circle"), EDGE: (LINES[4], "diamond"), OUTSIDE: (LINES[3], "x"),
    "": (GREY, "square"),
}  # fmt: skip
"""Colour and symbol of each word for the applicability domain, empty where it is not known."""
HEIGHT = 420  # CSS pixels


def shown_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a batch that say something, in their order on the screen.

    Labels of structures do so where a file has several rows. Formulas have subscripts.
    """
    filled = table.columns[(table.notna() & (table != "")).any()]
    names = [name for name in HEADS if name in filled]
    if table["file"].is_unique and "structure" in names:
        names.remove("structure")
    shown = table.reindex(columns=names)
    if "in_training" in names:
        words = {True: "yes", False: "no"}
        shown["in_training"] = [words.get(value, "") for value in shown["in_training"]]
    return shown.assign(formula=shown["formula"].map(formula_text)) if "formula" in names else shown


def scatter_figure(table: pd.DataFrame, x: str, y: str, picked: int | None = None) -> go.Figure:
    """Return one column of a batch against another, coloured by applicability domain.

    Parameters
    ----------
    table
        Rows of `batch_table`; those without a value in one of the columns are left out. The only
        part of a point's customdata is its number, as a text: arrays of numbers come back from the
        browser as objects.
    picked
        Number of the row to mark.
    """
    shown = table.loc[table[x].notna() & table[y].notna()]
    figure = go.Figure()
    for word, (colour, symbol) in DOMAINS.items():
        part = shown.loc[shown["domain"] == word]
        if len(part):
            figure.add_trace(_points(part, x, y, word or "not known", colour, symbol))
    marked = shown.loc[shown["number"] == picked]
    if len(marked):
        figure.add_trace(_mark(marked, x, y))
    figure.update_layout(
        height=HEIGHT, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=LEGEND,
        hovermode="closest", showlegend=True,
    )  # fmt: skip
    figure.update_xaxes(title=AXES[x])
    figure.update_yaxes(title=AXES[y])
    return figure


def _points(
    rows: pd.DataFrame, x: str, y: str, word: str, colour: str, symbol: str
) -> go.Scattergl:
    same = {"marker": {"opacity": 0.9}}
    names = rows["formula"].map(formula_text) + "<br>" + rows["file"].str.slice(-60).map(escape)
    return go.Scattergl(
        x=rows[x], y=rows[y], mode="markers", name=word, selected=same, unselected=same,
        marker={"size": 8, "color": colour, "symbol": symbol, "opacity": 0.9},
        customdata=[[f"{number}"] for number in rows["number"]], text=names,
        hovertemplate="<b>%{text}</b><br>%{x:.4g}, %{y:.4g}<extra></extra>",
    )  # fmt: skip


def _mark(row: pd.DataFrame, x: str, y: str) -> go.Scatter:
    return go.Scatter(
        x=row[x], y=row[y], mode="markers", hoverinfo="skip",
        name=formula_text(str(row["formula"].iloc[0])),
        marker={"symbol": "circle-open", "size": 15, "color": MARK, "line": {"width": 2.5}},
    )  # fmt: skip
