"""Element swaps: the map, the table of pairs, the best materials as files."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray
from pymatgen.core import Element

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.structure import site_occupancies
from tcexplore.display.domain import domain_columns, tc_columns, training_hover
from tcexplore.display.heatmap import (
    MapQuantity,
    Range,
    add_category_hatching,
    map_cells,
    map_values,
    mark,
    quantity_cells,
    unseen_points,
)
from tcexplore.display.labels import (
    band_hover,
    formula_text,
)
from tcexplore.display.pressure import PRESSURE_COLUMNS, pressure_columns, pressure_hover
from tcexplore.display.style import LEGEND
from tcexplore.equation_of_state.estimate import Pressures
from tcexplore.model.applicability_domain import DOMAIN_PHRASES, LIMITS, ApplicabilityDomain
from tcexplore.model.conformal import TcInterval
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.swap_pressure import swap_pressures
from tcexplore.typing import FloatArray

OTHER_COLUMNS = {
    "pressure": "pressure_gpa", "other Tc": "tc_other", "difference": "tc_difference",
}  # fmt: skip
MOST_HEIGHT = 560  # CSS pixels: a map fits a laptop's screen beside its material
DENSE = 40  # elements along an axis from which every second one is named


def swap_figure(
    table: pd.DataFrame,
    *,
    x: Sequence[str],
    y: Sequence[str],
    picked: tuple[str, str] | None = None,
    labels: tuple[str, str] = ("X", "Y"),
    quantity: MapQuantity = "Tc",
    limits: Range | None = None,
) -> go.Figure:
    """Return the map of an element swap.

    Parameters
    ----------
    table
        From `study_tables.swap_table`; from `tc_table` for a map without details to point at. Where
        it has percentiles, what lies outside the applicability domain is hatched.
    x, y
        Symbols of the columns and of the rows, in their order.
    picked
        A pair to mark.
    labels
        Titles of the axes.
    quantity, limits
        Quantity of the colours, and their range, that of what is shown where it is None.
    """
    shown = rows_with_elements(table, x=x, y=y)
    if quantity in OTHER_COLUMNS:
        values = _grid(shown, OTHER_COLUMNS[quantity], x=x, y=y)
        figure = go.Figure(quantity_cells(list(x), list(y), values, quantity, limits))
    else:
        ends = TcInterval(*(_grid(shown, name, x=x, y=y) for name in ("tc", "tc_low", "tc_high")))
        figure = go.Figure(map_cells(list(x), list(y), ends, quantity, limits))
    if "percentile" in shown:
        outside = _grid(shown, "percentile", x=x, y=y) >= LIMITS[1]
        add_category_hatching(figure, outside)
    if "formula" in shown:
        figure.add_trace(_clickable(shown))
    if picked is not None:
        figure.add_trace(mark([picked[0]], [picked[1]], "square-open", "picked"))
    hatched = bool(figure.layout.shapes)
    margin = {"l": 10, "r": 10, "t": 30 if hatched else 10, "b": 10}
    figure.update_layout(
        height=_swap_height(len(y)), margin=margin, legend=LEGEND, showlegend=hatched
    )
    figure.update_xaxes(**_symbol_axis(labels[0], x), side="bottom")
    figure.update_yaxes(**_symbol_axis(labels[1], y), visible=len(y) > 1)
    figure.update_yaxes(tickangle=0)
    return figure


def quantity_values(table: pd.DataFrame, quantity: MapQuantity) -> FloatArray:
    """Return the values of a quantity for all pairs of a table, shape (n,)."""
    if quantity in OTHER_COLUMNS:
        return table[OTHER_COLUMNS[quantity]].to_numpy(float)
    ends = TcInterval(*(table[name].to_numpy(float) for name in ("tc", "tc_low", "tc_high")))
    return map_values(ends, quantity)


def with_other(table: pd.DataFrame, other: ElementSwap) -> pd.DataFrame:
    """Return a table of pairs with Tc of another map (K), and the table's less that."""
    tc_other = other.tc.ravel()
    return table.assign(tc_other=tc_other, tc_difference=table["tc"] - tc_other)


def _grid(table: pd.DataFrame, name: str, *, x: Sequence[str], y: Sequence[str]) -> FloatArray:
    """Return a column of a swap table as a map, shape (n_y, n_x)."""
    grid = table.pivot(index="y", columns="x", values=name)
    return grid.reindex(index=y, columns=x).to_numpy(float)


def _swap_height(n_rows: int) -> int:
    """Return CSS pixels: square cells on a laptop's screen."""
    return 180 if n_rows == 1 else int(np.clip(120 + 18 * n_rows, 300, MOST_HEIGHT))


def _symbol_axis(title: str, symbols: Sequence[str]) -> dict[str, Any]:
    small = 8 if len(symbols) > 60 else 11
    return {
        "title": title,
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(symbols),
        "tickfont": {"size": small},
        "tickmode": "linear",
        "dtick": 1 if len(symbols) <= DENSE else 2,
        "tickangle": 0 if len(symbols) <= 20 else -90,
        "range": [-0.5, len(symbols) - 0.5],
        "showgrid": False,
        "zeroline": False,
    }


def _clickable(table: pd.DataFrame) -> go.Scattergl:
    """Return unseen points over the cells: a heatmap itself reports no click to Streamlit."""
    predicted = table.dropna(subset="tc")
    word = predicted["domain"] if "domain" in predicted else predicted["x"].map(lambda _: "")
    trained = ""
    if "in_training" in predicted:
        trained = training_hover(
            predicted["in_training"].to_numpy(bool), predicted["tc_held_out"].to_numpy(float)
        )
    band = band_hover(predicted["tc_low"], predicted["tc_high"])
    details = np.stack(
        [
            predicted["formula"].map(formula_text),
            predicted["tc"].map("{:.1f} K".format) + band,
            predicted["a"].map("{:.3f}".format),
            predicted["scale"].map("{:.2f}".format),
            _pressure_texts(predicted),
            word.map(lambda text: f"<br>{DOMAIN_PHRASES[text]}" if text else "") + trained,
        ],
        axis=1,
    )
    return unseen_points(
        predicted["x"], predicted["y"], details, "materials",
        "<b>%{customdata[0]}</b><br>X = %{x}, Y = %{y}<br>"
        "<i>T</i><sub>c</sub> = %{customdata[1]}<br>"
        "at <i>a</i> = %{customdata[2]} Å (scale %{customdata[3]})%{customdata[4]}"
        "%{customdata[5]}<extra></extra>",
    )  # fmt: skip


def _pressure_texts(table: pd.DataFrame) -> NDArray[np.str_]:
    columns = [name for name in PRESSURE_COLUMNS if name in table]
    if not columns:
        return np.full(len(table), "")
    return pressure_hover(Pressures(*(table[name].to_numpy(float) for name in columns)))


def swap_table(swap: ElementSwap, domain: ApplicabilityDomain | None = None) -> pd.DataFrame:
    """Return one row for each pair: x, y, formula, tc and its interval (K), and its lattice.

    That is its scale, a (Å), and the pressure (GPa) that follows from the volume, with its error.

    Pairs that are not predicted have a missing tc.

    Parameters
    ----------
    domain
        From `swap_domain`; adds the columns percentile, domain, in_training and tc_held_out (K).
    """
    table = tc_table(swap)
    table.insert(2, "formula", _formulas(swap, table))
    scale = swap.peak_scale.ravel()
    a = scale * swap.scan.parent.structure.lattice.a
    pressures = pressure_columns(swap_pressures(swap))
    return table.assign(scale=scale, a=a, **pressures, **domain_columns(domain))


def tc_table(swap: ElementSwap) -> pd.DataFrame:
    """Return one row for each pair: x, y, Tc and its interval (K), missing where not known yet."""
    y, x = np.meshgrid(np.array(swap.y, object), np.array(swap.x, object), indexing="ij")
    columns = {"x": x.ravel(), "y": y.ravel()}
    return pd.DataFrame(columns | tc_columns(swap))


def _formulas(swap: ElementSwap, table: pd.DataFrame) -> list[str]:
    structure, groups = swap.scan.parent.structure, swap.scan.groups
    swapped = {site for group in groups for site in group}
    kept: dict[str, float] = {}
    for number, site in enumerate(structure):
        if number not in swapped:
            _add(kept, {str(element): n for element, n in site.species.items()})
    occupancy = site_occupancies(structure)
    multiplicities = [float(occupancy[list(group)].sum()) for group in groups]
    swapped_symbols = [table[name] for name in ("x", "y")[: len(groups)]]
    symbols = {*kept, *itertools.chain(*swapped_symbols)}
    rank = {symbol: Element(symbol).iupac_ordering for symbol in symbols}
    formulas = []
    for pair in zip(*swapped_symbols, strict=True):
        amounts = dict(kept)
        for symbol, amount in zip(pair, multiplicities, strict=True):
            _add(amounts, {symbol: amount})
        formulas.append(_reduced(amounts, rank))
    return formulas


def _reduced(amounts: Mapping[str, float], rank: Mapping[str, float]) -> str:
    """Return a formula in IUPAC's order; pymatgen's own warns of elements like argon."""
    whole = all(float(amount).is_integer() for amount in amounts.values())
    factor = math.gcd(*map(int, amounts.values())) if whole else 1
    parts = ((symbol, amounts[symbol] / factor) for symbol in sorted(amounts, key=rank.__getitem__))
    return "".join(symbol if amount == 1 else f"{symbol}{amount:g}" for symbol, amount in parts)


def _add(amounts: dict[str, float], more: Mapping[str, float]) -> None:
    for symbol, amount in more.items():
        amounts[symbol] = amounts.get(symbol, 0) + amount


def best_pairs(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the rows of a swap table with the highest Tc, each material once.

    Where X and Y are equivalent by symmetry, each material stands in the map twice.
    """
    ranked = table.dropna(subset="tc").sort_values("tc", ascending=False, kind="stable")
    twice = ranked.assign(tc=ranked["tc"].round(2)).duplicated(["formula", "tc"])
    return ranked.loc[~twice].head(count)


def rows_with_elements(table: pd.DataFrame, *, x: Sequence[str], y: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a swap table whose elements are among these."""
    return table.loc[table["x"].isin(x) & table["y"].isin(y)]


def axis_titles(
    cell: CanonicalCell, x_sites: tuple[int, ...], y_sites: tuple[int, ...]
) -> tuple[str, str]:
    """Return titles that say whose places X and Y take."""

    def places(sites: tuple[int, ...]) -> str:
        species = dict.fromkeys(cell.structure[site].species_string for site in sites)
        return f"{len(sites)} site{'s' * (len(sites) > 1)} of {', '.join(species)}"

    return f"X, on {places(x_sites)}", f"Y, on {places(y_sites)}" if y_sites else "Y"
