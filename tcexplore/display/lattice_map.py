"""Lattice maps: the figure, its table, its sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from tcexplore.display.domain import domain_columns, domain_hover, tc_columns, trained_scales
from tcexplore.display.heatmap import (
    MapQuantity,
    Range,
    edges,
    hatch_traces,
    map_cells,
    mark,
    unseen_points,
)
from tcexplore.display.labels import (
    band_hover,
    with_band,
)
from tcexplore.display.pressure import pressure_columns, pressure_hover
from tcexplore.display.style import LEGEND, MARK
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.model.conformal import TcInterval
from tcexplore.studies.lattice_map import LatticeMap
from tcexplore.typing import FloatArray

ISOBARS = (50, 100, 150, 200, 300, 500)
"""(GPa) Pressures whose lines a map shows."""
RIGHT_EDGE = 0.8  # of the highest a: beyond it a label to the right of its line would be cut


def map_figure(
    result: LatticeMap,
    *,
    picked: tuple[int, int] | None = None,
    quantity: MapQuantity = "Tc",
    limits: Range | None = None,
) -> go.Figure:
    """Return Tc over a and c, with the lattice as given, the maximum and the line of constant c/a.

    Parameters
    ----------
    picked
        Row and column of a point to mark.
    quantity, limits
        Quantity of the colours, and their range, that of what is shown where it is None.
    """
    banded = TcInterval(result.tc, result.tc_low, result.tc_high)
    figure = go.Figure(map_cells(result.a, result.c, banded, quantity, limits))
    lattice = result.parent.structure.lattice
    if result.domain is not None:
        cells = edges(result.a), edges(result.c)
        figure.add_traces(hatch_traces(result.domain.is_outside, *cells))
    if np.isfinite(result.pressures.value).any():
        figure.add_traces(_isobars(result))
    figure.add_trace(_constant_ratio(result, lattice.c / lattice.a))
    row, column = result.apex
    figure.add_trace(_named(mark([lattice.a], [lattice.c], "circle-open", "lattice as given")))
    figure.add_trace(_named(mark([result.a[column]], [result.c[row]], "diamond-open", "maximum")))
    if trained := list(trained_scales(result)):
        a, c = (np.multiply(trained, length).tolist() for length in (lattice.a, lattice.c))
        figure.add_trace(_named(mark(a, c, "x-open", "in training")))
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


def _isobars(result: LatticeMap) -> list[go.Scatter]:
    """Return lines of equal volume with the pressure (GPa) that the volume has.

    Each is drawn twice, so that it is seen on every colour of the map. The labels stand at
    different heights: the lines lie close together.
    """
    structure = result.parent.structure
    scale = pressure_scale(structure, result.stated_pressure)
    lattice, traces = structure.lattice, []
    heights = np.linspace(result.c[0], result.c[-1], len(ISOBARS) + 2)[1:-1]
    volumes = scale.volumes(np.array(ISOBARS))
    for pressure, volume, height in zip(ISOBARS, volumes, heights, strict=True):
        c = lattice.c * volume / structure.volume * (lattice.a / result.a) ** 2
        is_shown = (c >= result.c[0]) & (c <= result.c[-1])
        if not is_shown.any():
            continue
        line = {"x": result.a[is_shown], "y": c[is_shown], "showlegend": False}
        texts = [""] * len(line["x"])
        labelled = int(np.abs(line["y"] - height).argmin())
        texts[labelled] = f"{pressure} GPa"
        side = "left" if line["x"][labelled] > RIGHT_EDGE * result.a[-1] else "right"
        for mode, text, style in (
            ("lines", None, {"color": "rgba(0,0,0,0.7)", "width": 3}),
            ("lines+text", texts, {"color": "white", "width": 1.2}),
        ):
            traces.append(
                go.Scatter(
                    mode=mode, text=text, textposition=f"middle {side}",
                    textfont={"color": "white", "shadow": "0 0 3px black, 0 0 3px black"},
                    line=style, name=f"{pressure} GPa", hoverinfo="skip", **line,
                )
            )  # fmt: skip
    return traces


def _clickable_lattices(result: LatticeMap) -> go.Scattergl:
    """Return unseen points over the lattices of a map."""
    predicted = np.isfinite(result.tc)
    c, a = np.meshgrid(result.c, result.a, indexing="ij")
    tc = np.char.mod("%.1f K", result.tc[predicted])
    tc = np.char.add(tc, band_hover(result.tc_low, result.tc_high)[predicted])
    tc = np.char.add(tc, pressure_hover(result.pressures)[predicted])
    details = np.stack([tc, domain_hover(result)[predicted]], axis=1)
    return unseen_points(
        a[predicted], c[predicted], details, "lattices",
        "<i>a</i> = %{x:.3f} Å, <i>c</i> = %{y:.3f} Å<br>"
        "<i>T</i><sub>c</sub> = %{customdata[0]}%{customdata[1]}<extra></extra>",
    )  # fmt: skip


def _constant_ratio(result: LatticeMap, ratio: float) -> go.Scatter:
    a = np.array([max(result.a[0], result.c[0] / ratio), min(result.a[-1], result.c[-1] / ratio)])
    line = {"color": MARK, "width": 1.5, "dash": "dash"}
    name = f"c/a = {ratio:.3f}, as in the structure"
    return go.Scatter(x=a, y=ratio * a, mode="lines", line=line, name=name, hoverinfo="skip")


def _named(trace: go.Scatter) -> go.Scatter:
    return trace.update(showlegend=True)


def _ends(values: FloatArray) -> list[float]:
    return [float(values[0]), float(values[-1])]


def map_table(result: LatticeMap) -> pd.DataFrame:
    """Return all points of an a/c map, one row each.

    Columns: a, c (Å), the pressure (GPa) and its error, tc and its interval (K), and the domain.
    """
    c, a = np.meshgrid(result.c, result.a, indexing="ij")
    pressures = pressure_columns(result.pressures)
    columns = {"a": a.ravel(), "c": c.ravel(), **pressures, **tc_columns(result)}
    return pd.DataFrame(columns | domain_columns(result.domain))


def map_sentence(result: LatticeMap) -> str:
    """Return the maximum of a map in a sentence, with the lattice as given."""
    row, column = result.apex
    lattice, ends = result.parent.structure.lattice, (result.tc_low, result.tc_high)
    highest = with_band(f"{result.tc[row, column]:.0f} K", *(end[row, column] for end in ends))
    return (
        f"Maximum of the map: {highest} at *a* = {result.a[column]:.2f}\u00a0Å, *c* ="
        f" {result.c[row]:.2f}\u00a0Å. Lattice as given, of the canonical primitive cell: *a* ="
        f" {lattice.a:.3f}\u00a0Å, *c* = {lattice.c:.3f}\u00a0Å."
    )
