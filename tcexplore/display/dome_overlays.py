"""Curves of Tc: the part outside the applicability domain, intervals, reported values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import hex_to_rgb

from tcexplore.catalogue.entries import CatalogueEntry
from tcexplore.catalogue.reported_tc import CALCULATED, ReportedTc, placed_tc, reported_tc
from tcexplore.display.domain import (
    OUTSIDE_NAME,
    TcCurve,
    contiguous_runs,
    domain_hover,
    trained_scales,
)
from tcexplore.display.labels import (
    band_hover,
    kind_text,
    pressure_text,
)
from tcexplore.display.pressure import pressure_hover
from tcexplore.display.style import GREY
from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.typing import FloatArray

SHADE = "rgba(128, 128, 128, 0.22)"  # grey: seen on white and on black
BAND_OPACITY = 0.2
REPORTED = {"measured": "star-open", CALCULATED: "star-triangle-up-open"}
PREDICTED = "star-square-open"
ROUNDING = 1e-6  # GPa; the ends of an axis come from volumes
HELD_OUT_NAME = "without its system in training"


def add_curve(
    figure: go.Figure,
    name: str,
    dome: TcCurve,
    x: FloatArray,
    *,
    colour: str,
    hover: str,
    label: str = "",
    symbol: str | None = None,
    pressures: Pressures | None = None,
) -> None:
    """Draw Tc along x: a full line in the applicability domain, dashed outside it.

    Parameters
    ----------
    x
        Abscissa, shape (n,).
    hover
        Hover template; its customdata is the interval and the domain of each point.
    label
        Of the legend, where it differs from the name.
    symbol
        Of marks on the line, where lines are told apart by them.
    pressures
        Of each point, for the hover text.
    """
    details = point_hover(dome)
    if pressures is not None:
        details = np.char.add(pressure_hover(pressures), details)
    figure.add_trace(
        go.Scatter(
            x=x, y=_inside_tc(dome), name=label or name, hovertemplate=hover, customdata=details,
            mode="lines+markers" if symbol else "lines", line={"color": colour, "width": 2.5},
            marker={"symbol": symbol, "size": 7, "maxdisplayed": 16},
        )
    )  # fmt: skip
    _add_outside(figure, name, dome, x, colour=colour, hover=hover, details=details)


def _inside_tc(dome: TcCurve) -> FloatArray:
    """Return Tc (K) inside the applicability domain, nan elsewhere, shape (n,)."""
    return dome.tc if dome.domain is None else np.where(dome.domain.is_outside, np.nan, dome.tc)


def _add_outside(
    figure: go.Figure,
    name: str,
    dome: TcCurve,
    x: FloatArray,
    *,
    colour: str,
    hover: str,
    details: NDArray[np.str_],
) -> None:
    """Draw the part of a curve outside the applicability domain: dashed, shaded below."""
    outside = np.zeros(len(x), bool) if dome.domain is None else dome.domain.is_outside
    for run in contiguous_runs(outside):
        part = slice(max(run.start - 1, 0), run.stop + 1)  # up to the points beside it
        figure.add_trace(
            go.Scatter(
                x=x[part], y=dome.tc[part], mode="lines", fill="tozeroy", fillcolor=SHADE,
                line={"color": colour, "dash": "5px,4px", "width": 2.5}, showlegend=False,
                name=f"{name}, outside", hovertemplate=hover, customdata=details[part],
            )
        )  # fmt: skip


def add_band(figure: go.Figure, name: str, dome: TcCurve, x: FloatArray, colour: str) -> None:
    """Shade the interval of Tc along a dome, where there is one."""
    finite = np.isfinite(dome.tc_low) & np.isfinite(dome.tc_high)
    if not finite.any():
        return
    around = np.concatenate([x[finite], x[finite][::-1]])
    ends = np.concatenate([dome.tc_high[finite], dome.tc_low[finite][::-1]])
    figure.add_trace(
        go.Scatter(
            x=around, y=ends, mode="lines", line={"width": 0}, fill="toself",
            fillcolor=f"rgba{(*hex_to_rgb(colour), BAND_OPACITY)}", hoverinfo="skip",
            showlegend=False, name=f"{name}, interval",
        )
    )  # fmt: skip


def band_legend() -> go.Scatter:
    """Return an empty trace that explains the intervals."""
    marker = {"symbol": "square", "size": 13, "color": GREY, "opacity": 2 * BAND_OPACITY}
    return go.Scatter(
        x=[None], y=[None], mode="markers", marker=marker, name="interval", hoverinfo="skip"
    )


def point_hover(result: TcCurve) -> NDArray[np.str_]:
    """Return the hover text of each point after its Tc, shape as that of Tc."""
    return np.char.add(band_hover(result.tc_low, result.tc_high), domain_hover(result))


def outside_legend() -> go.Scatter:
    """Return an empty trace that explains dashes and shade."""
    line = {"color": GREY, "dash": "5px,4px", "width": 2.5}
    return go.Scatter(
        x=[None], y=[None], mode="lines", line=line, fill="tozeroy", fillcolor=SHADE,
        name=OUTSIDE_NAME, hoverinfo="skip",
    )  # fmt: skip


@dataclass(frozen=True)
class ReportedPoint:
    """A published Tc at its place on the abscissa of a dome."""

    x: float
    """In the unit of the abscissa."""
    value: ReportedTc
    lattice_doi: str = ""
    """Source of the lattice; empty on an axis of pressures, where none is needed."""


def reported_points(
    entry: CatalogueEntry, dome: LatticeDome, attribute: str
) -> tuple[ReportedPoint, ...]:
    """Return the published Tc of a phase that lie on the abscissa of its dome.

    On an axis of pressures each stands at its pressure; elsewhere only those can be placed whose
    lattice is known.

    Parameters
    ----------
    attribute
        Of the dome: its abscissa.
    """
    if attribute == "pressure":
        low, high = np.nanmin(dome.pressure) - ROUNDING, np.nanmax(dome.pressure) + ROUNDING
        points = (ReportedPoint(value.pressure or 0.0, value) for value in reported_tc(entry))
        return tuple(point for point in points if low <= point.x <= high)
    placed = [
        value for value in placed_tc(entry) if dome.scales[0] <= value.scale <= dome.scales[-1]
    ]
    scales = np.array([value.scale for value in placed])
    x = getattr(replace(dome, scales=scales), attribute)
    return tuple(
        ReportedPoint(float(at), value.reported, value.structure_doi)
        for at, value in zip(x, placed, strict=True)
    )


def add_reported(
    figure: go.Figure, name: str, colour: str, reported: Sequence[ReportedPoint]
) -> None:
    """Draw published Tc, open symbols by the source of Tc."""
    shown = {
        str(trace["legendgroup"]) for trace in figure.to_dict()["data"] if "legendgroup" in trace
    }
    for kind in dict.fromkeys(_kind(point.value) for point in reported):
        points = [point for point in reported if _kind(point.value) == kind]
        figure.add_trace(
            go.Scatter(
                x=[point.x for point in points], y=[point.value.tc for point in points],
                mode="markers", name=f"reported, {kind}", legendgroup=kind,
                showlegend=kind not in shown,
                marker={
                    "symbol": REPORTED.get(kind, PREDICTED), "size": 12, "color": colour,
                    "line": {"width": 1.5, "color": colour},
                },
                customdata=[_reported_text(point) for point in points],
                hovertemplate=f"{name}<br>%{{x:.3f}}: %{{y:.4g}} K<br>%{{customdata}}"
                "<extra></extra>",
            )
        )  # fmt: skip


def add_held_out(
    figure: go.Figure, name: str, dome: LatticeDome, attribute: str, colour: str
) -> None:
    """Draw Tc of the lattices in training as the model says it without their chemical systems."""
    scales = {
        scale: tc
        for scale, tc in trained_scales(dome).items()
        if np.isfinite(tc) and dome.scales[0] <= scale <= dome.scales[-1]
    }
    if not scales:
        return
    trained = replace(dome, scales=np.array(list(scales)))
    figure.add_trace(
        go.Scatter(
            x=getattr(trained, attribute), y=list(scales.values()), mode="markers",
            name=f"{name}, {HELD_OUT_NAME}", marker={"symbol": "x", "size": 10, "color": colour},
            hovertemplate=f"{name}, in training at %{{x:.3f}}<br>without its chemical system:"
            " <i>T</i><sub>c</sub> = %{y:.1f} K<extra></extra>",
        )
    )  # fmt: skip


def _kind(value: ReportedTc) -> str:
    kinds = {"experiment": "measured", "ml_prediction": "another network's"}
    return kinds.get(value.tc_kind, CALCULATED)


def _reported_text(point: ReportedPoint) -> str:
    value = point.value
    mu_star = "" if value.mu_star is None else f", μ* = {value.mu_star:g}"
    lattice = f"<br>lattice: doi {point.lattice_doi}" if point.lattice_doi else ""
    source = f"T<sub>c</sub>: doi {value.doi}{lattice}"
    return f"{pressure_text(value.pressure)}, {kind_text(value.tc_kind)}{mu_star}<br>{source}"
