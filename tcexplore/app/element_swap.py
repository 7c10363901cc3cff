"""Element-swap page: choice of sites, the map, one material, the best materials, downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app import structure_choice
from tcexplore.app.address import Choice
from tcexplore.app.background_work import ResumableStudy, start
from tcexplore.app.study_page import (
    CHART,
    PICKED,
    canonical_cell,
    csv,
    html,
    show_chart,
    show_file_and_links,
)
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.orbits import site_choices
from tcexplore.display.domain import trained_lattices_sentence, training_cell
from tcexplore.display.element_swap import best_pairs, swap_figure, swap_table, tc_table
from tcexplore.display.heatmap import MapQuantity
from tcexplore.display.labels import band_text, formula_text, plain, with_band
from tcexplore.display.lattice_dome import dome_figure
from tcexplore.display.pressure import pressure_sentence
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.handover.archive import best_cifs
from tcexplore.model.applicability_domain import OUTSIDE
from tcexplore.studies.element_swap import ElementSwap, element_swap_steps
from tcexplore.studies.swap_domain import swap_domain
from tcexplore.studies.swap_dome import swap_dome

DOME_SCALES = np.linspace(0.5, 2.0, 121)
OWN = "the structure's own"
PEAK = "31, from 0.7 to 1.9 times; the peak counts"
AT_PRESSURE = "every pair's own, at a pressure"
PEAK_PRESSURE = "every pair's own, from 50 to 300 GPa; the peak counts"
PEAK_PRESSURES = tuple(range(50, 301, 25))  # GPa


@dataclass(frozen=True)
class Lattices:
    """Lattices that all pairs are tried on: sizes, or pressures at each pair's own volume."""

    scales: tuple[float, ...] = (1.0,)
    pressures: tuple[float, ...] = ()
    """(GPa)"""

    @property
    def peaks(self) -> bool:
        """Return whether the highest Tc over several lattices counts."""
        return len(self.scales) > 1 or len(self.pressures) > 1


def lattices_chosen() -> Lattices:
    """Show the choice of the lattices and return it."""
    kind = st.selectbox(
        "Lattice", [OWN, PEAK, AT_PRESSURE, PEAK_PRESSURE], key="lattices", bind="query-params"
    )
    if kind == PEAK:
        return Lattices(scales=tuple(np.linspace(0.7, 1.9, 31).tolist()))
    if kind == PEAK_PRESSURE:
        return Lattices(pressures=PEAK_PRESSURES)
    if kind == AT_PRESSURE:
        pressure = st.slider("Pressure (GPa)", 50, 500, 200, 10, key="gpa_map", bind="query-params")
        return Lattices(pressures=(float(pressure),))
    return Lattices()


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=structure_choice.KEYS)
def swap_study(
    structure: Structure,
    x_sites: tuple[int, ...],
    y_sites: tuple[int, ...],
    lattices: Lattices,
    elements: tuple[str, ...] = PAPER_ELEMENTS,
) -> ResumableStudy[ElementSwap]:
    """Return the study of an element swap over some elements, H to Rn, under way.

    Raises
    ------
    StructureError
        As `element_swap`.
    """
    parent = canonical_cell(structure)
    parent_element = parent.structure[x_sites[0]].species.elements[0].symbol if x_sites else ""
    steps = element_swap_steps(
        structure_choice.loaded_predictor(),
        parent,
        x_sites=x_sites,
        y_sites=y_sites,
        scales=lattices.scales,
        pressures=lattices.pressures,
        x=elements,
        y=elements if y_sites else (parent_element,),
    )  # fmt: skip
    return start(steps)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs={ElementSwap: id})
def table_of(swap: ElementSwap) -> pd.DataFrame:
    """Return the table of all pairs, with the applicability domain."""
    return swap_table(swap, swap_domain(structure_choice.loaded_predictor(), swap))


def show_map_so_far(
    swap: ElementSwap, x: Sequence[str], y: Sequence[str], labels: tuple[str, str], key: str
) -> None:
    """Show a map that is still being computed."""
    figure = swap_figure(tc_table(swap), x=x, y=y, labels=labels)
    show_chart(figure, "The map so far", key)


def sites_chosen(label: str, key: str, cell: CanonicalCell, *, first: bool) -> tuple[int, ...]:
    """Show the choice of sites; the first orbit is taken where nothing was chosen and it must be.

    The widget remembers labels; those that the present cell does not have are dropped.
    """
    choices = site_choices(cell.structure)
    if key in st.session_state:
        kept = [label for label in st.session_state[key] if label in choices]
        st.session_state[key] = kept or list(choices)[:first]
    elif key not in st.query_params:
        st.session_state[key] = list(choices)[:first]
    labels = st.multiselect(
        label,
        list(choices),
        key=key,
        bind="query-params",
        placeholder="none",
        help="Sites that symmetry makes alike stand together and one by one.",
    )
    return tuple(sorted(site for name in labels for site in choices[name]))


def replacement_chosen(structure: Structure) -> tuple[str, str] | None:
    """Show the choice of an element that another one replaces before the swap."""
    present = sorted(element.symbol for element in structure.composition.elements)
    if st.session_state.get("from") not in (None, *present):
        del st.session_state["from"]
    left, right = st.columns(2)
    old = left.selectbox(
        "First set", present, index=None, key="from", bind="query-params", placeholder="none"
    )
    new = right.selectbox(
        "to", PAPER_ELEMENTS, index=None, key="to", bind="query-params", placeholder="none"
    )
    return (old, new) if old and new else None


def show_swap_map(
    table: pd.DataFrame,
    x: Sequence[str],
    y: Sequence[str],
    labels: tuple[str, str],
    quantity: MapQuantity,
) -> tuple[str, str] | None:
    """Show the map; return the pair that was clicked, or that the page's address names."""
    pairs = set(zip(table["x"], table["y"], strict=True))
    picked = tuple(st.query_params.get(PICKED, "").split("-"))
    pair = (picked[0], picked[1]) if len(picked) == 2 and picked in pairs else None
    figure = swap_figure(table, x=x, y=y, picked=pair, labels=labels, quantity=quantity)
    st.plotly_chart(
        figure, key="swap_map", on_select=_pick, selection_mode="points", config=CHART,
        alt=f"Map of the predicted {quantity}: {labels[0]} along, {labels[1]} up",
    )  # fmt: skip
    return pair


def _pick() -> None:
    points = st.session_state["swap_map"].selection.points
    if points:
        st.query_params[PICKED] = f"{points[0]['x']}-{points[0]['y']}"


def show_material(choice: Choice, swap: ElementSwap, pair: tuple[str, str]) -> None:
    """Show one material of the map: its dome, its cell, its file, the way to Predict."""
    try:
        structure = swap.structure(*pair)
    except ValueError as error:
        st.info(plain(str(error)))
        return
    formula = structure.composition.reduced_formula
    index = swap.y.index(pair[1]), swap.x.index(pair[0])
    tc = with_band(f"{swap.tc[index]:.1f} K", swap.tc_low[index], swap.tc_high[index])
    st.subheader(f"{formula_text(formula)}: $T_c$ = {tc}", anchor=False)
    st.markdown(pressure_sentence(crystal_pressure(structure)))
    line = swap_dome(
        structure_choice.loaded_predictor(), swap, x=pair[0], y=pair[1], scales=DOME_SCALES
    )
    if trained := trained_lattices_sentence(line):
        st.markdown(trained)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        figure = dome_figure({formula_text(formula): line})
        st.plotly_chart(figure, config=CHART, alt=f"Tc of {formula} against a")
    with right:
        structure_choice.show_cell(structure, formula)
        show_file_and_links(choice.derived(structure, f"{formula}-from-the-map"))


def show_best(table: pd.DataFrame, *, swaps_y: bool) -> pd.DataFrame:
    """Show the materials of a swap table with the highest Tc and return their rows."""
    st.subheader("Highest $T_c$", anchor=False)
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    symbols = sorted({*table["x"], *table["y"]} - {""})
    wanted = left.multiselect(
        "With one of these elements", symbols, key="holding", bind="query-params", placeholder="any"
    )
    seen = middle.toggle("In domain only", key="seen", bind="query-params", value=False)
    count = right.number_input("Materials", 1, 200, 20, key="best", bind="query-params")
    if wanted:
        table = table.loc[table["x"].isin(wanted) | table["y"].isin(wanted)]
    if seen:
        table = table.loc[table["domain"] != OUTSIDE]
    best = best_pairs(table, count)
    if best.empty:
        st.info("No predicted material passes these filters; take one of them away.")
        return best
    shown = _shown_columns(best)
    st.dataframe(shown if swaps_y else shown.drop(columns="Y"), hide_index=True)
    return best


def _shown_columns(best: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the best materials with the names and digits of the screen."""
    shown = pd.DataFrame(
        {
            "Formula": best["formula"].map(formula_text),
            "X": best["x"],
            "Y": best["y"],
            "Tc (K)": best["tc"].round(1),
            "a (Å)": best["a"].round(3),
            "Scale": best["scale"].round(2),
            "Pressure (GPa)": best["pressure_gpa"].round(),
            "Domain": best["domain"],
            "In training": [
                training_cell(*pair)
                for pair in zip(best["in_training"], best["tc_held_out"], strict=True)
            ],
        }
    )
    if np.isfinite(best["tc_low"].to_numpy(float)).any():
        ends = zip(best["tc_low"], best["tc_high"], strict=True)
        shown.insert(4, "Band", [band_text(*pair) for pair in ends])
    return shown


def show_swap_downloads(
    swap: ElementSwap, table: pd.DataFrame, best: pd.DataFrame, figure: Callable[[], go.Figure]
) -> None:
    """Offer the map as CSV and HTML and the best materials as CIFs."""
    stem = swap.scan.parent.structure.composition.reduced_formula + "-swap"
    with st.container(horizontal=True, vertical_alignment="center"):
        csv(table, stem)
        html(figure, stem)
        st.download_button(
            f"CIFs of the best {len(best)} (ZIP)", lambda: best_cifs(swap, best),
            f"{stem}-cifs.zip", "application/zip", on_click="ignore", disabled=best.empty,
        )  # fmt: skip
