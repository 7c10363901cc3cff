"""The parts of the pages of domes and of lattice maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app import structure_choice
from tcexplore.app.study_page import CHART, PICKED, Work, begun, show_ways_on
from tcexplore.catalogue.entries import CatalogueEntry, catalogue_entry
from tcexplore.crystal.structure import on_lattice
from tcexplore.display.domain import domain_sentence
from tcexplore.display.labels import formula_text, plain, with_band
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome
from tcexplore.studies.lattice_map import LatticeMap, lattice_map_steps, stretched_lattices


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=structure_choice.KEYS)
def dome(structure: Structure, low: float, high: float, count: int = 121) -> LatticeDome:
    """Return the dome of a structure between two scales."""
    return lattice_dome(
        structure_choice.loaded_predictor(), structure, scales=np.linspace(low, high, count)
    )


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=structure_choice.KEYS)
def map_work(
    structure: Structure, a: tuple[float, float], c: tuple[float, float], count: int
) -> Work[LatticeMap]:
    """Return Tc over a and c (Å) between their ends, count values of each, under way."""
    grid = {"a": np.linspace(*a, count), "c": np.linspace(*c, count)}
    return begun(lattice_map_steps(structure_choice.loaded_predictor(), structure, **grid))


# --- words -------------------------------------------------------------------------------------


def structures(entry_ids: Sequence[str]) -> dict[str, Structure]:
    """Return structures of the catalogue by the name that a legend gives them."""
    return {_entry_name(one): catalogue_entry(one).structure() for one in entry_ids}


def entries(choice: structure_choice.Choice, entry_ids: Sequence[str]) -> dict[str, CatalogueEntry]:
    """Return the entries of the catalogue in a plot by the name that a legend gives them."""
    chosen = [choice.entry] if choice.entry else []
    chosen += [catalogue_entry(one) for one in entry_ids]
    return {_entry_name(entry.entry_id): entry for entry in chosen}


def _entry_name(entry_id: str) -> str:
    entry = catalogue_entry(entry_id)
    pressure = f", {entry.pressure:g} GPa" if entry.pressure else ""
    return f"{formula_text(entry.formula)} {entry.space_group_symbol}{pressure}"


def choice_name(choice: structure_choice.Choice) -> str:
    """Return what a legend calls the chosen structure."""
    return _entry_name(choice.entry.entry_id) if choice.entry else choice.name


def dome_sentence(name: str, dome: LatticeDome) -> str:
    """Return in words where a dome is highest and how wide it is."""
    apex, a = dome.apex, dome.parent.structure.lattice.a
    place = f"*a* = {dome.lattice_parameter[apex]:.3f} Å, {dome.scales[apex]:.2f} times its own"
    highest = with_band(f"{dome.tc[apex]:.0f} K", dome.tc_low[apex], dome.tc_high[apex])
    if apex in (0, len(dome.scales) - 1):
        return (
            f"**{plain(name)}** has no apex in this range: $T_c$ is highest at its end,"
            f" {highest} at {place}."
        )
    return (
        f"**{plain(name)}** is highest at {place}: {highest}. $T_c$ is at least half of"
        f" its highest over {dome.width * a:.2f} Å of *a*."
    )


def map_sentence(result: LatticeMap) -> str:
    """Return in words where the apex of a map lies."""
    row, column = result.apex
    lattice, ends = result.parent.structure.lattice, (result.tc_low, result.tc_high)
    highest = with_band(f"{result.tc[row, column]:.0f} K", *(end[row, column] for end in ends))
    return (
        f"The apex of the map is {highest} at *a* ="
        f" {result.a[column]:.2f} Å and *c* = {result.c[row]:.2f} Å. The structure itself, in its"
        f" canonical primitive cell, has *a* = {lattice.a:.3f} Å and *c* = {lattice.c:.3f} Å."
    )


# --- a point of a map ---------------------------------------------------------------------------


def show_map(figure: go.Figure) -> None:
    """Show a lattice map; a click on it goes into the page's address."""
    st.plotly_chart(
        figure, key="lattice_map", on_select=_pick, selection_mode="points", config=CHART,
        alt="Map of predicted Tc over a and c",
    )  # fmt: skip


def _pick() -> None:
    points = st.session_state["lattice_map"].selection.points
    if points:
        st.query_params[PICKED] = [f"{points[0][axis]:.4f}" for axis in "xy"]


def picked_point(result: LatticeMap) -> tuple[int, int] | None:
    """Return row and column of the point that was clicked, or that the page's address names."""
    try:
        a, c = map(float, st.query_params.get_all(PICKED))
    except ValueError:
        return None
    row, column = int(np.abs(result.c - c).argmin()), int(np.abs(result.a - a).argmin())
    return (row, column) if np.isfinite(result.tc[row, column]) else None


def show_point(result: LatticeMap, point: tuple[int, int], name: str) -> None:
    """Show one lattice of a map: its Tc, its file, the ways to the other pages."""
    row, column = point
    a, c, own = result.a[column], result.c[row], result.parent.structure
    tc = with_band(f"{result.tc[point]:.1f} K", result.tc_low[point], result.tc_high[point])
    st.subheader(f"*a* = {a:.3f} Å, *c* = {c:.3f} Å: $T_c$ = {tc}", anchor=False)
    if result.domain is not None:
        known = structure_choice.loaded_predictor().files.known
        st.markdown(domain_sentence("This lattice", result.domain, point, known))
    [matrix] = stretched_lattices(own.lattice, np.array([a]), np.array([c]))
    structure = on_lattice(own, matrix)
    stem = f"{name}-a{a:.2f}-c{c:.2f}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "CIF", lambda: str(structure.to(fmt="cif")), f"{stem}.cif", on_click="ignore"
        )
        show_ways_on(structure_choice.Choice(structure, stem))
