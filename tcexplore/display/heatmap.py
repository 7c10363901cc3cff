"""The parts that maps of Tc are made of: the coloured cells, what is pointed at, marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from tcexplore.model.conformal import TcInterval

FloatArray = NDArray[np.floating]
MapQuantity = Literal["Tc", "lower band", "band width"]

MAP_QUANTITIES: tuple[MapQuantity, ...] = get_args(MapQuantity)
"""What the colours of a map can say; the last two need a model with bands."""
SCALE = "Viridis"  # even in brightness for all kinds of colour vision, and without a grey
WIDTH_SCALE = "Blues"  # another one, so that nobody takes a width for a Tc
NOT_PREDICTED = "#9aa0a6"
MARK = "#e8590c"  # stands out on both scales, on white and on black
TC_AXIS = "<i>T</i><sub>c</sub> (K)"
TITLES = {
    "Tc": TC_AXIS,
    "lower band": "Lower end<br>of the band<br>of <i>T</i><sub>c</sub> (K)",
    "band width": "Width of<br>the band (K)",
}
PERCENTILE = 99.5
OVERSHOOT = 1.2  # an upper end this far above the percentile is cut


def colour_limit(tc: FloatArray) -> float:
    """Return the Tc (K) where the colours end, below the highest if few values stand far out."""
    if not np.isfinite(tc).any():
        return 1.0
    highest, limit = float(np.nanmax(tc)), float(np.nanpercentile(tc, PERCENTILE))
    return max(limit if highest > OVERSHOOT * limit > 0 else highest, 1e-3)


def map_values(result: TcInterval, quantity: MapQuantity) -> FloatArray:
    """Return what the colours of a map say (K), of the shape of its Tc."""
    if quantity == "lower band":
        return result.low
    return result.tc if quantity == "Tc" else result.high - result.low


def map_cells(
    x: Sequence[Any] | FloatArray,
    y: Sequence[Any] | FloatArray,
    result: TcInterval,
    quantity: MapQuantity,
) -> list[go.Heatmap]:
    """Return the cells of a map, and below them grey ones where nothing is predicted.

    The lower end of the band has the colours of Tc, so that the two compare.
    """
    values = map_values(result, quantity)
    limit = colour_limit(values if quantity == "band width" else result.tc)
    blank = np.where(np.isnan(values), 1.0, np.nan)
    grey = [[0, NOT_PREDICTED], [1, NOT_PREDICTED]]
    bar: dict[str, Any] = {"title": TITLES[quantity], "thickness": 14, "outlinewidth": 0}
    if len(values) == 1:
        bar["nticks"] = 3  # the scale is as low as the one row
    if np.nanmax(values, initial=0.0) > limit:
        bar["title"] += f"<br>above {limit:.0f}:<br>one colour"
    shared = {"x": list(x), "y": list(y), "hoverinfo": "skip"}
    scale = WIDTH_SCALE if quantity == "band width" else SCALE
    return [
        go.Heatmap(z=blank, colorscale=grey, showscale=False, name="not predicted", **shared),
        go.Heatmap(
            z=values, zmin=0, zmax=limit, colorscale=scale, colorbar=bar, name=quantity, **shared
        ),
    ]


def unseen_points(
    x: ArrayLike, y: ArrayLike, details: ArrayLike, name: str, hover: str
) -> go.Scattergl:
    """Return points over the cells of a map: a heatmap itself reports no click to Streamlit."""
    unseen = {"size": 9, "symbol": "square", "color": "rgba(0,0,0,0)"}
    same = {"marker": {"opacity": 0}}
    return go.Scattergl(
        x=x, y=y, mode="markers", marker=unseen, showlegend=False, selected=same, unselected=same,
        customdata=details, name=name, hovertemplate=hover,
    )  # fmt: skip


def mark(x: Sequence[Any], y: Sequence[Any], symbol: str, name: str) -> go.Scatter:
    """Return marked places of a map."""
    marker = {"symbol": symbol, "size": 13, "color": MARK, "line": {"width": 2.5, "color": MARK}}
    return go.Scatter(
        x=list(x), y=list(y), mode="markers", marker=marker, name=name, showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
