"""Traces and shapes of a plotly figure, drawn by matplotlib."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from plotly.colors import get_colorscale

from tcexplore.display.printed.text import plain_text

PIXEL = 0.6  # points: a screen's line and mark at the size of a column
DASHES = {"dash": "--", "dot": ":", "dashdot": "-.", "5px,4px": (0, (4, 2.5))}
SYMBOLS = {
    "circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "star": "*",
    "triangle-up": "^", "triangle-down": "v", "hexagon": "h", "hexagram": "*",
    "star-triangle-up": "^", "star-square": "s", "line-nw": (2, 2, 45), "line-ew": "_",
    "line-ns": "|", "pentagon": "p", "star-diamond": "d", "asterisk": "x",
}  # fmt: skip


@dataclass
class Colours:
    """Coloured maps of a figure, whose bars are added once all is drawn."""

    figure: Figure
    bars: list[tuple[ScalarMappable, str]] = field(default_factory=list)

    def add_bars(self, axes: list[Axes]) -> None:
        """Add the bars of colours at the right of the figure."""
        for mappable, title in self.bars:
            bar = self.figure.colorbar(mappable, ax=axes, pad=0.02, fraction=0.05)
            bar.outline.set_visible(False)  # pyright: ignore
            bar.set_label(title)


def decoded(part: Any) -> Any:  # noqa: ANN401
    """Return a part of a trace whose arrays are arrays: a copied figure holds them in base 64."""
    if isinstance(part, dict) and "bdata" in part:
        values = np.frombuffer(base64.b64decode(part["bdata"]), np.dtype(part["dtype"]))
        return values.reshape([int(n) for n in str(part.get("shape", len(values))).split(",")])
    if isinstance(part, dict):
        return {name: decoded(value) for name, value in part.items()}
    return part


def draw_trace(
    axes: Axes,
    trace: dict[str, Any],
    colours: Colours,
    *,
    categories: tuple[list[str], list[str]],
) -> None:
    """Draw one trace; unseen ones, which are there to be clicked, are left out."""
    if trace["type"] == "heatmap":
        _draw_cells(axes, trace, colours, categories)
    elif trace["type"] in ("scatter", "scattergl"):
        _draw_scatter(axes, trace, categories)
    else:
        raise ValueError(f"a trace of type {trace['type']!r}; expected scatter or heatmap")


def _draw_cells(
    axes: Axes, trace: dict[str, Any], colours: Colours, categories: tuple[list[str], list[str]]
) -> None:
    x, y = _places(trace, "x", categories[0]), _places(trace, "y", categories[1])
    scale = trace.get("colorscale", "Viridis")
    stops = get_colorscale(scale) if isinstance(scale, str) else scale
    colour_map = LinearSegmentedColormap.from_list("", [(at, colour(c)) for at, c in stops])
    values = np.ma.masked_invalid(np.asarray(trace["z"], dtype=float))
    cells = axes.pcolormesh(
        _edges(x), _edges(y), values, cmap=colour_map, vmin=trace.get("zmin"),
        vmax=trace.get("zmax"), rasterized=True,
    )  # fmt: skip
    if trace.get("showscale", True):
        title = trace.get("colorbar", {}).get("title", {}).get("text", "")
        title = title.replace("<br>above", "; above").replace("<br>", " ")
        colours.bars.append((cells, plain_text(title)))


def _places(trace: dict[str, Any], letter: str, categories: list[str]) -> np.ndarray:
    """Return where points lie along an axis; categories stand at 0, 1, 2, ..."""
    values = list(trace[letter])
    if not categories:
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    index = {name: place for place, name in enumerate(categories)}
    return np.array([index.get(value, np.nan) for value in values], dtype=float)


def _edges(values: np.ndarray) -> np.ndarray:
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = (values[1:] + values[:-1]) / 2
    first, last = 2 * values[0] - middle[0], 2 * values[-1] - middle[-1]
    return np.concatenate([[first], middle, [last]])


def _draw_scatter(
    axes: Axes, trace: dict[str, Any], categories: tuple[list[str], list[str]]
) -> None:
    marker, mode = trace.get("marker") or {}, trace.get("mode", "lines")
    if "markers" in mode and _is_unseen(marker):
        return
    x, y = _places(trace, "x", categories[0]), _places(trace, "y", categories[1])
    label = plain_text(str(trace.get("name", ""))) if trace.get("showlegend", True) else None
    line = trace.get("line") or {}
    if fill := trace.get("fill"):
        _fill(axes, x, y, fill, trace.get("fillcolor"))
    if "lines" in mode and line.get("width", 2) > 0:
        axes.plot(
            x, y, color=colour(line.get("color", "black")), lw=PIXEL * line.get("width", 2),
            ls=DASHES.get(line.get("dash", ""), "-"), label=label,
            drawstyle="steps-mid" if line.get("shape") == "hvh" else "default",
        )  # fmt: skip
        label = None
    if "markers" in mode:
        _draw_markers(axes, x, y, trace, label)
    if "text" in mode:
        _write(axes, x, y, trace)


def _is_unseen(marker: dict[str, Any]) -> bool:
    return marker.get("opacity") == 0 or marker.get("color") == "rgba(0,0,0,0)"


def _fill(axes: Axes, x: np.ndarray, y: np.ndarray, fill: str, shade: str | None) -> None:
    chosen = colour(shade or "rgba(128,128,128,0.2)")
    if fill == "toself":
        drawn = np.isfinite(x) & np.isfinite(y)
        axes.fill(x[drawn], y[drawn], facecolor=chosen, linewidth=0)
    else:
        axes.fill_between(x, 0, y, facecolor=chosen, linewidth=0)


def _draw_markers(
    axes: Axes, x: np.ndarray, y: np.ndarray, trace: dict[str, Any], label: str | None
) -> None:
    marker = trace["marker"]
    symbols = marker.get("symbol") or "circle"
    several = [symbols] * len(x) if isinstance(symbols, str) else list(symbols)
    has_lines, most = "lines" in trace.get("mode", ""), marker.get("maxdisplayed")
    shown = np.arange(len(x))
    if has_lines and most:  # marks that tell lines apart
        shown = shown[:: max(1, len(x) // most)]
    for symbol in dict.fromkeys(several):
        rows = [row for row in shown if several[row] == symbol]
        base = str(symbol).removesuffix("-open")
        is_open = str(symbol).endswith("-open")
        own = marker.get("color") or (trace.get("line") or {}).get("color") or "black"
        tint = colour(own, marker.get("opacity"))
        axes.plot(
            x[rows], y[rows], ls="none", marker=SYMBOLS.get(base, "o"),
            ms=PIXEL * np.max(marker.get("size", 6)), mec=tint, label=label,
            mfc="none" if is_open else tint,
            mew=PIXEL * (marker.get("line") or {}).get("width", 2) if is_open else 0,
        )  # fmt: skip
        label = None
    _draw_errors(axes, x, y, trace)


def _draw_errors(axes: Axes, x: np.ndarray, y: np.ndarray, trace: dict[str, Any]) -> None:
    errors = trace.get("error_y") or {}
    if errors.get("array") is None:
        return
    up = np.asarray(errors["array"], dtype=float)
    down = np.asarray(errors.get("arrayminus", up), dtype=float)
    tint = colour(errors.get("color") or trace["marker"].get("color") or "black")
    axes.errorbar(x, y, yerr=np.stack([down, up]), fmt="none", ecolor=tint, elinewidth=0.8)


def _write(axes: Axes, x: np.ndarray, y: np.ndarray, trace: dict[str, Any]) -> None:
    tint = colour((trace.get("textfont") or {}).get("color", "black"))
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    for place, text in enumerate(trace.get("text") or []):
        if text and np.isfinite(x[place]) and np.isfinite(y[place]):
            is_left, is_low = x[place] < (left + right) / 2, y[place] < (low + high) / 2
            axes.annotate(  # towards the middle of the figure, so that none is cut off
                plain_text(str(text)), (x[place], y[place]), (2 * (1 if is_left else -1), 2),
                textcoords="offset points", ha="left" if is_left else "right",
                va="bottom" if is_low else "top", color=tint, fontsize=6,
            )  # fmt: skip


def draw_shape(axes: Axes, shape: dict[str, Any]) -> None:
    """Draw one shape: the hatching of a map of categories, or an upright line."""
    line = shape.get("line") or {}
    tint, width = colour(line.get("color", "black")), PIXEL * line.get("width", 1)
    if shape["type"] == "path":
        pairs = np.array(re.findall(r"-?[\d.]+", shape["path"]), dtype=float).reshape(-1, 2)
        codes = [Path.MOVETO, Path.LINETO] * (len(pairs) // 2)
        axes.add_patch(PathPatch(Path(pairs, codes), ec=tint, fc="none", lw=width / 2))
    elif shape["type"] == "line":
        style = DASHES.get(line.get("dash", ""), "-")
        axes.axvline(shape["x0"], color=tint, lw=width, ls=style)


def colour(text: Any, opacity: float | None = None) -> tuple[float, float, float, float]:  # noqa: ANN401
    """Return a colour of plotly as red, green, blue and opacity, 0 to 1 each."""
    if match := re.fullmatch(r"rgba?\(([^)]*)\)", str(text).strip()):
        parts = [float(part) for part in match[1].split(",")]
        red, green, blue = (part / 255 for part in parts[:3])
        rgba = (red, green, blue, parts[3] if len(parts) > 3 else 1.0)
    else:
        rgba = to_rgba(str(text))
    return rgba if opacity is None else (*rgba[:3], rgba[3] * opacity)
