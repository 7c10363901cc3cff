"""Dome page: the structures that are compared, the abscissa and its range, the domes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app import structure_choice
from tcexplore.app.address import Choice, entry_choice
from tcexplore.app.study_page import EXAMPLE, range_chosen
from tcexplore.catalogue.entries import CatalogueEntry
from tcexplore.display.labels import entry_name
from tcexplore.display.lattice_dome import DOME_AXES
from tcexplore.equation_of_state.estimate import PressureScale, pressure_scale
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome
from tcexplore.typing import FloatArray

AXIS, SCALES, PRESSURES = "axis", "scales", "pressures"  # keys of the widgets
PRESSURES_OF = "pressures_of"  # session state
LOW_SHARE, HIGH_SHARE = 0.5, 1.5  # of the structure's own pressure
LOWEST, HIGHEST = 50, 500  # GPa
POINTS = 121


def choices_compared(choice: Choice, entry_ids: Sequence[str]) -> dict[str, Choice]:
    """Return the chosen structure and those it is compared with, by their names in a legend."""
    first = entry_name(choice.entry) if choice.entry else choice.name
    others = map(entry_choice, entry_ids)
    return {first: choice} | {entry_name(other.entry): other for other in others if other.entry}


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
    axis = st.selectbox("Along the axis", axes, key=AXIS, bind="query-params")
    if scale.reason is not None:
        st.caption(f"No pressures: {scale.reason}.")
    return str(axis)


def ends_chosen(axis: str, scale: PressureScale, structure_key: str) -> tuple[float, float]:
    """Show the slider of the range, in GPa or as factors on the lattice, and return its ends."""
    if axis != "pressure":
        return range_chosen("Scale of the lattice", SCALES, 0.2, 3.0, (0.5, 2.0))
    default = _around(scale)
    is_other = st.session_state.get(PRESSURES_OF) not in (None, structure_key)
    if st.session_state.pop(EXAMPLE, None) is not None or is_other:
        st.session_state[PRESSURES] = default
    st.session_state[PRESSURES_OF] = structure_key
    ends = st.slider(
        "Pressure (GPa)", LOWEST, HIGHEST, default, 10, key=PRESSURES, bind="query-params"
    )
    return (ends[0], ends[1]) if ends[1] > ends[0] else (ends[0], ends[0] + 10)


def _around(scale: PressureScale) -> tuple[int, int]:
    """Return the pressures (GPa) around that of the structure as given."""
    own = float(scale.pressures(np.array([scale.volume])).value[0])
    low = int(np.clip(10 * round(LOW_SHARE * own / 10), LOWEST, HIGHEST - 50))
    return low, int(np.clip(10 * round(HIGH_SHARE * own / 10), low + 50, HIGHEST))


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


def entries(choices: dict[str, Choice]) -> dict[str, CatalogueEntry]:
    """Return the entries of the catalogue among some structures, by their names in a legend."""
    return {name: choice.entry for name, choice in choices.items() if choice.entry}
