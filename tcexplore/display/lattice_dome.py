"""Lattice domes: the figure, its tables, its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from tcexplore.catalogue.reported_tc import ReportedTc
from tcexplore.display.domain import domain_columns, tc_columns
from tcexplore.display.dome_overlays import (
    ReportedPoint,
    add_band,
    add_curve,
    add_held_out,
    add_reported,
    band_legend,
    outside_legend,
)
from tcexplore.display.labels import (
    formula_text,
    kind_text,
    plain,
    pressure_text,
    with_band,
)
from tcexplore.display.pressure import PRESSURE_AXIS, pressure_columns, range_text
from tcexplore.display.style import LEGEND, LINE_SYMBOLS, LINES, TC_AXIS
from tcexplore.studies.lattice_dome import LatticeDome

DOME_AXES = {
    "pressure": ("pressure", PRESSURE_AXIS),
    "lattice parameter": ("lattice_parameter", "<i>a</i> (Å)"),
    "volume per atom": ("volume_per_atom", "Volume per atom (Å³)"),
    "scale": ("scales", "Scale of the lattice"),
}


def dome_figure(
    domes: Mapping[str, LatticeDome],
    *,
    axis: str = "lattice parameter",
    reported: Mapping[str, Sequence[ReportedPoint]] | None = None,
) -> go.Figure:
    """Return Tc against the size of the lattice, a line for each structure.

    Parameters
    ----------
    domes
        By the name that the legend shows.
    axis
        Abscissa, a key of `DOME_AXES`.
    reported
        Published Tc of the same phases, from `reported_points`, by the same names.
    """
    attribute, title = DOME_AXES[axis]
    figure = go.Figure()
    for number, (name, dome) in enumerate(domes.items()):  # under the lines of all
        add_band(figure, name, dome, getattr(dome, attribute), LINES[number % len(LINES)])
    for number, (name, dome) in enumerate(domes.items()):
        _add_dome(figure, name, dome, attribute, number)
        add_held_out(figure, name, dome, attribute, LINES[number % len(LINES)])
        if reported and (points := reported.get(name)):
            add_reported(figure, name, LINES[number % len(LINES)], points)
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
    add_curve(
        figure, name, dome, x, colour=colour, hover=hover, symbol=symbol, pressures=dome.pressures
    )
    given = float(np.interp(1.0, dome.scales, x)), float(np.interp(1.0, dome.scales, dome.tc))
    points = {"maximum": (x[dome.apex], dome.tc[dome.apex], "diamond")}
    if dome.scales[0] <= 1 <= dome.scales[-1]:
        points["lattice as given"] = (*given, "circle")
    for label, (position, tc, symbol) in points.items():
        figure.add_trace(_point(position, tc, symbol, colour, f"{name}, {label}"))


def _point(x: float, y: float, symbol: str, colour: str, name: str) -> go.Scatter:
    hover = f"{name}<br>%{{x:.3f}}: <i>T</i><sub>c</sub> = %{{y:.1f}} K<extra></extra>"
    marker = {"symbol": symbol, "size": 11, "color": colour, "line": {"width": 1, "color": colour}}
    return go.Scatter(
        x=[x], y=[y], mode="markers", marker=marker, name=name, showlegend=False,
        hovertemplate=hover,
    )  # fmt: skip


def dome_table(domes: Mapping[str, LatticeDome]) -> pd.DataFrame:
    """Return all points of some domes, one row each, with the names of the structures."""
    parts = [
        pd.DataFrame(
            {
                "structure": name,
                "scale": dome.scales,
                "a": dome.lattice_parameter,
                "volume_per_atom": dome.volume_per_atom,
                **pressure_columns(dome.pressures),
                **tc_columns(dome),
                **domain_columns(dome.domain),
            }
        )
        for name, dome in domes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def apex_table(domes: Mapping[str, LatticeDome]) -> pd.DataFrame:
    """Return the highest Tc of each dome, its lattice and width, one row each."""
    rows = []
    for name, dome in domes.items():
        apex, a = dome.apex, dome.parent.structure.lattice.a
        rows.append(
            {
                "Structure": name,
                "Highest $T_c$ (K)": f"{dome.tc[apex]:.1f}",
                "Scale": f"{dome.scales[apex]:.3f}",
                "*a* (Å)": f"{dome.lattice_parameter[apex]:.3f}",
                "Volume per atom (Å³)": f"{dome.volume_per_atom[apex]:.2f}",
                "Pressure": _pressure_at(dome, apex),
                "Width in *a* (Å)": f"{dome.width * a:.2f}",
                "Domain": "" if dome.domain is None else dome.domain.words[apex],
            }
        )
    return pd.DataFrame(rows)


def _pressure_at(dome: LatticeDome, index: int) -> str:
    value, low, high = (float(part[index]) for part in dome.pressures.parts)
    return range_text(value, low, high) if np.isfinite(value) else "no estimate"


def reported_table(values: Iterable[ReportedTc]) -> pd.DataFrame:
    """Return reported Tc that a figure does not show, one row each, in Markdown."""
    rows = [
        {
            "Phase": f"{formula_text(value.formula)}, no. {value.space_group_number}",
            "Pressure": pressure_text(value.pressure),
            "$T_c$ (K)": f"{value.tc:.4g}",
            "$T_c$ is": kind_text(value.tc_kind) + _mu_star_text(value.mu_star),
            "Source": f"[{value.doi}](https://doi.org/{value.doi})",
        }
        for value in values
    ]
    return pd.DataFrame(rows)


def _mu_star_text(mu_star: float | None) -> str:
    return "" if mu_star is None else f", μ* = {mu_star:g}"


def dome_sentence(name: str, dome: LatticeDome) -> str:
    """Return maximum and width of a dome in a sentence."""
    apex, a = dome.apex, dome.parent.structure.lattice.a
    position = f"*a* = {dome.lattice_parameter[apex]:.3f}\u00a0Å"
    if np.isfinite(dome.pressure[apex]):
        position += f", about {_pressure_at(dome, apex)}"
    highest = with_band(f"{dome.tc[apex]:.0f} K", dome.tc_low[apex], dome.tc_high[apex])
    if apex in (0, len(dome.scales) - 1):
        return (
            f"**{plain(name)}** has no maximum inside this range; $T_c$ is highest at its end:"
            f" {highest} at {position}."
        )
    return (
        f"**{plain(name)}** has its maximum, {highest}, at {position}; $T_c$ is at least half of"
        f" that over {dome.width * a:.2f}\u00a0Å of *a*."
    )
