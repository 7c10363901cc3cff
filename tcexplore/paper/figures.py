"""The paper's figures 3 to 6, and charts of its tables, with matplotlib: no browser is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from pymatgen.core import Element

from tcexplore.display.heatmap import SCALE, colour_limit
from tcexplore.display.labels import formula_text
from tcexplore.display.style import LINES, MARK, NOT_PREDICTED
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap
from tcexplore.typing import FloatArray

TC = r"$T_\mathrm{c}$"
OURS, PAPERS, REPORTED = LINES[0], LINES[1], LINES[2]
MARKERS: dict[str, dict[str, Any]] = {
    name: {"marker": marker, "color": colour, "markersize": size, "markeredgecolor": edge}
    | {"linestyle": ""}
    for name, marker, colour, size, edge in (
        ("ours", "o", OURS, 9, "white"),
        ("paper", "s", PAPERS, 9, "white"),
        ("reported", "*", REPORTED, 14, "white"),
        ("composition", "|", NOT_PREDICTED, 10, NOT_PREDICTED),
    )
}
ATOMIC_NUMBERS = (1, 10, 20, 30, 40, 50, 60, 70, 80)


def parity_figure(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Return figure 3: predicted against labelled Tc of test rows, a panel for each split.

    Parameters
    ----------
    panels
        By title: rows with family, tc (K) and tcexplore (K).
    """
    figure, axes = _panels(len(panels), (10, 5.6))
    end = 1.05 * max(float(rows[["tc", "tcexplore"]].to_numpy().max()) for rows in panels.values())
    for panel, (title, rows) in zip(axes, panels.items(), strict=True):
        hydride = (rows["family"] == "hydride").to_numpy()
        _points(panel, rows.loc[~hydride], "o", OURS, "others")
        _points(panel, rows.loc[hydride], "D", PAPERS, "hydrides")
        panel.plot([0, end], [0, end], "--", color=REPORTED, linewidth=1, label="equal")
        panel.set(xlim=(0, end), ylim=(0, end), aspect="equal", title=title)
        panel.set(xlabel=f"{TC} labelled (K)", ylabel=f"{TC} predicted (K)")
        panel.legend(loc="upper left", frameon=False)
    return figure


def _points(axes: Axes, rows: pd.DataFrame, marker: str, colour: str, name: str) -> None:
    axes.scatter(
        rows["tc"], rows["tcexplore"], s=12, marker=marker, color=colour, alpha=0.6, linewidths=0,
        label=f"{name} (n = {len(rows)})", rasterized=True,
    )  # fmt: skip


def swap_maps_figure(
    swaps: Mapping[str, ElementSwap], named: Mapping[str, pd.DataFrame], titles: Mapping[str, str]
) -> Figure:
    """Return figure 4: the maximum of each pair's dome, both maps in one scale of colours.

    Parameters
    ----------
    swaps
        By name.
    named
        From `maps.named_pairs`, by the same names: the pairs to mark.
    titles
        By the same names.
    """
    figure, axes = _panels(len(swaps), (11, 5.2))
    limit = colour_limit(np.concatenate([swap.tc.ravel() for swap in swaps.values()]))
    for panel, (name, swap) in zip(axes, swaps.items(), strict=True):
        ends = (-0.5, len(swap.x) - 0.5, -0.5, len(swap.y) - 0.5)
        image = _heatmap(panel, swap.tc, ends, limit)
        _element_axes(panel, swap)
        for x, y, formula in _columns(named[name], "x", "y", "formula"):
            _named(panel, (swap.x.index(x), swap.y.index(y)), formula_text(formula))
        panel.set_title(_subscripted(titles[name]))
    _colour_bar(figure, image, axes, any(np.nanmax(swap.tc) > limit for swap in swaps.values()))
    return figure


def _element_axes(axes: Axes, swap: ElementSwap) -> None:
    for axis, symbols, name in ((axes.xaxis, swap.x, "X"), (axes.yaxis, swap.y, "Y")):
        numbers = [Element(symbol).Z for symbol in symbols]
        positions = [index for index, number in enumerate(numbers) if number in ATOMIC_NUMBERS]
        axis.set_ticks(positions, [f"{symbols[index]} {numbers[index]}" for index in positions])
        axis.set_label_text(f"{name} (element and atomic number)")


def domes_figure(
    domes: Mapping[str, LatticeDome],
    printed: Mapping[str, Mapping[str, float]],
    titles: Mapping[str, str],
) -> Figure:
    """Return figure 5: Tc against a, a panel for each structure.

    Parameters
    ----------
    domes
        By name.
    printed
        (K) By the same names: what the paper's network and a calculation give for the structure's
        own lattice, by what the legend shall say.
    titles
        By the same names.
    """
    figure, axes = _panels(len(domes), (10, 4.4), sharey=True)
    for panel, (name, dome) in zip(axes, domes.items(), strict=True):
        given_a, apex = dome.parent.structure.lattice.a, dome.apex
        panel.plot(dome.lattice_parameter, dome.tc, color=OURS, label="this model")
        panel.plot(dome.lattice_parameter[apex], dome.tc[apex], "D", color=OURS, label="apex")
        panel.axvline(given_a, color=NOT_PREDICTED, linewidth=1, linestyle=":", label="own lattice")
        for style, (label, tc) in zip(("paper", "reported"), printed[name].items(), strict=True):
            panel.plot(given_a, tc, label=label, **MARKERS[style])
        panel.set(title=_subscripted(titles[name]), xlabel="$a$ (Å)", ylim=(0, None))
        panel.legend(frameon=False)
    axes[0].set_ylabel(f"{TC} (K)")
    return figure


def lattice_maps_figure(
    maps: Mapping[str, LatticeMap], marks: Mapping[str, pd.DataFrame], titles: Mapping[str, str]
) -> Figure:
    """Return the upper row of figure 6: Tc over a and c, both maps in one scale of colours.

    Parameters
    ----------
    maps
        By name.
    marks
        By the same names: rows with lattice, a (Å) and c (Å) to mark beside the parent's own.
    titles
        By the same names.
    """
    figure, axes = _panels(len(maps), (11, 5))
    limit = colour_limit(np.concatenate([result.tc.ravel() for result in maps.values()]))
    for panel, (name, result) in zip(axes, maps.items(), strict=True):
        ends = _pixel_ends(result)
        image = _heatmap(panel, result.tc, ends, limit)
        _mark_lattices(panel, result, marks[name])
        panel.set(xlim=ends[:2], ylim=ends[2:])
        panel.set(title=_subscripted(titles[name]), xlabel="$a$ = $b$ (Å)", ylabel="$c$ (Å)")
        panel.legend(loc="upper right", framealpha=0.9, fontsize=8)
    _colour_bar(figure, image, axes, any(np.nanmax(result.tc) > limit for result in maps.values()))
    return figure


def _mark_lattices(axes: Axes, result: LatticeMap, marks: pd.DataFrame) -> None:
    hollow: dict[str, Any] = {"linestyle": "", "markerfacecolor": "none", "markeredgewidth": 2}
    lattice = result.parent.structure.lattice
    ratio = lattice.c / lattice.a
    end = min(result.a[-1], result.c[-1] / ratio)
    axes.plot([0, end], [0, ratio * end], "--", color=MARK, linewidth=1, label="$c/a$ as given")
    axes.plot(lattice.a, lattice.c, "o", color=MARK, markersize=9, label="as given", **hollow)
    row, column = result.apex
    axes.plot(
        result.a[column], result.c[row], "D", color=MARK, markersize=9, label="apex", **hollow
    )
    for (a, c, name), shape in zip(_columns(marks, "a", "c", "lattice"), "s^", strict=False):
        axes.plot(a, c, shape, color=MARK, markersize=9, label=name, **hollow)


def _pixel_ends(result: LatticeMap) -> tuple[float, float, float, float]:
    """Return the outer edges (Å) of a map whose pixels have their values in the middle."""
    ends: list[float] = []
    for values in (result.a, result.c):
        half = (values[-1] - values[0]) / (len(values) - 1) / 2
        ends += [values[0] - half, values[-1] + half]
    return ends[0], ends[1], ends[2], ends[3]


def table_2_chart(table: pd.DataFrame) -> Figure:
    """Return the rows of table II that have a prediction of ours, as points of Tc.

    Parameters
    ----------
    table
        From `tables.table_2`.
    """
    rows = table.loc[table["tc"].notna()].iloc[::-1]
    figure, [axes] = _panels(1, (8, 4.6))
    positions = np.arange(len(rows))
    for column, style, name in (
        ("tc_composition", "composition", "the paper's composition model"),
        ("tc_paper", "paper", "the paper's network"),
        ("tc", "ours", "this model"),
        ("tc_reported", "reported", "reported"),
    ):
        axes.plot(rows[column], positions, label=name, **MARKERS[style])
    labels = _columns(rows, "formula", "phase", "pressure", "counted")
    axes.set_yticks(positions, [_row_label(*label) for label in labels])
    _finish_chart(figure, axes, len(rows))
    return figure


def _row_label(formula: str, phase: str, pressure: float, counted: bool) -> str:
    words = f"{formula_text(formula)} {phase_text(phase)}, {pressure:g} GPa"
    return words if counted else f"({words})"


def table_3_chart(table: pd.DataFrame) -> Figure:
    """Return table III as ranges of Tc, ours below the paper's.

    Parameters
    ----------
    table
        From `tables.table_3`.
    """
    rows = table.iloc[::-1]
    figure, [axes] = _panels(1, (8, 5.6))
    positions = np.arange(len(rows))
    for names, shift, colour, name in (
        (("tc_paper_low", "tc_paper_high"), 0.15, PAPERS, "the paper's network"),
        (("tc_low", "tc_high"), -0.15, OURS, "this model"),
    ):
        low, high = (rows[column].to_numpy() for column in names)
        low = np.where(np.isnan(low), high, low)
        axes.hlines(positions + shift, low, high, color=colour, linewidth=3, label=name)
        axes.plot(high, positions + shift, "|", color=colour, markersize=9, markeredgewidth=2)
    labels = _columns(rows, "formula", "phase")
    axes.set_yticks(positions, [f"{formula_text(f)} {phase_text(phase)}" for f, phase in labels])
    _finish_chart(figure, axes, len(rows))
    return figure


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple]:
    """Yield some values of each row."""
    return zip(*(table[name] for name in names), strict=True)


def _finish_chart(figure: Figure, axes: Axes, n_rows: int) -> None:
    axes.set(xlabel=f"{TC} (K)", xlim=(0, None), ylim=(-0.6, n_rows - 0.4))
    axes.grid(axis="both", color="#e4e6e9", linewidth=0.8)
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)


def phase_text(symbol: str) -> str:
    """Return a space-group symbol with overbars and subscripts, as matplotlib sets them."""
    barred = re.sub(r"-(\d)", r"$\\bar{\1}$", symbol)
    return re.sub(r"_(\d)", r"$_\1$", barred)


def _subscripted(title: str) -> str:
    """Return a title such as ``Fm-3m MgH13: X on Mg`` with its symbols set."""
    phase, formula, *rest = re.split(r"(?<=[^ ]) |(?=[:,])", title, maxsplit=2)
    return f"{phase_text(phase)} {formula_text(formula)}{''.join(rest)}"


def _heatmap(
    axes: Axes, tc: FloatArray, ends: tuple[float, float, float, float], limit: float
) -> AxesImage:
    colours = matplotlib.colormaps[SCALE.lower()].with_extremes(bad=NOT_PREDICTED)
    return axes.imshow(
        tc, cmap=colours, vmin=0, vmax=limit, extent=ends, origin="lower", aspect="auto",
        interpolation="nearest",
    )  # fmt: skip


def _named(axes: Axes, position: tuple[int, int], label: str) -> None:
    axes.plot(*position, "o", color=MARK, markerfacecolor="none", markersize=7)
    axes.annotate(
        label, position, xytext=(5, 5), textcoords="offset points", fontsize=7, color="black",
        bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1},
    )  # fmt: skip


def _colour_bar(figure: Figure, image: AxesImage, axes: Sequence[Axes], cut: bool) -> None:
    figure.colorbar(
        image, ax=list(axes), label=f"{TC} (K)", extend="max" if cut else "neither", pad=0.02
    )


def _panels(count: int, size: tuple[float, float], *, sharey: bool = False) -> tuple[Figure, Any]:
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False, sharey=sharey)[0]
