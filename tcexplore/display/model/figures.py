"""The figures of the Model page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from tcexplore.display.labels import band_text, formula_text, kind_name, source_text
from tcexplore.display.style import GREY, LEGEND, LINES, MARK
from tcexplore.typing import FloatArray

FAMILIES = {
    "other": ("others", GREY),
    "cuprate": ("cuprates", LINES[0]),
    "iron-based": ("iron-based", LINES[2]),
    "hydride": ("hydrides", LINES[1]),
}
"""Those drawn last lie on top."""
LEAST_TC = 0.1  # K, where a logarithmic axis ends
REPORTED_AXIS = "Reported <i>T</i><sub>c</sub> (K)"
PREDICTED_AXIS = "Predicted <i>T</i><sub>c</sub> (K)"
HEIGHT, SMALL_HEIGHT = 520, 330  # CSS pixels


def parity_figure(
    lines: pd.DataFrame, model: str, *, picked: int | None = None, logarithmic: bool = False
) -> go.Figure:
    """Return predicted against reported Tc of held-out materials.

    Parameters
    ----------
    lines
        From `ModelReport.lines`. The last part of a point's customdata is the label of its line.
    model
        Whose column is shown; lines without a prediction are left out.
    picked
        The label of a line to mark, with its band where it has one.
    """
    predicted = lines.loc[lines[model].notna()]
    figure = go.Figure(_diagonal(predicted, model, logarithmic=logarithmic))
    for family, (name, colour) in FAMILIES.items():
        part = predicted.loc[predicted["family"] == family]
        if len(part):
            figure.add_trace(_materials(part, model, name, colour, logarithmic=logarithmic))
    if picked is not None and picked in predicted.index:
        figure.add_trace(_marked(predicted, model, picked, logarithmic=logarithmic))
    kind = "log" if logarithmic else "linear"
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend=LEGEND,
        hovermode="closest",
    )
    figure.update_xaxes(title=REPORTED_AXIS, type=kind)
    figure.update_yaxes(title=PREDICTED_AXIS, type=kind)
    if logarithmic:
        figure.update_xaxes(dtick=1)
        figure.update_yaxes(dtick=1)
    return figure


def _drawn(tc: ArrayLike, *, logarithmic: bool) -> FloatArray:
    """Return where a Tc (K) is drawn: on a logarithmic axis not below its end."""
    values = np.asarray(tc, float)
    return np.maximum(values, LEAST_TC) if logarithmic else values


def _diagonal(lines: pd.DataFrame, model: str, *, logarithmic: bool) -> go.Scatter:
    highest = np.nanmax(lines[["tc", model]].to_numpy(float), initial=1.0)
    ends = [LEAST_TC if logarithmic else 0.0, float(highest)]
    return go.Scatter(
        x=ends, y=ends, mode="lines", line={"color": GREY, "width": 1.5, "dash": "dash"},
        name="predicted = reported", hoverinfo="skip",
    )  # fmt: skip


def _materials(
    lines: pd.DataFrame, model: str, name: str, colour: str, *, logarithmic: bool
) -> go.Scattergl:
    details = np.stack(
        [
            lines["formula"].map(formula_text),
            lines["tc"].map("{:.4g}".format),
            lines["tc_kind"].map(kind_name),
            lines[model].map("{:.4g}".format),
            _band_details(lines, model),
            lines["source"].map(source_text),
            lines.index,
        ],
        axis=1,
    )
    same = {"marker": {"opacity": 0.6}}
    return go.Scattergl(
        x=_drawn(lines["tc"], logarithmic=logarithmic),
        y=_drawn(lines[model], logarithmic=logarithmic),
        mode="markers", name=name, customdata=details, selected=same, unselected=same,
        marker={"size": 6, "color": colour, "opacity": 0.6},
        hovertemplate="<b>%{customdata[0]}</b><br>reported %{customdata[1]} K,"
        " %{customdata[2]}<br>predicted %{customdata[3]} K%{customdata[4]}<br>"
        "%{customdata[5]}<extra></extra>",
    )  # fmt: skip


def _band_details(lines: pd.DataFrame, model: str) -> list[str]:
    """Return the bands in the hover text; they belong to the shipped model."""
    if model != "tcexplore":
        return [""] * len(lines)
    texts = [band_text(*ends) for ends in zip(lines["tc_low"], lines["tc_high"], strict=True)]
    return [f", interval {text}" if text else "" for text in texts]


def _marked(lines: pd.DataFrame, model: str, label: int, *, logarithmic: bool) -> go.Scatter:
    line = lines.loc[label]
    error = None
    if _band_details(lines.loc[[label]], model)[0]:
        up, down = line["tc_high"] - line[model], line[model] - line["tc_low"]
        bar = {"array": [up], "arrayminus": [down], "color": MARK, "thickness": 2, "width": 6}
        error = {"type": "data", "symmetric": False, **bar}
    return go.Scatter(
        x=_drawn([line["tc"]], logarithmic=logarithmic),
        y=_drawn([line[model]], logarithmic=logarithmic),
        mode="markers", name=formula_text(str(line["formula"])), hoverinfo="skip", error_y=error,
        marker={"symbol": "circle-open", "size": 13, "color": MARK, "line": {"width": 2.5}},
    )  # fmt: skip


def calibration_figure(rows: Iterable[Mapping[str, float]]) -> go.Figure:
    """Return the share of labels that bands of each level hold, with the diagonal.

    Parameters
    ----------
    rows
        Each with level and covered, shares.
    """
    table = pd.DataFrame(rows).sort_values("level") * 100
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 100], y=[0, 100], mode="lines", name="ideal", hoverinfo="skip",
                line={"color": GREY, "width": 1.5, "dash": "dash"},
            ),
            go.Scatter(
                x=table["level"], y=table["covered"], mode="lines+markers", name="model",
                line={"color": LINES[0], "width": 2.5}, marker={"size": 8},
                hovertemplate="%{x:.0f}\u202f% intervals hold %{y:.1f}\u202f%<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.update_layout(
        height=SMALL_HEIGHT, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=LEGEND
    )
    figure.update_xaxes(title="Level of the intervals (%)", range=[0, 102])
    figure.update_yaxes(title="Reported <i>T</i><sub>c</sub> inside (%)", range=[0, 102])
    return figure
