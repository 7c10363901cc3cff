"""The parts of the dome page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app import structure_choice
from tcexplore.catalogue.entries import CatalogueEntry, catalogue_entry
from tcexplore.display.labels import (
    formula_text,
)
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=structure_choice.KEYS)
def dome(structure: Structure, low: float, high: float, count: int = 121) -> LatticeDome:
    """Return the dome of a structure between two scales."""
    return lattice_dome(
        structure_choice.loaded_predictor(), structure, scales=np.linspace(low, high, count)
    )


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
