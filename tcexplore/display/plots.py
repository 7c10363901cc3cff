"""Results of studies as plotly figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from tcexplore.catalogue.reported_tc import PlacedTc
from tcexplore.display.heatmap import MARK, TC_AXIS, MapQuantity, map_cells, mark, unseen_points
from tcexplore.display.labels import formula_text
from tcexplore.display.overlays import (
    add_band,
    add_category_hatching,
    add_outside,
    add_reported,
    band_hover,
    band_legend,
    domain_hover,
    edges,
    hatch_traces,
    inside_tc,
    outside_legend,
    point_hover,
)
from tcexplore.display.study_tables import within
from tcexplore.model.applicability_domain import LIMITS, SEEN
from tcexplore.model.conformal import TcInterval
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap

FloatArray = NDArray[np.floating]

LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito
LINE_SYMBOLS = (None, "square", "triangle-up", "cross", "x", "hexagon")  # dashes say 'outside'
DOME_AXES = {
    "lattice parameter": ("lattice_parameter", "<i>a</i> (Å)"),
    "volume per atom": ("volume_per_atom", "Volume per atom (Å³)"),
    "scale": ("scales", "Scale of the lattice"),
}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}


def empty_figure(axes: tuple[str, str]) -> go.Figure:
    """Return axes with nothing on them yet, by their titles."""
    figure = go.Figure()
    figure.add_annotation(
        text="Take a preset above, or a structure in the sidebar", showarrow=False,
        xref="paper", yref="paper", x=0.5, y=0.5, font={"size": 16},
    )  # fmt: skip
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": True}
    figure.update_xaxes(title=axes[0], **bare)
    figure.update_yaxes(title=axes[1], **bare)
    figure.update_layout(height=360, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure


def swap_figure(
    table: pd.DataFrame,
    *,
    x: Sequence[str],
    y: Sequence[str],
    picked: tuple[str, str] | None = None,
    labels: tuple[str, str] = ("X", "Y"),
    quantity: MapQuantity = "Tc",
) -> go.Figure:
    """Return the map of an element swap.

    Parameters
    ----------
    table
        From `study_tables.swap_table`; from `tc_table` for a map without details to point at. Where
        it has percentiles, what lies outside what the model has seen is hatched.
    x, y
        Symbols of the columns and of the rows, in their order.
    picked
        A pair to mark.
    labels
        Titles of the axes.
    quantity
        What the colours say.
    """
    shown = within(table, x=x, y=y)
    banded = TcInterval(*(_grid(shown, name, x=x, y=y) for name in ("tc", "tc_low", "tc_high")))
    figure = go.Figure(map_cells(list(x), list(y), banded, quantity))
    if "percentile" in shown:
        outside = _grid(shown, "percentile", x=x, y=y) >= LIMITS[1]
        add_category_hatching(figure, outside)
    if "formula" in shown:
        figure.add_trace(_clickable(shown))
    if picked is not None:
        figure.add_trace(mark([picked[0]], [picked[1]], "square-open", "picked"))
    hatched = bool(figure.layout.shapes)
    margin = {"l": 10, "r": 10, "t": 30 if hatched else 10, "b": 10}
    figure.update_layout(
        height=_swap_height(len(y)), margin=margin, legend=LEGEND, showlegend=hatched
    )
    figure.update_xaxes(**_symbol_axis(labels[0], x), side="bottom")
    figure.update_yaxes(**_symbol_axis(labels[1], y), visible=len(y) > 1)
    figure.update_yaxes(tickangle=0)
    return figure


def _grid(table: pd.DataFrame, name: str, *, x: Sequence[str], y: Sequence[str]) -> FloatArray:
    """Return a column of a swap table as a map, shape (n_y, n_x)."""
    grid = table.pivot(index="y", columns="x", values=name)
    return grid.reindex(index=y, columns=x).to_numpy(float)


def _swap_height(n_rows: int) -> int:
    """Return CSS pixels: square cells on a laptop's screen."""
    return 180 if n_rows == 1 else int(np.clip(120 + 18 * n_rows, 300, 880))


def _symbol_axis(title: str, symbols: Sequence[str]) -> dict[str, Any]:
    small = 8 if len(symbols) > 60 else 11
    return {
        "title": title,
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(symbols),
        "tickfont": {"size": small},
        "tickmode": "linear",
        "dtick": 1,
        "tickangle": 0 if len(symbols) <= 40 else -90,
        "range": [-0.5, len(symbols) - 0.5],
        "showgrid": False,
        "zeroline": False,
    }


def _clickable(table: pd.DataFrame) -> go.Scattergl:
    """Return unseen points over the cells: a heatmap itself reports no click to Streamlit."""
    known = table.dropna(subset="tc")
    word = known["domain"] if "domain" in known else known["x"].map(lambda _: "")
    known_band = band_hover(known["tc_low"], known["tc_high"])
    details = np.stack(
        [
            known["formula"].map(formula_text),
            known["tc"].map("{:.1f} K".format) + known_band,
            known["a"].map("{:.3f}".format),
            known["scale"].map("{:.2f}".format),
            word.map(lambda one: f"<br>{SEEN[one]}" if one else ""),
        ],
        axis=1,
    )
    return unseen_points(
        known["x"], known["y"], details, "materials",
        "<b>%{customdata[0]}</b><br>X = %{x}, Y = %{y}<br>"
        "<i>T</i><sub>c</sub> = %{customdata[1]}<br>"
        "at <i>a</i> = %{customdata[2]} Å (scale %{customdata[3]})%{customdata[4]}<extra></extra>",
    )  # fmt: skip


def _clickable_lattices(result: LatticeMap) -> go.Scattergl:
    """Return unseen points over the lattices of a map."""
    known = np.isfinite(result.tc)
    c, a = np.meshgrid(result.c, result.a, indexing="ij")
    tc = np.char.mod("%.1f K", result.tc[known])
    tc = np.char.add(tc, band_hover(result.tc_low, result.tc_high)[known])
    return unseen_points(
        a[known], c[known], np.stack([tc, domain_hover(result)[known]], axis=1), "lattices",
        "<i>a</i> = %{x:.3f} Å, <i>c</i> = %{y:.3f} Å<br>"
        "<i>T</i><sub>c</sub> = %{customdata[0]}%{customdata[1]}<extra></extra>",
    )  # fmt: skip


def dome_figure(
    domes: Mapping[str, LatticeDome],
    *,
    axis: str = "lattice parameter",
    reported: Mapping[str, Sequence[PlacedTc]] | None = None,
) -> go.Figure:
    """Return Tc against the size of the lattice, a line for each structure.

    Parameters
    ----------
    domes
        By the name that the legend shows.
    axis
        What stands on the abscissa, a key of `DOME_AXES`.
    reported
        Published Tc on lattices of the same phases, by the same names.
    """
    attribute, title = DOME_AXES[axis]
    figure = go.Figure()
    for number, (name, dome) in enumerate(domes.items()):  # under the lines of all
        add_band(figure, name, dome, getattr(dome, attribute), LINES[number % len(LINES)])
    for number, (name, dome) in enumerate(domes.items()):
        _add_dome(figure, name, dome, attribute, number)
        if reported and (placed := reported.get(name)):
            add_reported(figure, name, dome, attribute, LINES[number % len(LINES)], placed)
    if any(np.isfinite(dome.tc_low).any() for dome in domes.values()):
        figure.add_trace(band_legend())
    if any(dome.domain is not None and dome.domain.is_outside.any() for dome in domes.values()):
        figure.add_trace(outside_legend())
    figure.update_layout(
        height=420,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend=LEGEND,
        showlegend=True,
        hovermode="closest",
    )
    figure.update_xaxes(title=title)
    figure.update_yaxes(title=TC_AXIS, rangemode="tozero")
    return figure


def _add_dome(figure: go.Figure, name: str, dome: LatticeDome, attribute: str, number: int) -> None:
    x, colour = getattr(dome, attribute), LINES[number % len(LINES)]
    hover = (
        f"{name}<br>%{{x:.3f}}: <i>T</i><sub>c</sub> = %{{y:.1f}} K%{{customdata}}<extra></extra>"
    )
    symbol = LINE_SYMBOLS[number % len(LINE_SYMBOLS)]
    figure.add_trace(
        go.Scatter(
            x=x, y=inside_tc(dome), name=name, hovertemplate=hover, customdata=point_hover(dome),
            mode="lines+markers" if symbol else "lines", line={"color": colour, "width": 2.5},
            marker={"symbol": symbol, "size": 7, "maxdisplayed": 16},
        )
    )  # fmt: skip
    add_outside(figure, name, dome, x, colour, hover)
    own = float(np.interp(1.0, dome.scales, dome.tc)), float(np.interp(1.0, dome.scales, x))
    points = {"apex": (x[dome.apex], dome.tc[dome.apex], "diamond")}
    if dome.scales[0] <= 1 <= dome.scales[-1]:
        points["its own lattice"] = (own[1], own[0], "circle")
    for what, (place, tc, symbol) in points.items():
        figure.add_trace(_point(place, tc, symbol, colour, f"{name}, {what}"))


def _point(x: float, y: float, symbol: str, colour: str, name: str) -> go.Scatter:
    hover = f"{name}<br>%{{x:.3f}}: <i>T</i><sub>c</sub> = %{{y:.1f}} K<extra></extra>"
    marker = {"symbol": symbol, "size": 11, "color": colour, "line": {"width": 1, "color": colour}}
    return go.Scatter(
        x=[x], y=[y], mode="markers", marker=marker, name=name, showlegend=False,
        hovertemplate=hover,
    )  # fmt: skip


def map_figure(
    result: LatticeMap,
    *,
    picked: tuple[int, int] | None = None,
    quantity: MapQuantity = "Tc",
) -> go.Figure:
    """Return Tc over a and c, with the parent's point, the apex and its line of constant c/a.

    Parameters
    ----------
    picked
        Row and column of a point to mark.
    quantity
        What the colours say.
    """
    banded = TcInterval(result.tc, result.tc_low, result.tc_high)
    figure = go.Figure(map_cells(result.a, result.c, banded, quantity))
    lattice = result.parent.structure.lattice
    if result.domain is not None:
        cells = edges(result.a), edges(result.c)
        figure.add_traces(hatch_traces(result.domain.is_outside, *cells))
    figure.add_trace(_constant_ratio(result, lattice.c / lattice.a))
    row, column = result.apex
    figure.add_trace(_named(mark([lattice.a], [lattice.c], "circle-open", "its own lattice")))
    figure.add_trace(_named(mark([result.a[column]], [result.c[row]], "diamond-open", "apex")))
    if picked is not None:
        figure.add_trace(
            mark([result.a[picked[1]]], [result.c[picked[0]]], "square-open", "picked")
        )
    figure.add_trace(_clickable_lattices(result))
    figure.update_layout(
        height=560,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend=LEGEND,
    )
    figure.update_xaxes(title="<i>a</i> (Å)", range=_ends(result.a), showgrid=False)
    figure.update_yaxes(title="<i>c</i> (Å)", range=_ends(result.c), showgrid=False)
    return figure


def _constant_ratio(result: LatticeMap, ratio: float) -> go.Scatter:
    a = np.array([max(result.a[0], result.c[0] / ratio), min(result.a[-1], result.c[-1] / ratio)])
    line = {"color": MARK, "width": 1.5, "dash": "dash"}
    name = f"c/a = {ratio:.3f}, as in the structure"
    return go.Scatter(x=a, y=ratio * a, mode="lines", line=line, name=name, hoverinfo="skip")


def _named(trace: go.Scatter) -> go.Scatter:
    return trace.update(showlegend=True)


def _ends(values: FloatArray) -> list[float]:
    return [float(values[0]), float(values[-1])]
