"""Slopes of Tc with pressure: figure, table and sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from tcexplore.display.labels import formula_text, number_text
from tcexplore.display.style import GREY, LEGEND, LINES
from tcexplore.studies.pressure_slopes import agreement

SLOPE = "d<i>T</i><sub>c</sub>/d<i>P</i>"


def slopes_figure(slopes: pd.DataFrame) -> go.Figure:
    """Return the slopes of the model against the published ones."""
    names = slopes["phase"] if "phase" in slopes else _names(slopes)
    ends = [float(slopes[["slope", "slope_model"]].to_numpy().min()) - 0.1]
    ends.append(float(slopes[["slope", "slope_model"]].to_numpy().max()) + 0.1)
    line = {"color": GREY, "dash": "dash", "width": 1.5}
    figure = go.Figure(
        [
            go.Scatter(x=ends, y=ends, mode="lines", line=line, name="equal", hoverinfo="skip"),
            go.Scatter(
                x=slopes["slope"], y=slopes["slope_model"], mode="markers+text", text=names,
                textposition="top center", marker={"size": 10, "color": LINES[0]}, name="phases",
                showlegend=False,
                hovertemplate="%{text}<br>published %{x:.2f}, model %{y:.2f} K/GPa<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.update_layout(height=420, legend=LEGEND, margin={"l": 10, "r": 10, "t": 30, "b": 10})
    figure.update_xaxes(title=f"{SLOPE}, published (K/GPa)", automargin=True)
    figure.update_yaxes(title=f"{SLOPE}, model (K/GPa)", automargin=True)
    return figure


def _names(slopes: pd.DataFrame) -> list[str]:
    pairs = zip(slopes["formula"], slopes["space_group"], strict=True)
    return [f"{formula_text(formula)} {group}" for formula, group in pairs]


def slopes_table(slopes: pd.DataFrame) -> pd.DataFrame:
    """Return the slopes with the names and digits of the screen, in Markdown."""
    return pd.DataFrame(
        {
            "Phase": _names(slopes),
            "Pressures (GPa)": [
                f"{n}, {low:g} to {high:g}"
                for n, low, high in slopes[["n", "low", "high"]].itertuples(index=False)
            ],
            "d$T_c$/d$P$, published (K/GPa)": slopes["slope"].map(_signed),
            "d$T_c$/d$P$, model (K/GPa)": slopes["slope_model"].map(_signed),
            "Mean $T_c$, published (K)": slopes["tc"].map("{:.0f}".format),
            "Mean $T_c$, model (K)": slopes["tc_model"].map("{:.0f}".format),
            "In training": np.where(slopes["in_training"], "yes", "no"),
            "Source": [f"[doi](https://doi.org/{doi})" for doi in slopes["doi"]],
        }
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def slopes_sentence(slopes: pd.DataFrame) -> str:
    """Return the agreement of the slopes in Markdown."""
    numbers, n_trained = agreement(slopes), np.count_nonzero(slopes["in_training"])
    share = round(numbers["same_sign"] * len(slopes))
    return (
        f"The slope of $T_c$ with pressure has the published sign in **{share} of {len(slopes)}**"
        f" phases; its median size is {numbers['median_model']:.2f} K/GPa, the published one"
        f" {numbers['median']:.2f} K/GPa (rank correlation"
        f" {number_text(numbers['rank_correlation'], 2)}). In training at one of these pressures:"
        f" {n_trained} of {len(slopes)}."
    )
