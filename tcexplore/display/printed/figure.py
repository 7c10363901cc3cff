"""Figures of the pages for print: SVG, PDF and PNG at the width of a column; and HTML.

plotly's own export needs a browser beside Python (kaleido); matplotlib brings its fonts along and
draws the same figure on any machine.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any, Literal

import matplotlib as mpl
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tcexplore.display.printed.text import plain_text
from tcexplore.display.printed.traces import Colours, decoded, draw_shape, draw_trace

PrintFormat = Literal["svg", "pdf", "png"]
COLUMN_WIDTHS = {"85 mm": 85.0, "170 mm": 170.0}
"""(mm) Of one column of a journal, and of two."""
DPI = 600
MM = 1 / 25.4  # inch
FONT_SIZE, TICK_SIZE = 8, 7  # points
ASPECT = 0.72  # height over width of a figure that has no cells
MOST_HEIGHT = 240.0  # mm, a page
LETTER, SYMBOL, LINE = 1.35, 9.0, 3.9  # mm: a letter, a symbol and a line of the legend
TICK_GAP = 1.15  # times its own size that a tick label of a category needs
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": FONT_SIZE,
    "axes.labelsize": FONT_SIZE,
    "xtick.labelsize": TICK_SIZE,
    "ytick.labelsize": TICK_SIZE,
    "legend.fontsize": TICK_SIZE,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "path",  # the letters themselves: no machine lacks the font
    "pdf.fonttype": 42,
}


def printed_figure(figure: go.Figure, fmt: PrintFormat, *, width: float = 85.0) -> bytes:
    """Return a figure of a page as a file for print.

    Parameters
    ----------
    width
        (mm) The height follows from it.
    """
    with mpl.rc_context(STYLE):
        drawn = _drawn(figure, width)
        content = io.BytesIO()
        metadata = {"Date": None} if fmt == "svg" else {}
        drawn.savefig(content, format=fmt, dpi=DPI, metadata=metadata)
    return content.getvalue()


def html_figure(figure: go.Figure) -> str:
    """Return a figure as a page of its own, with room for all labels; it needs no network."""
    shown = go.Figure(figure)
    shown.update_xaxes(automargin=True)
    shown.update_yaxes(automargin=True)
    shown.update_layout(template="plotly_white", margin={"l": 60, "r": 20, "t": 60, "b": 60})
    return str(shown.to_html(config={"displaylogo": False}))


def _drawn(figure: go.Figure, width: float) -> Figure:
    """Return the figure drawn by matplotlib."""
    parts: Any = figure
    layout = parts.layout.to_plotly_json()
    traces = [decoded(trace.to_plotly_json()) for trace in parts.data]
    drawn = Figure(figsize=(width * MM, _height(layout, traces, width) * MM), layout="constrained")
    FigureCanvasAgg(drawn)  # PDF and SVG measure their texts with it, too
    axes, colours = _axes(drawn, layout), Colours(drawn)
    for trace in traces:
        number = str(trace.get("yaxis", "y")).lstrip("y") or "1"
        draw_trace(axes[number], trace, colours, categories=_categories(layout))
    for shape in layout.get("shapes", []):
        number = str(shape.get("yref", "y")).split()[0].lstrip("y") or "1"
        draw_shape(axes[number], shape)
    for number, part in axes.items():
        _style_axis(part, "x", _axis(layout, "x", number), width)
        _style_axis(part, "y", _axis(layout, "y", number), width)
    _add_legend(drawn, layout, list(axes.values()))
    colours.add_bars(list(axes.values()))
    return drawn


def _height(layout: dict[str, Any], traces: list[dict[str, Any]], width: float) -> float:
    """Return the height (mm): square cells on a map of categories, one ratio elsewhere."""
    columns, rows = _categories(layout)
    if columns and rows:
        cell = (width - 28) / len(columns)
        return min(max(cell * len(rows) + 22, 32), MOST_HEIGHT)
    has_map = any(trace["type"] == "heatmap" for trace in traces)
    has_parts = any(key.startswith("yaxis") and key != "yaxis" for key in layout)
    return width * (0.95 if has_map or has_parts else ASPECT)


def _categories(layout: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the categories along both axes, none where these are numbers."""
    first, second = (
        list(layout.get(f"{axis}axis", {}).get("categoryarray", [])) for axis in ("x", "y")
    )
    return first, second


def _axes(drawn: Figure, layout: dict[str, Any]) -> dict[str, Axes]:
    """Return the parts of a figure from top to bottom, by the number of their y axis."""
    numbers = sorted(
        (key.removeprefix("yaxis") or "1" for key in layout if key.startswith("yaxis")), key=int
    ) or ["1"]
    heights = []
    for number in numbers:
        low, high = _axis(layout, "y", number).get("domain") or (0, 1)
        heights.append(high - low)
    grid = drawn.add_gridspec(len(numbers), 1, height_ratios=heights)
    axes: dict[str, Axes] = {}
    for row, number in enumerate(numbers):
        axes[number] = drawn.add_subplot(grid[row], sharex=axes.get("1"))
        if row < len(numbers) - 1:
            axes[number].tick_params(labelbottom=False)
    return axes


def _axis(layout: dict[str, Any], letter: str, number: str) -> dict[str, Any]:
    return layout.get(f"{letter}axis{'' if number == '1' else number}", {})


def _style_axis(axes: Axes, letter: Literal["x", "y"], axis: dict[str, Any], width: float) -> None:
    """Give an axis its title, range, ticks and grid."""
    title = plain_text(axis.get("title", {}).get("text", "") or "")
    (axes.set_xlabel if letter == "x" else axes.set_ylabel)(title)
    if axis.get("type") == "log":
        (axes.set_xscale if letter == "x" else axes.set_yscale)("log")
    if axis.get("range") is not None:
        low, high = (10**v if axis.get("type") == "log" else v for v in axis["range"])
        (axes.set_xlim if letter == "x" else axes.set_ylim)(low, high)
    elif axis.get("rangemode") == "tozero" and letter == "y":
        axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    if axis.get("visible") is False:
        axes.get_yaxis().set_visible(False)
        return
    ticks = axes.xaxis if letter == "x" else axes.yaxis
    if axis.get("categoryarray") is not None:
        _set_categories(axes, letter, list(axis["categoryarray"]), width)
    elif axis.get("tickvals") is not None:
        ticks.set_ticks(list(axis["tickvals"]), [plain_text(t) for t in axis["ticktext"]])


def _set_categories(axes: Axes, letter: Literal["x", "y"], names: list[str], width: float) -> None:
    """Label the categories, every second, third, ... one where they would touch."""
    room = (width - 28) / max(len(axes.get_xaxis().get_ticklocs()), len(names))
    size = TICK_SIZE / 72 / MM
    step = max(1, math.ceil(size * TICK_GAP / room))
    places = range(0, len(names), step)
    labels = [names[place] for place in places]
    if letter == "y":
        axes.set_yticks(list(places), labels)
    else:
        is_dense = room * step < 2.2 * size  # two letters side by side
        axes.set_xticks(list(places), labels, rotation=90 if is_dense else 0)
    axes.tick_params(axis=letter, length=1.5, pad=1.5)


def _add_legend(drawn: Figure, layout: dict[str, Any], axes: list[Axes]) -> None:
    """Explain the traces above the figure, each name once; the figure grows by as much."""
    entries: dict[str, Any] = {}
    for handle, label in _handles(axes):
        entries.setdefault(label, handle)
    if layout.get("showlegend") is False or (len(entries) < 2 and not layout.get("showlegend")):
        return
    longest = max((len(label) for label in entries), default=1)
    columns = int(drawn.get_figwidth() / MM / (longest * LETTER + SYMBOL))
    columns = max(1, min(len(entries), columns))
    drawn.legend(
        list(entries.values()), list(entries), loc="outside upper left", frameon=False,
        ncols=columns, handlelength=1.6, columnspacing=1.2, borderpad=0.1,
    )  # fmt: skip
    n_lines = math.ceil(len(entries) / columns)
    drawn.set_figheight(drawn.get_figheight() + n_lines * LINE * MM)


def _handles(axes: list[Axes]) -> Iterator[tuple[Any, str]]:
    for part in axes:
        handles, labels = part.get_legend_handles_labels()
        yield from zip(handles, labels, strict=True)
