"""What is laid over domes and maps: the part outside what the model has seen, reported values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from plotly.colors import hex_to_rgb

from tcexplore.catalogue.reported_tc import CALCULATED, PlacedTc
from tcexplore.display.labels import band_text, kind_text
from tcexplore.model.applicability_domain import SEEN, ApplicabilityDomain
from tcexplore.studies.lattice_dome import LatticeDome

FloatArray = NDArray[np.floating]
BoolArray = NDArray[np.bool_]

OUTSIDE_NAME = "outside what the model has seen"
SHADE = "rgba(128, 128, 128, 0.22)"  # grey: seen on white and on black
BAND_OPACITY = 0.2
GREY = "#868e96"
# White on a dark ground: one of the two is seen on every colour of the scale.
HATCHING = ({"color": "rgba(0,0,0,0.55)", "width": 2.4}, {"color": "white", "width": 1.0})
HATCHES = 45  # diagonals along an axis: as near as is legible
REPORTED = {"measured": "star-open", CALCULATED: "star-triangle-up-open"}
PREDICTED = "star-square-open"


class TcCurve(Protocol):
    """What has a Tc at each of its points, and may know how far they lie from what was seen."""

    @property
    def tc(self) -> FloatArray:
        """(K)."""
        ...

    @property
    def tc_low(self) -> FloatArray:
        """(K) Lower ends of the bands, nan where there are none."""
        ...

    @property
    def tc_high(self) -> FloatArray:
        """(K) Upper ends of the bands."""
        ...

    @property
    def domain(self) -> ApplicabilityDomain | None:
        """None where it was not asked."""
        ...


# --- domes --------------------------------------------------------------------------------------


def inside_tc(dome: TcCurve) -> FloatArray:
    """Return Tc (K) where the model has seen the like, nan elsewhere, shape (n,)."""
    return dome.tc if dome.domain is None else np.where(dome.domain.is_outside, np.nan, dome.tc)


def add_outside(
    figure: go.Figure, name: str, dome: TcCurve, x: FloatArray, colour: str, hover: str
) -> None:
    """Draw the part of a dome outside what was seen: dashed, the ground under it shaded."""
    outside = np.zeros(len(x), bool) if dome.domain is None else dome.domain.is_outside
    for run in _runs(outside):
        part = slice(max(run.start - 1, 0), run.stop + 1)  # up to the points beside it
        figure.add_trace(
            go.Scatter(
                x=x[part], y=dome.tc[part], mode="lines", fill="tozeroy", fillcolor=SHADE,
                line={"color": colour, "dash": "5px,4px", "width": 2.5}, showlegend=False,
                name=f"{name}, outside", hovertemplate=hover, customdata=point_hover(dome)[part],
            )
        )  # fmt: skip


def add_band(figure: go.Figure, name: str, dome: TcCurve, x: FloatArray, colour: str) -> None:
    """Shade the band of Tc along a dome, where there is one."""
    known = np.isfinite(dome.tc_low) & np.isfinite(dome.tc_high)
    if not known.any():
        return
    around = np.concatenate([x[known], x[known][::-1]])
    ends = np.concatenate([dome.tc_high[known], dome.tc_low[known][::-1]])
    figure.add_trace(
        go.Scatter(
            x=around, y=ends, mode="lines", line={"width": 0}, fill="toself",
            fillcolor=f"rgba{(*hex_to_rgb(colour), BAND_OPACITY)}", hoverinfo="skip",
            showlegend=False, name=f"{name}, band",
        )
    )  # fmt: skip


def band_legend() -> go.Scatter:
    """Return an empty trace that explains the bands."""
    marker = {"symbol": "square", "size": 13, "color": GREY, "opacity": 2 * BAND_OPACITY}
    return go.Scatter(
        x=[None], y=[None], mode="markers", marker=marker, name="band", hoverinfo="skip"
    )


def band_hover(low: ArrayLike, high: ArrayLike) -> NDArray[np.str_]:
    """Return what the hover says of bands after each Tc, by their ends (K), shape as these."""
    text = np.vectorize(lambda *ends: band_text(*ends) and f", band {band_text(*ends)}", [str])
    return text(low, high)


def point_hover(result: TcCurve) -> NDArray[np.str_]:
    """Return what the hover says of each point after its Tc, shape as that of Tc."""
    return np.char.add(band_hover(result.tc_low, result.tc_high), domain_hover(result))


def outside_legend() -> go.Scatter:
    """Return an empty trace that explains dashes and shade."""
    line = {"color": GREY, "dash": "5px,4px", "width": 2.5}
    return go.Scatter(
        x=[None], y=[None], mode="lines", line=line, fill="tozeroy", fillcolor=SHADE,
        name=OUTSIDE_NAME, hoverinfo="skip",
    )  # fmt: skip


def domain_hover(result: TcCurve) -> NDArray[np.str_]:
    """Return what the hover says of each point's place in what was seen, shape as that of Tc."""
    if result.domain is None:
        return np.full(result.tc.shape, "")
    return np.vectorize(lambda word: f"<br>{SEEN[word]}")(result.domain.words)


def _runs(chosen: BoolArray) -> Iterator[slice]:
    """Yield the stretches without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(int)))
    for start, end in edges.reshape(-1, 2):
        yield slice(int(start), int(end))


def add_reported(
    figure: go.Figure,
    name: str,
    dome: LatticeDome,
    attribute: str,
    colour: str,
    placed: Sequence[PlacedTc],
) -> None:
    """Draw reported Tc on the lattices that they belong to, open symbols by what they rest on."""
    shown = {
        str(trace["legendgroup"]) for trace in figure.to_dict()["data"] if "legendgroup" in trace
    }
    within = [one for one in placed if dome.scales[0] <= one.scale <= dome.scales[-1]]
    for kind in dict.fromkeys(_kind(one) for one in within):
        points = [one for one in within if _kind(one) == kind]
        there = replace(dome, scales=np.array([one.scale for one in points]))
        figure.add_trace(
            go.Scatter(
                x=getattr(there, attribute), y=[one.reported.tc for one in points],
                mode="markers", name=f"reported, {kind}", legendgroup=kind,
                showlegend=kind not in shown,
                marker={
                    "symbol": REPORTED.get(kind, PREDICTED), "size": 12, "color": colour,
                    "line": {"width": 1.5, "color": colour},
                },
                customdata=[_reported_text(one) for one in points],
                hovertemplate=f"{name}<br>%{{x:.3f}}: %{{y:.4g}} K<br>%{{customdata}}"
                "<extra></extra>",
            )
        )  # fmt: skip


def _kind(placed: PlacedTc) -> str:
    kind = placed.reported.tc_kind
    return {"experiment": "measured", "ml_prediction": "another network's"}.get(kind, CALCULATED)


def _reported_text(placed: PlacedTc) -> str:
    value = placed.reported
    pressure = f"{value.pressure:g} GPa" if value.pressure else "ambient pressure"
    mu_star = "" if value.mu_star is None else f", μ* = {value.mu_star:g}"
    return (
        f"{pressure}, {kind_text(value.tc_kind)}{mu_star}<br>T<sub>c</sub>: doi {value.doi}"
        f"<br>lattice: doi {placed.structure_doi}"
    )


# --- maps ---------------------------------------------------------------------------------------


def hatch_traces(outside: BoolArray, x: FloatArray, y: FloatArray) -> list[go.Scatter]:
    """Return the hatching of a map's cells outside what was seen, with its legend.

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
        for run in _runs(np.diagonal(outside[::-1], offset)):
            yield (left + run.start, top - run.start), (left + run.stop, top - run.stop)


def edges(values: FloatArray) -> FloatArray:
    """Return the edges of cells around evenly spaced values, shape (n + 1,)."""
    middle = (values[1:] + values[:-1]) / 2
    first, last = values[0] - (middle[0] - values[0]), values[-1] + (values[-1] - middle[-1])
    return np.concatenate([[first], middle, [last]])
