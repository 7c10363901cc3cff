"""Hydrogen networks along a scan as plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tcexplore.display.heatmap import MARK, TC_AXIS
from tcexplore.display.overlays import (
    add_band,
    add_outside,
    band_legend,
    inside_tc,
    outside_legend,
    point_hover,
)
from tcexplore.display.plots import LEGEND, LINES
from tcexplore.studies.hydrogen_scan import HydrogenScan

AXES = {"a": "<i>a</i> (Å)", "c": "<i>c</i> (Å)", "scale": "Scale of the lattice"}
DIMENSIONS = ("0D, molecules", "1D, chains", "2D, layers", "3D, framework")
SYMBOLS = ("circle-open", "triangle-up-open", "square-open", "diamond-open")
MARKS = ("circle-open", "star")
HEIGHT = 430  # CSS pixels


@dataclass(frozen=True)
class MarkedPoint:
    """A lattice of a scan to which the figure points."""

    name: str
    value: float
    """(Å, or a factor) Where it lies along the scan."""
    tc: float
    """(K)"""
    dimensionality: int


def network_figure(scan: HydrogenScan, points: Sequence[MarkedPoint] = ()) -> go.Figure:
    """Return Tc and the dimensionality of the hydrogen network along a scan, one below the other.

    Parameters
    ----------
    points
        At most two, marked in both parts; the last one by a star.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.06
    )
    _add_tc(figure, scan)
    _add_dimensions(figure, scan)
    for point, symbol in zip(points, MARKS[len(MARKS) - len(points) :], strict=True):
        _add_point(figure, point, symbol)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend=LEGEND,
        hovermode="closest",
    )
    figure.update_xaxes(title=AXES[scan.along], row=2, col=1)
    figure.update_yaxes(title=TC_AXIS, rangemode="tozero", row=1, col=1)
    figure.update_yaxes(
        tickvals=list(range(4)), ticktext=DIMENSIONS, range=[-0.5, 3.5], row=2, col=1
    )
    return figure


def _add_tc(figure: go.Figure, scan: HydrogenScan) -> None:
    hover = (
        f"{AXES[scan.along]} %{{x:.3f}}: <i>T</i><sub>c</sub> = %{{y:.1f}} K"
        "%{customdata}<extra></extra>"
    )
    add_band(figure, "Tc", scan, scan.values, LINES[0])
    figure.add_trace(
        go.Scatter(
            x=scan.values, y=inside_tc(scan), mode="lines", name="<i>T</i><sub>c</sub>",
            line={"color": LINES[0], "width": 2.5}, hovertemplate=hover,
            customdata=point_hover(scan),
        )
    )  # fmt: skip
    add_outside(figure, "Tc", scan, scan.values, LINES[0], hover)
    if np.isfinite(scan.tc_low).any():
        figure.add_trace(band_legend())
    if scan.domain.is_outside.any():
        figure.add_trace(outside_legend())


def _add_dimensions(figure: go.Figure, scan: HydrogenScan) -> None:
    dimensions = scan.network.values("dimensionality")
    marker = {"symbol": [SYMBOLS[d] for d in dimensions], "size": 9, "color": LINES[2]}
    details = np.stack(
        [scan.network.values(name) for name in ("n_components", "n_h2", "n_lone")], axis=1
    )
    figure.add_trace(
        go.Scatter(
            x=scan.values, y=dimensions, mode="lines+markers", name="dimensionality",
            line={"shape": "hvh", "color": LINES[2], "width": 1}, marker=marker,
            customdata=details, hovertemplate=f"{AXES[scan.along]} %{{x:.3f}}: %{{y}}D<br>"
            "components: %{customdata[0]}<br>H<sub>2</sub> units: %{customdata[1]}<br>"
            "lone H: %{customdata[2]}<extra></extra>",
        ),
        row=2, col=1,
    )  # fmt: skip


def _add_point(figure: go.Figure, point: MarkedPoint, symbol: str) -> None:
    size, dash = (18, "dot") if symbol == MARKS[0] else (13, "solid")
    marker = {"symbol": symbol, "size": size, "color": MARK, "line": {"width": 2, "color": MARK}}
    for row, height in enumerate((point.tc, point.dimensionality), 1):
        figure.add_shape(
            type="line", x0=point.value, x1=point.value, y0=0, y1=1, yref="y domain",
            line={"color": MARK, "width": 1.2, "dash": dash}, row=row, col=1,
        )  # fmt: skip
        figure.add_trace(
            go.Scatter(
                x=[point.value], y=[height], mode="markers", marker=marker, name=point.name,
                showlegend=row == 1, hovertemplate=f"{point.name}: %{{x:.3f}}<extra></extra>",
            ),
            row=row, col=1,
        )  # fmt: skip
