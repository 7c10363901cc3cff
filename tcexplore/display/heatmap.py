"""Maps of Tc: coloured cells, hatching outside the applicability domain, marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from tcexplore.display.domain import OUTSIDE_NAME, contiguous_runs
from tcexplore.display.style import GREY, MARK, NOT_PREDICTED, TC_AXIS
from tcexplore.model.conformal import TcInterval
from tcexplore.typing import BoolArray, FloatArray

MapQuantity = Literal["Tc", "lower band", "band width", "pressure", "other Tc", "difference"]
"""Quantity of the colours; "lower band" and "band width" need a model with intervals, the pressure
an estimate, the last two a second map."""
Range = tuple[float, float]
"""Values where the colours begin and end."""
SCALE = "Viridis"  # even in brightness for all kinds of colour vision, and without a grey
WIDTH_SCALE = "Blues"  # another one, so that nobody takes a width for a Tc
PRESSURE_SCALE = "Cividis"
DIFFERENCE_SCALE = "RdBu_r"  # white where both maps agree
TITLES = {
    "Tc": TC_AXIS,
    "lower band": "Lower end<br>of the<br>interval (K)",
    "band width": "Width<br>of the<br>interval (K)",
    "pressure": "Pressure<br>(GPa)",
    "other Tc": f"{TC_AXIS},<br>second map",
    "difference": f"Difference<br>of {TC_AXIS}",
}
PERCENTILE = 99.5
OVERSHOOT = 1.2  # an upper end this far above the percentile is cut
# White on a dark ground: one of the two is seen on every colour of the scale.
HATCHING = ({"color": "rgba(0,0,0,0.55)", "width": 2.4}, {"color": "white", "width": 1.0})
HATCHES = 45  # diagonals along an axis: as near as is legible


def colour_limit(tc: FloatArray) -> float:
    """Return the Tc (K) where the colours end, below the highest if few values stand far out."""
    if not np.isfinite(tc).any():
        return 1.0
    highest, limit = float(np.nanmax(tc)), float(np.nanpercentile(tc, PERCENTILE))
    return max(limit if highest > OVERSHOOT * limit > 0 else highest, 1e-3)


def automatic_range(values: FloatArray) -> Range:
    """Return where the colours of some values begin and end: from 0, or about 0 with both signs."""
    limit = colour_limit(np.abs(values))
    return (-limit, limit) if (values < 0).any() else (0.0, limit)


def map_values(result: TcInterval, quantity: MapQuantity) -> FloatArray:
    """Return the quantity of a map's colours (K), shape as that of its Tc."""
    if quantity == "lower band":
        return result.low
    return result.high - result.low if quantity == "band width" else result.tc


def map_cells(
    x: Sequence[Any] | FloatArray,
    y: Sequence[Any] | FloatArray,
    result: TcInterval,
    quantity: MapQuantity,
    limits: Range | None = None,
) -> list[go.Heatmap]:
    """Return the cells of a map, and below them grey ones where nothing is predicted.

    The lower end of the interval has the colours of Tc, so that the two compare.
    """
    values = map_values(result, quantity)
    if limits is None:
        limits = automatic_range(result.tc if quantity == "lower band" else values)
    return quantity_cells(x, y, values, quantity, limits)


def quantity_cells(
    x: Sequence[Any] | FloatArray,
    y: Sequence[Any] | FloatArray,
    values: FloatArray,
    quantity: MapQuantity,
    limits: Range | None = None,
) -> list[go.Heatmap]:
    """Return the cells of a map of any quantity, and grey ones where it has no value."""
    if limits is None and quantity != "pressure":
        limits = automatic_range(values)
    bar: dict[str, Any] = {"title": TITLES[quantity]}
    ends: dict[str, float] = {}
    if limits is not None:
        low, high = limits
        ends = {"zmin": low, "zmax": high}
        if np.nanmax(values, initial=low) > high * (1 + 1e-9):
            bar["title"] += f"<br>above {high:.0f}:<br>one colour"
    scales = {
        "band width": WIDTH_SCALE, "pressure": PRESSURE_SCALE, "difference": DIFFERENCE_SCALE,
    }  # fmt: skip
    scale = scales.get(quantity, SCALE)
    return _cells(x, y, values, **ends, colorscale=scale, colorbar=bar, name=quantity)


def _cells(
    x: Sequence[Any] | FloatArray,
    y: Sequence[Any] | FloatArray,
    values: FloatArray,
    *,
    colorbar: dict[str, Any],
    **heatmap: Any,  # noqa: ANN401
) -> list[go.Heatmap]:
    blank = np.where(np.isnan(values), 1.0, np.nan)
    grey = [[0, NOT_PREDICTED], [1, NOT_PREDICTED]]
    bar = {"thickness": 14, "outlinewidth": 0, **colorbar}
    if len(values) == 1:
        bar["nticks"] = 3  # the scale is as low as the one row
    shared = {"x": list(x), "y": list(y), "hoverinfo": "skip"}
    return [
        go.Heatmap(z=blank, colorscale=grey, showscale=False, name="not predicted", **shared),
        go.Heatmap(z=values, colorbar=bar, **heatmap, **shared),
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


def hatch_traces(outside: BoolArray, x: FloatArray, y: FloatArray) -> list[go.Scatter]:
    """Return the hatching of cells outside the applicability domain, with its legend.

    Parameters
    ----------
    outside
        Shape (n_y, n_x).
    x, y
        Edges of the cells, shapes (n_x + 1,) and (n_y + 1,).
    """
    strokes = list(_strokes(outside, step=max(1, round(max(outside.shape) / HATCHES))))
    if not strokes:
        return []
    places = {"x": [], "y": []}
    for (i, j), (k, m) in strokes:
        places["x"] += [x[i], x[k], None]
        places["y"] += [y[j], y[m], None]
    same = {"mode": "lines", "hoverinfo": "skip", "showlegend": False, "name": "hatching"}
    return [*(go.Scatter(line=line, **places, **same) for line in HATCHING), _hatch_legend()]


def add_category_hatching(figure: go.Figure, outside: BoolArray) -> None:
    """Hatch cells on axes of categories, where only a shape can lie between two of these."""
    path = " ".join(
        f"M {i - 0.5},{j - 0.5} L {k - 0.5},{m - 0.5}"
        for (i, j), (k, m) in _strokes(outside, step=1)
    )
    if not path:
        return
    for line in HATCHING:
        figure.add_shape(type="path", path=path, line=line)
    figure.add_trace(_hatch_legend())


def _hatch_legend() -> go.Scatter:
    """Return an empty trace that explains the hatching, grey so that both themes show it."""
    marker = {"symbol": "line-nw-open", "size": 11, "color": GREY, "line": {"width": 2}}
    return go.Scatter(
        x=[None], y=[None], mode="markers", marker=marker, name=OUTSIDE_NAME, showlegend=True,
        hoverinfo="skip",
    )  # fmt: skip


def _strokes(outside: BoolArray, *, step: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield both ends of every step-th diagonal through the chosen cells, as numbers of edges.

    They fall, so that they cross a line of constant c/a.
    """
    n_rows, n_columns = outside.shape
    for offset in range(-n_rows + 1, n_columns):
        if offset % step:
            continue
        top, left = n_rows - max(-offset, 0), max(offset, 0)
        for run in contiguous_runs(np.diagonal(outside[::-1], offset)):
            yield (left + run.start, top - run.start), (left + run.stop, top - run.stop)


def edges(values: FloatArray) -> FloatArray:
    """Return the edges of cells around evenly spaced values, shape (n + 1,)."""
    middle = (values[1:] + values[:-1]) / 2
    first, last = values[0] - (middle[0] - values[0]), values[-1] + (values[-1] - middle[-1])
    return np.concatenate([[first], middle, [last]])
