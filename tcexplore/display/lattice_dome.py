"""Lattice domes: the figure, its tables, its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from tcexplore.catalogue.reported_tc import PlacedTc, ReportedTc
from tcexplore.display.domain import _domain_columns, _tc_columns
from tcexplore.display.dome_overlays import (
    add_band,
    add_outside,
    add_reported,
    band_legend,
    inside_tc,
    outside_legend,
    point_hover,
)
from tcexplore.display.labels import (
    formula_text,
    plain,
    with_band,
)
from tcexplore.display.style import LEGEND, LINE_SYMBOLS, LINES, TC_AXIS
from tcexplore.studies.lattice_dome import LatticeDome

FloatArray = NDArray[np.floating]
DOME_AXES = {
    "lattice parameter": ("lattice_parameter", "<i>a</i> (Å)"),
    "volume per atom": ("volume_per_atom", "Volume per atom (Å³)"),
    "scale": ("scales", "Scale of the lattice"),
}


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


def dome_table(domes: Mapping[str, LatticeDome]) -> pd.DataFrame:
    """Return all points of some domes, one row each, with what they are called."""
    parts = [
        pd.DataFrame(
            {
                "structure": name,
                "scale": dome.scales,
                "a": dome.lattice_parameter,
                "volume_per_atom": dome.volume_per_atom,
                **_tc_columns(dome),
                **_domain_columns(dome.domain),
            }
        )
        for name, dome in domes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def apex_table(domes: Mapping[str, LatticeDome]) -> pd.DataFrame:
    """Return where each dome is highest and how wide it is, one row each."""
    rows = []
    for name, dome in domes.items():
        apex, a = dome.apex, dome.parent.structure.lattice.a
        rows.append(
            {
                "Structure": name,
                "Highest $T_c$ (K)": f"{dome.tc[apex]:.1f}",
                "at scale": f"{dome.scales[apex]:.3f}",
                "at a (Å)": f"{dome.lattice_parameter[apex]:.3f}",
                "at volume per atom (Å³)": f"{dome.volume_per_atom[apex]:.2f}",
                "Width in a (Å)": f"{dome.width * a:.2f}",
                "Apex lies": "" if dome.domain is None else dome.domain.words[apex],
            }
        )
    return pd.DataFrame(rows)


def unplaced_table(values: Iterable[ReportedTc]) -> pd.DataFrame:
    """Return reported Tc whose lattices are not known, one row each, in Markdown."""
    rows = [
        {
            "Phase": f"{formula_text(value.formula)}, no. {value.space_group_number}",
            "Pressure (GPa)": f"{value.pressure:g}",
            "$T_c$ (K)": f"{value.tc:.4g}",
            "$T_c$ is": f"{value.tc_kind}, μ* = {value.mu_star:g}",
            "Source": f"[{value.doi}](https://doi.org/{value.doi})",
        }
        for value in values
    ]
    return pd.DataFrame(rows)


def dome_sentence(name: str, dome: LatticeDome) -> str:
    """Return in words where a dome is highest and how wide it is."""
    apex, a = dome.apex, dome.parent.structure.lattice.a
    place = f"*a* = {dome.lattice_parameter[apex]:.3f} Å, {dome.scales[apex]:.2f} times its own"
    highest = with_band(f"{dome.tc[apex]:.0f} K", dome.tc_low[apex], dome.tc_high[apex])
    if apex in (0, len(dome.scales) - 1):
        return (
            f"**{plain(name)}** has no apex in this range: $T_c$ is highest at its end,"
            f" {highest} at {place}."
        )
    return (
        f"**{plain(name)}** is highest at {place}: {highest}. $T_c$ is at least half of"
        f" its highest over {dome.width * a:.2f} Å of *a*."
    )
