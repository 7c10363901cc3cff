"""Hydrogen networks: the figure of a scan, tables, words for components and cages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots
from pymatgen.core import Structure

from tcexplore.display.dome_overlays import (
    add_band,
    add_curve,
    band_legend,
    outside_legend,
)
from tcexplore.display.pressure import pressure_columns
from tcexplore.display.style import LEGEND, LINES, MARK, TC_AXIS
from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.hydrogen.cages import Cage
from tcexplore.hydrogen.contacts import Component
from tcexplore.hydrogen.network import (
    HydrogenNetwork,
    HydrogenNetworkNumbers,
    HydrogenNetworkScan,
)
from tcexplore.studies.hydrogen_scan import HydrogenScan

AXES = {"a": "<i>a</i> (Å)", "c": "<i>c</i> (Å)", "scale": "Scale of the lattice"}
DIMENSIONS = ("0D, molecules", "1D, chains", "2D, layers", "3D, framework")
SYMBOLS = ("circle-open", "triangle-up-open", "square-open", "diamond-open")
MARKS = ("circle-open", "star")
HEIGHT = 430  # CSS pixels
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBERS = (
    "n_hydrogen",
    "dimensionality",
    "n_components",
    "n_largest",
    "n_h2",
    "n_lone",
    "shortest",
    "mean_distance",
    "mean_degree",
)


@dataclass(frozen=True)
class MarkedPoint:
    """A lattice of a scan to which the figure points."""

    name: str
    value: float
    """(Å, or a factor) Where it lies along the scan."""
    tc: float
    """(K)"""
    dimensionality: int


def network_figure(scan: HydrogenScan, points: Sequence[MarkedPoint] = ()) -> go.Figure:
    """Return Tc and the dimensionality of the hydrogen network along a scan, one below the other.

    Parameters
    ----------
    points
        At most two, marked in both parts; the last one by a star.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.06
    )
    _add_tc(figure, scan)
    _add_dimensions(figure, scan)
    for point, symbol in zip(points, MARKS[len(MARKS) - len(points) :], strict=True):
        _add_point(figure, point, symbol)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend=LEGEND,
        hovermode="closest",
    )
    figure.update_xaxes(title=AXES[scan.along], row=2, col=1)
    figure.update_yaxes(title=TC_AXIS, rangemode="tozero", row=1, col=1)
    figure.update_yaxes(
        tickvals=list(range(4)), ticktext=DIMENSIONS, range=[-0.5, 3.5], row=2, col=1
    )
    return figure


def _add_tc(figure: go.Figure, scan: HydrogenScan) -> None:
    hover = (
        f"{AXES[scan.along]} %{{x:.3f}}: <i>T</i><sub>c</sub> = %{{y:.1f}} K"
        "%{customdata}<extra></extra>"
    )
    add_band(figure, "Tc", scan, scan.values, LINES[0])
    label = "<i>T</i><sub>c</sub>"
    add_curve(
        figure, "Tc", scan, scan.values, colour=LINES[0], hover=hover, label=label,
        pressures=scan.pressures,
    )  # fmt: skip
    if np.isfinite(scan.tc_low).any():
        figure.add_trace(band_legend())
    if scan.domain.is_outside.any():
        figure.add_trace(outside_legend())


def _add_dimensions(figure: go.Figure, scan: HydrogenScan) -> None:
    dimensions = scan.network.values("dimensionality")
    marker = {"symbol": [SYMBOLS[d] for d in dimensions], "size": 9, "color": LINES[2]}
    details = np.stack(
        [scan.network.values(name) for name in ("n_components", "n_h2", "n_lone")], axis=1
    )
    figure.add_trace(
        go.Scatter(
            x=scan.values, y=dimensions, mode="lines+markers", name="dimensionality",
            line={"shape": "hvh", "color": LINES[2], "width": 1}, marker=marker,
            customdata=details, hovertemplate=f"{AXES[scan.along]} %{{x:.3f}}: %{{y}}D<br>"
            "components: %{customdata[0]}<br>H<sub>2</sub> units: %{customdata[1]}<br>"
            "lone H: %{customdata[2]}<extra></extra>",
        ),
        row=2, col=1,
    )  # fmt: skip


def _add_point(figure: go.Figure, point: MarkedPoint, symbol: str) -> None:
    size, dash = (18, "dot") if symbol == MARKS[0] else (13, "solid")
    marker = {"symbol": symbol, "size": size, "color": MARK, "line": {"width": 2, "color": MARK}}
    for row, height in enumerate((point.tc, point.dimensionality), 1):
        figure.add_shape(
            type="line", x0=point.value, x1=point.value, y0=0, y1=1, yref="y domain",
            line={"color": MARK, "width": 1.2, "dash": dash}, row=row, col=1,
        )  # fmt: skip
        figure.add_trace(
            go.Scatter(
                x=[point.value], y=[height], mode="markers", marker=marker, name=point.name,
                showlegend=row == 1, hovertemplate=f"{point.name}: %{{x:.3f}}<extra></extra>",
            ),
            row=row, col=1,
        )  # fmt: skip


def scan_table(scan: HydrogenNetworkScan, pressures: Pressures) -> pd.DataFrame:
    """Return one row for each lattice: a, b, c (Å), pressure (GPa), the network and its cages.

    Counts are those of the primitive cell. A cage has two columns, named after the atom in it and
    its place in the structure, counted from 1.
    """
    lengths = np.linalg.norm(scan.lattices, axis=2)
    columns: dict[str, np.ndarray] = dict(zip("abc", lengths.T, strict=True))
    columns |= pressure_columns(pressures)
    columns |= {name: scan.values(name) for name in NUMBERS}
    for dimension, cutoffs in enumerate(scan.values("percolation").T, 1):
        columns[f"percolation_{dimension}d"] = cutoffs
    for centre, sizes, radii in zip(
        scan.cage_centres, scan.cage_sizes.T, scan.cage_radii.T, strict=True
    ):
        label = _label(scan.parent, centre)
        columns |= {f"cage_{label}": sizes, f"radius_{label}": radii}
    return pd.DataFrame(columns)


def _label(structure: Structure, site: int) -> str:
    return f"{structure[int(site)].species_string}_{site + 1}"


def network_facts(numbers: HydrogenNetworkNumbers) -> dict[str, str]:
    """Return the numbers of a hydrogen network in words, by what they are."""
    return {
        "Network": DIMENSIONS[numbers.dimensionality],
        "Components": str(numbers.n_components),
        "H in the largest component": f"{numbers.n_largest} of {numbers.n_hydrogen}",
        "H₂ units": str(numbers.n_h2),
        "Lone H": str(numbers.n_lone),
        "Shortest H–H distance (Å)": _length(numbers.shortest),
        "Mean over the contacts (Å)": _length(numbers.mean_distance),
        "Contacts of an H": f"{numbers.mean_degree:.2f}",
        "Percolates in 1, 2, 3 dimensions from (Å)": ", ".join(map(_length, numbers.percolation)),
    }


def _length(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "none"


def component_table(network: HydrogenNetwork) -> pd.DataFrame:
    """Return the components of the primitive cell's network, equal ones in one row."""
    kinds = Counter(
        (component_words(part), len(part.sites), part.dimensionality, part.copies)
        for part in network.primitive_components
    )
    return pd.DataFrame(
        [
            (words, size, f"{d}D", copies * count)
            for (words, size, d, copies), count in kinds.items()
        ],
        columns=["Component", "Hydrogen atoms", "Periodic in", "Number"],
    )


def component_words(component: Component) -> str:
    """Return the kind of a component: lone atom, H2 unit, molecule, chain, layer or framework."""
    if component.dimensionality:
        return ("chain", "layer", "framework")[component.dimensionality - 1]
    return {1: "lone atom", 2: "H2 unit"}.get(len(component.sites), "molecule")


def cage_table(network: HydrogenNetwork) -> pd.DataFrame:
    """Return the cages of the primitive cell, equal ones in one row."""
    one_each = {network.primitive.site[cage.centre]: cage for cage in network.cages}
    kinds = Counter(
        (
            network.structure[cage.centre].species_string,
            len(cage.vertices),
            face_symbol(cage),
            round(round(cage.radius, 6), 3),  # equal radii do not part over their last digit
        )
        for cage in one_each.values()
    )
    return pd.DataFrame(
        [(*kind, count) for kind, count in sorted(kinds.items())],
        columns=["Around", "Hydrogen atoms", "Faces", "Mean radius (Å)", "Number"],
    )


def face_symbol(cage: Cage) -> str:
    """Return the faces of a cage in the usual notation: ``4⁶ 6¹²`` is 6 squares, 12 hexagons."""
    corners = Counter(map(len, cage.faces))
    return " ".join(
        f"{corner}{str(count).translate(SUPERSCRIPTS)}" for corner, count in sorted(corners.items())
    )


def network_tc_table(result: HydrogenScan) -> pd.DataFrame:
    """Return one row for each lattice: as `scan_table`, with scale, Tc and domain."""
    table = scan_table(result.network, result.pressures)
    if result.along == "scale":
        table.insert(0, "scale", result.values)
    columns = {
        "tc": result.tc,
        "tc_low": result.tc_low,
        "tc_high": result.tc_high,
        "percentile": result.domain.percentile,
        "domain": result.domain.words,
    }
    for position, (name, column) in enumerate(
        columns.items(), list(table).index("pressure_high") + 1
    ):
        table.insert(position, name, column)
    return table


def components_text(network: HydrogenNetwork) -> str:
    """Return the components of the primitive cell's network in words, such as ``8 H2 units``."""
    parts = [
        _counted(words, size, number)
        for words, size, _, number in component_table(network).itertuples(index=False)
    ]
    return ", ".join(parts) or "no hydrogen"


def _counted(words: str, size: int, number: int) -> str:
    counted = f"{number} {words}{'s' * (number > 1)}"
    return counted if words in ("lone atom", "H2 unit") else f"{counted} of {size} H"


def cages_text(network: HydrogenNetwork) -> str:
    """Return the cages of the primitive cell, such as ``1 × La: 32 H, 2.05 Å``."""
    rows = cage_table(network).itertuples(index=False)
    kinds = [
        f"{number} × {element}: {size} H, {radius:.2f} Å"
        for element, size, _, radius, number in rows
    ]
    return "; ".join(kinds) or "none"
