"""Element-swap page: sites, lattices and elements in the sidebar, the study, the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import expect, linked, write
from tcexplore.app.parts.background_work import ResumableStudy, run_to_end, start
from tcexplore.app.parts.lattice_choice import Lattices, lattices_chosen
from tcexplore.app.parts.map_colours import colour_range_chosen, quantity_chosen
from tcexplore.app.parts.study_page import CHART, PICKED, canonical_cell, show_chart
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.element_groups import ELEMENT_GROUPS, ELEMENT_ORDERS, chosen_elements
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.orbits import site_choices
from tcexplore.crystal.structure import replaced
from tcexplore.display.element_swap import (
    axis_titles,
    quantity_values,
    swap_figure,
    swap_table,
    tc_table,
    with_other,
)
from tcexplore.display.labels import formula_text
from tcexplore.studies.element_swap import ElementSwap, element_swap_steps
from tcexplore.studies.swap_domain import swap_domain


@dataclass(frozen=True)
class SwapSettings:
    """Choices of the sidebar."""

    parent: Structure
    x_sites: tuple[int, ...]
    """Indices in the canonical cell."""
    y_sites: tuple[int, ...]
    lattices: Lattices
    other_lattices: Lattices | None
    """For a second map and the difference; None for one map."""
    elements: tuple[str, ...]
    """Symbols that are tried, by atomic number."""
    shown: tuple[str, ...]
    """The same in the order of the axes."""
    labels: tuple[str, str]
    """Titles of the axes."""


def settings_chosen(choice: Choice) -> SwapSettings:
    """Show the choices and return them.

    Raises
    ------
    StructureError
        As `replaced`.
    """
    sites, first = st.container(), st.container()
    with first:
        old = replacement_chosen(choice.structure)
    parent = replaced(choice.structure, *old) if old else choice.structure
    cell = canonical_cell(parent)
    with sites:
        x_sites = sites_chosen("X on", "x", cell, default=0)
        y_sites = sites_chosen("Y on", "y", cell, default=None)
    lattices = lattices_chosen("Lattice")
    others = None
    if linked(st.toggle, "Compare with a second map", key="compare", value=False):
        others = lattices_chosen("Lattice of the second map", suffix="_2")
    group = linked(st.selectbox, "Elements", list(ELEMENT_GROUPS), key="elements")
    order = linked(st.selectbox, "Order of the axes", list(ELEMENT_ORDERS), key="order")
    elements = chosen_elements(PAPER_ELEMENTS, group=group, order="atomic number")
    shown = chosen_elements(elements, group=group, order=order)
    labels = axis_titles(cell, x_sites, y_sites)
    return SwapSettings(parent, x_sites, y_sites, lattices, others, elements, shown, labels)


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


def compared_table(swap: ElementSwap, other: ElementSwap | None) -> pd.DataFrame:
    """Return the table of all pairs, with Tc of a second map and the difference to it, if any."""
    return table_of(swap) if other is None else with_other(table_of(swap), other)


def finished_swap(settings: SwapSettings, lattices: Lattices, text: str) -> ElementSwap:
    """Return the swap on some lattices, its map shown as it grows.

    Raises
    ------
    StructureError
        As `element_swap`.
    """
    study = swap_study(
        settings.parent, settings.x_sites, settings.y_sites, lattices, settings.elements
    )

    def draw(swap: ElementSwap, key: str) -> None:
        figure = swap_figure(
            tc_table(swap), x=settings.shown, y=rows_shown(swap, settings), labels=settings.labels
        )
        show_chart(figure, "The map so far", key)

    return run_to_end(study, text, draw)


def rows_shown(swap: ElementSwap, settings: SwapSettings) -> tuple[str, ...]:
    """Return the symbols up the map, in their order; one where only X is swapped."""
    return settings.shown if settings.y_sites else tuple(swap.y)


def sites_chosen(
    label: str, key: str, cell: CanonicalCell, *, default: int | None
) -> tuple[int, ...]:
    """Show the choice of sites and return it.

    The widget remembers labels; those that the present cell does not have are dropped.

    Parameters
    ----------
    default
        Number of the orbit that is taken where nothing was chosen; None for no site then.
    """
    choices = site_choices(cell.structure)
    orbits = [label for label in choices if ", site" not in label]
    taken = [] if default is None else orbits[default : default + 1]
    if key in st.session_state:
        kept = [label for label in st.session_state[key] if label in choices]
        st.session_state[key] = kept or taken
    formula = cell.structure.composition.reduced_formula
    labels = linked(
        st.multiselect,
        label,
        list(choices),
        taken,
        key=key,
        lacking=f"which {formula_text(formula)} does not have",
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
    old = linked(
        left.selectbox, "Replace first", present, index=None, key="from", placeholder="none"
    )
    new = linked(right.selectbox, "by", PAPER_ELEMENTS, index=None, key="to", placeholder="none")
    return (old, new) if old and new else None


def show_swap_map(
    swap: ElementSwap, table: pd.DataFrame, settings: SwapSettings
) -> tuple[tuple[str, str] | None, Callable[[], go.Figure]]:
    """Show the map and its choices; return the picked pair, and the figure without its mark."""
    y = rows_shown(swap, settings)
    pair = _pair_chosen(settings.shown, y)
    has_pressures = settings.lattices.peaks and bool(table["pressure_gpa"].notna().any())
    with st.container(horizontal=True, vertical_alignment="center"):
        quantity = quantity_chosen(
            swap.tc_low, has_pressures=has_pressures, has_other="tc_other" in table
        )
        with st.popover("Range of colours", width="content"):
            limits = colour_range_chosen(quantity_values(table, quantity))
    draw = partial(
        swap_figure, table, x=settings.shown, y=y, labels=settings.labels, quantity=quantity,
        limits=limits,
    )  # fmt: skip
    with st.container(key="narrow-only"):
        st.caption("The map needs a wider screen: choose X and Y, or look at the list below.")
    with st.container(key="wide-map"):
        st.plotly_chart(
            draw(picked=pair), key="swap_map", on_select=_pick, selection_mode="points",
            config=CHART,
            alt=f"Map of the predicted {quantity}: {settings.labels[0]} along,"
            f" {settings.labels[1]} up",
        )  # fmt: skip
    return pair, draw


def _pair_chosen(x: Sequence[str], y: Sequence[str]) -> tuple[str, str] | None:
    """Show the choice of a pair, for keys as for small screens; a click on the map sets it."""
    first, _, second = st.query_params.get(PICKED, "").partition("-")
    is_there = first in x and second in y
    expect(PICKED, is_there, "a pair that this map does not have", "no material")
    st.session_state["pair_x"] = first if is_there else None
    st.session_state["pair_y"] = second if is_there else None
    left, right = st.columns(2)
    on_change = {"on_change": _write_pair, "args": (y,)}
    left.selectbox("X", x, None, key="pair_x", placeholder="click a cell", **on_change)
    if len(y) > 1:
        right.selectbox("Y", y, None, key="pair_y", placeholder="or choose", **on_change)
    return (first, second) if is_there else None


def _write_pair(y: Sequence[str]) -> None:
    """Write the chosen pair into the address; where one half is not chosen, both are the same."""
    first = st.session_state["pair_x"]
    second = y[0] if len(y) == 1 else st.session_state["pair_y"]
    if first or second:
        write(PICKED, f"{first or second}-{second or first}")


def _pick() -> None:
    points = st.session_state["swap_map"].selection.points
    if points:
        write(PICKED, f"{points[0]['x']}-{points[0]['y']}")
