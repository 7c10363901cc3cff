"""Lattice-map page: the map, and one point of it as a structure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import expect, write
from tcexplore.app.parts.background_work import ResumableStudy, start
from tcexplore.app.parts.map_colours import colour_range_chosen, quantity_chosen
from tcexplore.app.parts.study_page import CHART, PICKED, show_file_and_links
from tcexplore.crystal.structure import on_lattice
from tcexplore.display.domain import domain_sentence
from tcexplore.display.heatmap import map_values
from tcexplore.display.labels import (
    with_band,
)
from tcexplore.display.lattice_map import map_figure
from tcexplore.display.pressure import range_text
from tcexplore.model.conformal import TcInterval
from tcexplore.studies.lattice_map import LatticeMap, lattice_map_steps, stretched_lattices


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=structure_choice.KEYS)
def map_study(
    structure: Structure,
    stated: float | None,
    a: tuple[float, float],
    c: tuple[float, float],
    count: int,
) -> ResumableStudy[LatticeMap]:
    """Return Tc over a and c (Å) between their ends, count values of each, under way.

    Parameters
    ----------
    stated
        (GPa) Known pressure of the structure, 0 for ambient.
    """
    grid = {"a": np.linspace(*a, count), "c": np.linspace(*c, count)}
    predictor = structure_choice.loaded_predictor()
    return start(lattice_map_steps(predictor, structure, **grid, stated_pressure=stated))


def show_map(
    result: LatticeMap,
) -> tuple[tuple[int, int] | None, Callable[[], go.Figure]]:
    """Show the map and its choices; return the picked point, and the figure without its mark."""
    point = picked_point(result)
    with st.container(horizontal=True, vertical_alignment="center"):
        quantity = quantity_chosen(result.tc_low)
        with st.popover("Range of colours", width="content"):
            ends = TcInterval(result.tc, result.tc_low, result.tc_high)
            limits = colour_range_chosen(map_values(ends, quantity))
    draw = partial(map_figure, result, quantity=quantity, limits=limits)
    st.plotly_chart(
        draw(picked=point), key="lattice_map", on_select=_pick, selection_mode="points",
        config=CHART, alt=f"Map of predicted {quantity} over a and c",
    )  # fmt: skip
    return point, draw


def _pick() -> None:
    points = st.session_state["lattice_map"].selection.points
    if points:
        write(PICKED, [f"{points[0][axis]:.4f}" for axis in "xy"])


def picked_point(result: LatticeMap) -> tuple[int, int] | None:
    """Return row and column of the point that was clicked, or that the page's address names."""
    point = _point_at(result, st.query_params.get_all(PICKED))
    expect(PICKED, point is not None, "a point that this map does not have", "the maximum")
    return point


def _point_at(result: LatticeMap, texts: list[str]) -> tuple[int, int] | None:
    try:
        a, c = map(float, texts)
    except ValueError:
        return None
    row, column = int(np.abs(result.c - c).argmin()), int(np.abs(result.a - a).argmin())
    return (row, column) if np.isfinite(result.tc[row, column]) else None


def show_point(
    choice: Choice, result: LatticeMap, point: tuple[int, int], *, is_picked: bool
) -> None:
    """Show one lattice of a map: its Tc, its cell, its file, the ways to the other pages."""
    row, column = point
    a, c, parent = result.a[column], result.c[row], result.parent.structure
    st.caption("Clicked lattice" if is_picked else "Maximum; click for another lattice")
    tc = with_band(f"{result.tc[point]:.1f} K", result.tc_low[point], result.tc_high[point])
    st.subheader(f"*a* = {a:.3f}\u00a0Å, *c* = {c:.3f}\u00a0Å: $T_c$ = {tc}", anchor=False)
    pressure = [float(part[point]) for part in result.pressures.parts]
    if np.isfinite(pressure[0]):
        st.markdown(f"Pressure: about {range_text(*pressure)}, from the volume.")
    if result.domain is not None:
        training_materials = structure_choice.loaded_predictor().files.known
        st.markdown(domain_sentence("This lattice", result.domain, point, training_materials))
    [matrix] = stretched_lattices(parent.lattice, np.array([a]), np.array([c]))
    structure = on_lattice(parent, matrix)
    structure_choice.show_cell(structure, choice.name)
    show_file_and_links(choice.derived(structure, f"{choice.name}-a{a:.2f}-c{c:.2f}"))
