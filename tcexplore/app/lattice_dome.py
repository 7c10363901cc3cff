"""Dome page: the domes, and the structures that are compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app import structure_choice
from tcexplore.app.address import Choice
from tcexplore.catalogue.entries import CatalogueEntry, catalogue_entry
from tcexplore.display.labels import entry_name
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=structure_choice.KEYS)
def dome(structure: Structure, low: float, high: float, count: int = 121) -> LatticeDome:
    """Return the dome of a structure between two scales."""
    return lattice_dome(
        structure_choice.loaded_predictor(), structure, scales=np.linspace(low, high, count)
    )


def structures(entry_ids: Sequence[str]) -> dict[str, Structure]:
    """Return structures of the catalogue by the name that a legend gives them."""
    return {entry_name(entry): entry.structure() for entry in map(catalogue_entry, entry_ids)}


def entries(choice: Choice, entry_ids: Sequence[str]) -> dict[str, CatalogueEntry]:
    """Return the entries of the catalogue in a plot by the name that a legend gives them."""
    shown = [choice.entry] if choice.entry else []
    shown += map(catalogue_entry, entry_ids)
    return {entry_name(entry): entry for entry in shown}


def choice_name(choice: Choice) -> str:
    """Return the name of the chosen structure in a legend."""
    return entry_name(choice.entry) if choice.entry else choice.name
