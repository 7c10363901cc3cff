"""Dome page: the structures that are compared, the abscissa and its range, the domes."""

from __future__ import annotations

import numpy as np
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice, entry_choice
from tcexplore.app.choice.link import linked
from tcexplore.app.parts.study_page import EXAMPLE, range_chosen, show_terms
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.catalogue.reported_tc import reported_tc
from tcexplore.display.domain import apex_domain_sentence, trained_lattices_sentence
from tcexplore.display.dome_overlays import ReportedPoint, reported_points
from tcexplore.display.labels import entry_name
from tcexplore.display.lattice_dome import DOME_AXES, apex_table, dome_sentence, reported_table
from tcexplore.equation_of_state.estimate import PressureScale, pressure_scale
from tcexplore.studies.lattice_dome import (
    PRESSURE_RANGE,
    LatticeDome,
    lattice_dome,
    pressures_around,
)
from tcexplore.typing import FloatArray

AXIS, SCALES, PRESSURES = "axis", "scales", "pressures"  # keys of the widgets
PRESSURES_OF = "pressures_of"  # session state
POINTS = 121
SIGNS = """Diamond: maximum. Circle: lattice as given. Cross: a lattice in training, predicted
without its chemical system. Open symbols: reported $T_c$ of this phase; point at one for its
source. Width: where $T_c$ is at least half of the highest. *a*: of the primitive, canonical
cell."""


def choices_compared(choice: Choice) -> dict[str, Choice]:
    """Show the choice of further structures; return all of them by their names in a legend."""
    entry_ids = linked(
        st.multiselect, "Compare with", [entry.entry_id for entry in load_catalogue()], key="with",
        max_selections=5, placeholder="names of the catalogue",
    )  # fmt: skip
    others = [entry_choice(entry_id) for entry_id in entry_ids]
    return {entry_name(c.entry) if c.entry else c.name: c for c in (choice, *others)}


def scale_of(choice: Choice) -> PressureScale:
    """Return pressure against volume of a structure."""
    return pressure_scale(choice.structure, choice.pressure)


def axis_chosen(scale: PressureScale) -> str:
    """Show the choice of the abscissa and return it; pressure first, where there is an estimate.

    A link of before that names scales but no axis means the lattice parameter.
    """
    axes = list(DOME_AXES) if scale.reason is None else [a for a in DOME_AXES if a != "pressure"]
    if st.session_state.get(AXIS, axes[0]) not in axes:
        st.session_state[AXIS] = axes[0]
    elif AXIS not in st.session_state and AXIS not in st.query_params and SCALES in st.query_params:
        st.session_state[AXIS] = "lattice parameter"
    axis = linked(st.selectbox, "Along the axis", axes, key=AXIS)
    if scale.reason is not None:
        st.caption(f"No pressures: {scale.reason}.")
    return str(axis)


def ends_chosen(axis: str, scale: PressureScale, choice: Choice) -> tuple[float, float]:
    """Show the slider of the range, in GPa or as factors on the lattice, and return its ends."""
    if axis != "pressure":
        return range_chosen("Scale of the lattice", SCALES, 0.2, 3.0, (0.5, 2.0))
    default, structure_key = (
        pressures_around(scale),
        structure_choice.structure_key(choice.structure),
    )
    is_other = st.session_state.get(PRESSURES_OF) not in (None, structure_key)
    if st.session_state.pop(EXAMPLE, None) is not None or is_other:
        st.session_state[PRESSURES] = default
    st.session_state[PRESSURES_OF] = structure_key
    ends = linked(st.slider, "Pressure (GPa)", *PRESSURE_RANGE, default, 10, key=PRESSURES)
    return (ends[0], ends[1]) if ends[1] > ends[0] else (ends[0], ends[0] + 10)


def domes_between(
    choices: dict[str, Choice], axis: str, low: float, high: float
) -> dict[str, LatticeDome]:
    """Return the domes of some structures; those without pressures are left out of such an axis.

    Parameters
    ----------
    low, high
        Ends of the range: in GPa on an axis of pressures, elsewhere factors on the lattice.
    """
    domes = {}
    for name, choice in choices.items():
        values, scale = np.linspace(low, high, POINTS), scale_of(choice)
        if axis == "pressure" and scale.reason is not None:
            st.info(f"{name} is left out: {scale.reason}. Take another axis to see it.")
            continue
        scales = scale.scales(values) if axis == "pressure" else values
        domes[name] = _dome(choice.structure, choice.pressure, scales)
    return domes


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=structure_choice.KEYS)
def _dome(structure: Structure, stated: float | None, scales: FloatArray) -> LatticeDome:
    predictor = structure_choice.loaded_predictor()
    return lattice_dome(predictor, structure, scales=scales, stated_pressure=stated)


def reported_beside(
    choices: dict[str, Choice], domes: dict[str, LatticeDome], axis: str
) -> dict[str, tuple[ReportedPoint, ...]]:
    """Return the published Tc on the abscissa of each dome whose structure is of the catalogue."""
    entries = {name: choices[name].entry for name in domes}
    attribute = DOME_AXES[axis][0]
    return {
        name: reported_points(entry, domes[name], attribute)
        for name, entry in entries.items()
        if entry is not None
    }


def show_maxima(domes: dict[str, LatticeDome]) -> None:
    """Show the maximum of each dome in a sentence and in a table, and the signs of the figure."""
    training_materials = structure_choice.loaded_predictor().files.known
    for name, dome in domes.items():
        domain = apex_domain_sentence(dome, training_materials)
        st.markdown(f"{dome_sentence(name, dome)} {domain} {trained_lattices_sentence(dome)}")
    st.table(apex_table(domes), border="horizontal", hide_index=True)
    show_terms("interval", "domain", "training", "pressure", "coordinates", first=SIGNS)


def show_elsewhere(
    choices: dict[str, Choice], reported: dict[str, tuple[ReportedPoint, ...]]
) -> None:
    """Show the published Tc of the phases that the figure does not show."""
    shown = {point.value for points in reported.values() for point in points}
    entries = [choice.entry for choice in choices.values() if choice.entry]
    published = dict.fromkeys(value for entry in entries for value in reported_tc(entry))
    if elsewhere := [value for value in published if value not in shown]:
        with st.expander(f"Reported, but not in this figure ({len(elsewhere)})"):
            st.table(reported_table(elsewhere), border="horizontal", hide_index=True)
