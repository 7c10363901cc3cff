"""Inverse design: the figure of its paths, its tables, its sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tcexplore.design.frames import Frame
from tcexplore.design.request import LARGEST_SHIFT, LARGEST_STRAIN
from tcexplore.design.result import Design, DesignPath, DesignPoint
from tcexplore.display.domain import domain_columns, training_cell
from tcexplore.display.dome_overlays import add_band, add_curve, band_legend, outside_legend
from tcexplore.display.labels import band_text, tc_text, with_band
from tcexplore.display.pressure import PRESSURE_AXIS, pressure_columns, range_text
from tcexplore.display.style import LEGEND, LINES, TC_AXIS
from tcexplore.model.applicability_domain import DOMAIN_PHRASES, INSIDE, LIMITS
from tcexplore.model.pair_limits import pair_symbols

HEIGHT = 460  # CSS pixels
TRIED = "Crystals tried"
NEAR = 0.02  # of a bound's range, or of a limit: a parameter lies at it
NEAR_EDGE = 0.9 * LIMITS[0]  # percentile
FRANK = (
    "The end is the best of a statistical model: nothing is relaxed, no energy or phonon is"
    " computed, and the model errs most far from known crystals."
)
"""Where the page explains its terms, in Markdown."""


def design_figure(design: Design) -> go.Figure:
    """Return Tc along the path of each start, below it the pressure or the volume."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.65, 0.35], vertical_spacing=0.06
    )
    best, paths = design.best, design.paths or (design.best,)
    has_pressure = any(np.isfinite(design.pressures(path).value).any() for path in paths)
    [colour] = [LINES[n % len(LINES)] for n, path in enumerate(paths) if path is best]
    add_band(figure, "best start", best, best.tried, colour)
    for number, path in enumerate(paths):
        _add_path(figure, design, number, path, has_pressure=has_pressure)
    figure.add_trace(_marked(best), row=1, col=1)
    if np.isfinite(best.tc_low).any():
        figure.add_trace(band_legend())
    if any(path.domain.is_outside.any() for path in paths):
        figure.add_trace(outside_legend())
    if design.request.target is not None:
        figure.add_hline(y=design.request.target, line={"dash": "dot", "width": 1}, row=1, col=1)  # pyright: ignore[reportArgumentType]
    figure.update_layout(
        height=HEIGHT, margin={"l": 10, "r": 10, "t": 30, "b": 10}, legend=LEGEND,
        showlegend=True, hovermode="closest",
    )  # fmt: skip
    figure.update_xaxes(title=TRIED, row=2, col=1)
    figure.update_yaxes(title=TC_AXIS, row=1, col=1)
    figure.update_yaxes(title=PRESSURE_AXIS if has_pressure else "Volume / given", row=2, col=1)
    return figure


def _add_path(
    figure: go.Figure, design: Design, number: int, path: DesignPath, *, has_pressure: bool
) -> None:
    name, colour, x = f"start {number + 1}", LINES[number % len(LINES)], path.tried
    details = np.array([_hover(point) for point in path.points])
    hover = f"{name}<br>{TRIED.lower()}: %{{x}}<br>"
    tc = "<i>T</i><sub>c</sub> = %{y:.1f} K%{customdata}<extra></extra>"
    add_curve(
        figure, name, path, x, colour=colour, hover=hover + tc, symbol="circle",
        pressures=design.pressures(path),
    )  # fmt: skip
    below = design.pressures(path).value if has_pressure else _relative_volumes(design, path)
    unit = " GPa" if has_pressure else " times the given volume"
    figure.add_trace(
        go.Scatter(
            x=x, y=below, mode="lines+markers", name=name, showlegend=False, customdata=details,
            line={"color": colour, "width": 2}, marker={"size": 6},
            hovertemplate=f"{hover}%{{y:.3~g}}{unit}<br>%{{customdata}}<extra></extra>",
        ),
        row=2, col=1,
    )  # fmt: skip


def _hover(point: DesignPoint) -> str:
    a, b, c = point.structure.lattice.abc
    lengths = f"a, b, c = {a:.3f}, {b:.3f}, {c:.3f} Å"
    closest = closest_text(point)
    return f"{lengths}<br>{closest}" if closest else lengths


def _marked(path: DesignPath) -> go.Scatter:
    marker = {"symbol": "star", "size": 14, "color": "#e8590c", "line": {"width": 1}}
    return go.Scatter(
        x=[path.tried[-1]], y=[path.tc[-1]], mode="markers", name="end", marker=marker,
        hoverinfo="skip",
    )  # fmt: skip


def _relative_volumes(design: Design, path: DesignPath) -> np.ndarray:
    return path.volumes / design.given.structure.volume


def closest_text(point: DesignPoint) -> str:
    """Return the pair that is nearest to its limit: ``H-H 1.05 Å, 1.08 times the shortest …``."""
    closest = point.closest
    if not closest.pair:
        return ""
    return (
        f"{pair_symbols(closest.pair)} {closest.distance:.3f} Å, {closest.ratio:.2f} times the"
        " shortest allowed"
    )


# --- tables --------------------------------------------------------------------------------------


def design_table(design: Design) -> pd.DataFrame:
    """Return all points of all paths, one row each."""
    parts = []
    for number, path in enumerate(design.paths, 1):
        lattices = np.array([point.structure.lattice.parameters for point in path.points])
        closest = [point.closest for point in path.points]
        columns = {
            "start": number,
            "step": np.arange(len(path.points)),
            "tried": path.tried,
            **dict(zip(("a", "b", "c", "alpha", "beta", "gamma"), lattices.T, strict=True)),
            "volume": path.volumes,
            **pressure_columns(design.pressures(path)),
            "tc": path.tc,
            "tc_low": path.tc_low,
            "tc_high": path.tc_high,
            **domain_columns(path.domain),
            "space_group": [point.prediction.cell.space_group_symbol for point in path.points],
            "shortest_h_h": path.shortest_h_h,
            "closest_pair": [pair_symbols(pair.pair) if pair.pair else "" for pair in closest],
            "distance": [pair.distance for pair in closest],
            "distance_over_limit": [pair.ratio for pair in closest],
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def start_end_table(design: Design) -> pd.DataFrame:
    """Return the crystal as given and the best one, side by side."""
    points = {"Start": design.given, "End": design.best.end}
    table = pd.DataFrame({name: _facts(design, point) for name, point in points.items()})
    return table.loc[(table != "").any(axis=1)]


def _facts(design: Design, point: DesignPoint) -> dict[str, str]:
    prediction, lattice = point.prediction, point.structure.lattice
    a, b, c = lattice.abc
    alpha, beta, gamma = lattice.angles
    pressures = design.scale.pressures(np.array([point.structure.volume]))
    value, low, high = (float(part[0]) for part in pressures.parts)
    has_h_h = np.isfinite(point.shortest_h_h)
    return {
        "Tc (K)": f"{prediction.tc:.1f}",
        "90\u202f% interval": band_text(prediction.tc_low, prediction.tc_high),
        "Applicability domain": f"{point.word} (percentile {point.domain.percentile[0]:.0f})",
        "In training": training_cell(prediction.in_training, prediction.tc_held_out),
        "Space group": prediction.cell.space_group_symbol,
        "a, b, c of the primitive cell (Å)": f"{a:.4f}, {b:.4f}, {c:.4f}",
        "Its α, β, γ (°)": f"{alpha:.2f}, {beta:.2f}, {gamma:.2f}",
        "Volume per atom (Å³)": f"{point.domain.volume_per_atom[0]:.3f}",
        "Pressure, from the volume": range_text(value, low, high) if np.isfinite(value) else "",
        "Shortest H–H (Å)": f"{point.shortest_h_h:.3f}" if has_h_h else "",
        "Distance nearest to its limit": closest_text(point),
        "Largest shift of an atom (Å)": f"{_largest_shift(design, point):.3f}",
    }


def _largest_shift(design: Design, point: DesignPoint) -> float:
    n_strains = len(design.parameters.strains)
    if len(design.parameters.shifts) == 0:
        return 0.0
    shifts = np.tensordot(point.values[n_strains:], design.parameters.shifts, axes=1)
    return float(np.linalg.norm(shifts, axis=1).max())


def frame_text(frame: Frame) -> str:
    """Return the place of a frame on its path, with Tc where it was predicted."""
    if frame.after is not None:
        return f"from {frame.before.evaluation} to {frame.after.evaluation}"
    return f"{frame.before.evaluation} tried: {frame.before.prediction.tc:.1f} K"


# --- sentences -----------------------------------------------------------------------------------


def design_sentences(design: Design) -> list[str]:
    """Return what became of a design: Tc, written T_c, what ended it, what it was refused."""
    return [_outcome(design), *_limits(design), _tried(design)]


def _outcome(design: Design) -> str:
    given, best = design.given, design.best
    if not best.end.is_allowed:
        return (
            "No crystal was found that keeps the limits; the end breaks them least:"
            f" {_why(best.end)}. Widen the bounds or try more crystals."
        )
    if len(best.points) == 1:
        return "No better crystal was found than the one given; widen the bounds or try more."
    end = best.end.prediction
    found = with_band(f"{tc_text(end.tc)} K", end.tc_low, end.tc_high)
    sentence = f"T_c goes from {tc_text(given.prediction.tc)} K to {found}{_missed(design)}"
    sentence = f"{sentence}; the end lies {DOMAIN_PHRASES[best.end.word]}."
    if not given.is_allowed:
        sentence += f" The crystal as given breaks the limits: {_why(given)}."
    return sentence


def _missed(design: Design) -> str:
    request, end = design.request, design.best.end.prediction
    if request.target is None:
        return ""
    missed = -request.score(end.tc, end.tc_low)
    return f"; the target is {request.target:g} K, missed by {missed:.1f} K"


def _why(point: DesignPoint) -> str:
    """Return which limit a crystal breaks."""
    if not point.closest.is_allowed:
        return closest_text(point)
    if point.word != INSIDE:
        reason = point.domain.reason(0)
        return f"it lies {DOMAIN_PHRASES[point.word]}" + (f" ({reason})" if reason else "")
    return "its volume or pressure is outside the range asked for"


def _limits(design: Design) -> list[str]:
    """Return which bounds and limits the end lies at."""
    end = design.best.end
    sentences = _bounds_reached(design)
    if end.closest.ratio < 1 + NEAR:
        sentences.append(f"A distance is at its limit: {closest_text(end)}.")
    percentile = float(end.domain.percentile[0])
    if NEAR_EDGE <= percentile < LIMITS[0]:
        sentences.append(
            f"The edge of the applicability domain is near: percentile {percentile:.0f} of"
            f" {LIMITS[0]:g}."
        )
    if sentences and design.request.target is None:
        sentences.append("T_c may well rise beyond these limits, where the model knows less.")
    return sentences


def _bounds_reached(design: Design) -> list[str]:
    """Return which bounds of its parameters the end lies at."""
    end, n_strains = design.best.end, len(design.parameters.strains)
    low, high = design.bounds.T
    at_low = end.values <= low + NEAR * (high - low)
    at_bound = at_low | (end.values >= high - NEAR * (high - low))
    sentences = []
    if n_strains and at_bound[0]:
        name = "smallest" if at_low[0] else "largest"
        ratio = end.structure.volume / design.given.structure.volume
        sentences.append(f"The volume is the {name} allowed, {ratio:.2f} times the given one.")
    if at_bound[1:n_strains].any():
        sentences.append(f"The lattice's shape is at its bound, a strain of {LARGEST_STRAIN:g}.")
    if n_at_bound := int(at_bound[n_strains:].sum()):
        sentences.append(f"Coordinates at their bound of {LARGEST_SHIFT:g} Å: {n_at_bound}.")
    return sentences


def _tried(design: Design) -> str:
    tried, refused = (
        sum(getattr(path, name) for path in design.paths) for name in ("evaluations", "refused")
    )
    limits = "distance or domain" if design.request.inside_only else "distance"
    return (
        f"Tried: {tried} crystals from {_counted(len(design.paths), 'start')},"
        f" {_counted(design.parameters.count, 'parameter')}; {refused} refused for their {limits}."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
