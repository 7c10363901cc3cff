"""What the three map pages share: presets, choices kept in the address, cached studies, parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pymatgen.core import Structure

from tcexplore import ui
from tcexplore.catalogue import CatalogueEntry, catalogue_entry
from tcexplore.families import Progress
from tcexplore.structure import CanonicalCell
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome
from tcexplore.studies.lattice_map import LatticeMap, lattice_map
from tcexplore.wording import formula_text, plain

PATIENCE = 0.7  # s after which work shows how far it is
CHART = {"toImageButtonOptions": {"format": "svg"}, "displaylogo": False}
PICKED, OPEN_PREDICT = "picked", "open_predict"


@dataclass(frozen=True)
class Preset:
    """A case that one click shows."""

    label: str
    """Markdown."""
    entry_id: str
    state: Mapping[str, Any]
    """Values of the page's widgets by key; those not named take their defaults."""


def chosen_parent() -> ui.Choice | None:
    """Show the sidebar that chooses the structure; return the choice, None before there is one."""
    if st.session_state.pop(OPEN_PREDICT, False):  # switch_page fails with bound widgets
        st.markdown("The material is the chosen structure now.")
        st.page_link("pages/predict.py", label="Open the Predict page")
        st.stop()
    choice = ui.chosen_structure()
    if choice is not None and choice.entry is None:
        st.sidebar.caption(
            "A link to this page does not carry your file: whoever opens it has to upload it too."
        )
    return choice


def show_intro(
    title: str, text: str, presets: Sequence[Preset], defaults: Mapping[str, Any]
) -> None:
    """Show what the page is for and the cases that one click shows.

    A preset sets all of the page's widgets, those that it does not name to their defaults: a
    value that is only removed would stay on the screen.
    """
    st.header(title, anchor=False)
    st.markdown(text)
    with st.container(horizontal=True):
        for preset in presets:
            st.button(preset.label, on_click=_apply, args=(preset, defaults))


def _apply(preset: Preset, defaults: Mapping[str, Any]) -> None:
    st.session_state.update({**defaults, **preset.state})
    st.query_params.pop(PICKED, None)
    ui.choose_entry(preset.entry_id)


def write_address(choice: ui.Choice) -> None:
    """Send the address once more: what a preset set becomes part of it only after the widgets."""
    if choice.entry is not None:
        st.query_params[ui.ENTRY] = choice.entry.entry_id


@contextmanager
def progress_shown(text: str) -> Iterator[Progress]:
    """Give a progress callback whose bar appears once the work takes longer.

    A rerun, that is any click or change on the page, ends the work: drawing the bar raises
    Streamlit's own exception then, and nothing is cached.
    """
    place, start = st.empty(), time.monotonic()

    def progress(share: float) -> bool:
        if time.monotonic() - start > PATIENCE:
            place.progress(min(share, 1.0), f"{text} Any change on the page stops it.")
        return True

    yield progress
    place.empty()


# --- studies, cached ----------------------------------------------------------------------------


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=ui.KEYS)
def canonical(structure: Structure) -> CanonicalCell:
    """Return the canonical cell of a structure."""
    return ui.loaded_predictor().cell(structure)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=ui.KEYS)
def dome(structure: Structure, low: float, high: float, count: int = 121) -> LatticeDome:
    """Return the dome of a structure between two scales."""
    with progress_shown("Predicting the dome.") as progress:
        return lattice_dome(
            ui.loaded_predictor(), structure, scales=np.linspace(low, high, count),
            progress=progress,
        )  # fmt: skip


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=ui.KEYS)
def mapped(
    structure: Structure, a: tuple[float, float], c: tuple[float, float], count: int
) -> LatticeMap:
    """Return Tc over a and c (Å) between their ends, count values of each."""
    with progress_shown("Predicting the map.") as progress:
        return lattice_map(
            ui.loaded_predictor(), structure, a=np.linspace(*a, count), c=np.linspace(*c, count),
            progress=progress,
        )  # fmt: skip


# --- parts of all three -------------------------------------------------------------------------


def show_downloads(table: pd.DataFrame, figure: go.Figure, stem: str) -> None:
    """Offer the numbers as CSV and the figure as HTML."""
    with st.container(horizontal=True, vertical_alignment="center"):
        csv(table, stem)
        html(figure, stem)


def csv(table: pd.DataFrame, stem: str) -> None:
    """Offer a table as CSV."""
    content: Callable[[], str] = lambda: table.to_csv(index=False)  # noqa: E731
    st.download_button("Numbers (CSV)", content, f"{stem}.csv", on_click="ignore")


def html(figure: go.Figure, stem: str) -> None:
    """Offer a figure as a page of HTML."""
    content: Callable[[], str] = lambda: str(figure.to_html())  # noqa: E731
    st.download_button("Figure (HTML)", content, f"{stem}.html", on_click="ignore")


def range_chosen(
    label: str, key: str, low: float, high: float, default: tuple[float, float]
) -> tuple[float, float]:
    """Show a slider for both ends of a range and return them."""
    ends = st.slider(label, low, high, default, step=0.1, key=key, bind="query-params")
    return (ends[0], ends[1]) if ends[1] > ends[0] else (ends[0], ends[0] + 0.1)


def structures(entry_ids: Sequence[str]) -> dict[str, Structure]:
    """Return structures of the catalogue by the name that a legend gives them."""
    return {_entry_name(one): catalogue_entry(one).structure() for one in entry_ids}


def entries(choice: ui.Choice, entry_ids: Sequence[str]) -> dict[str, CatalogueEntry]:
    """Return the entries of the catalogue in a plot by the name that a legend gives them."""
    chosen = [choice.entry] if choice.entry else []
    chosen += [catalogue_entry(one) for one in entry_ids]
    return {_entry_name(entry.entry_id): entry for entry in chosen}


def _entry_name(entry_id: str) -> str:
    entry = catalogue_entry(entry_id)
    pressure = f", {entry.pressure:g} GPa" if entry.pressure else ""
    return f"{formula_text(entry.formula)} {entry.space_group_symbol}{pressure}"


def choice_name(choice: ui.Choice) -> str:
    """Return what a legend calls the chosen structure."""
    return _entry_name(choice.entry.entry_id) if choice.entry else choice.name


def dome_sentence(name: str, dome: LatticeDome) -> str:
    """Return in words where a dome is highest and how wide it is."""
    apex, a = dome.apex, dome.parent.structure.lattice.a
    place = f"*a* = {dome.lattice_parameter[apex]:.3f} Å, {dome.scales[apex]:.2f} times its own"
    if apex in (0, len(dome.scales) - 1):
        return (
            f"**{plain(name)}** has no apex in this range: $T_c$ is highest at its end,"
            f" {dome.tc[apex]:.0f} K at {place}."
        )
    return (
        f"**{plain(name)}** is highest at {place}: {dome.tc[apex]:.0f} K. $T_c$ is at least half"
        f" of that over {dome.width * a:.2f} Å of *a*."
    )


def map_sentence(result: LatticeMap) -> str:
    """Return in words where the apex of a map lies."""
    row, column = result.apex
    lattice = result.parent.structure.lattice
    return (
        f"The apex of the map is {result.tc[row, column]:.0f} K at *a* ="
        f" {result.a[column]:.2f} Å and *c* = {result.c[row]:.2f} Å. The structure itself, in its"
        f" canonical primitive cell, has *a* = {lattice.a:.3f} Å and *c* = {lattice.c:.3f} Å."
    )


def show_chart(figure: go.Figure, alt: str) -> None:
    """Show a figure that has nothing to click."""
    st.plotly_chart(figure, config=CHART, alt=alt)


def show_same_coordinates(table: pd.DataFrame | None = None) -> None:
    """Say what all members share, why Predict may differ, and what grey means on a swap map."""
    grey = ""
    if table is not None and table["tc"].isna().to_numpy().any():
        grey = "Grey: not predicted, as the element has no atomic radius. "
    st.caption(
        f"{grey}Every point keeps the fractional coordinates and the space group of the structure"
        " it comes from; nothing is relaxed, and nothing says that the material can be made. The"
        " Predict page looks for the symmetry anew, so its $T_c$ differs where the symmetry"
        " changes."
    )
