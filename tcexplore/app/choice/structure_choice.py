"""The choice of a structure, the shipped model, the title and the cell in 3D: all pages' parts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import address, databases, uploads
from tcexplore.app.choice.address import Choice
from tcexplore.app.parts.viewer import show_scene, site_sentence
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.display.labels import (
    entry_label,
    formula_html,
    plain,
    space_group_html,
)
from tcexplore.display.pressure import pressure_words
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.model.files import ModelError
from tcexplore.model.predictor import TcPrediction, TcPredictor, load_predictor
from tcexplore.view3d.scene import build_scene

VIEW_WIDTH, VIEW_HEIGHT = 380, 320  # CSS pixels


def structure_key(structure: Structure) -> str:
    """Return a hash of all that a structure holds."""
    return hashlib.sha256(structure.to_json().encode()).hexdigest()


KEYS: dict[str | type[Any], Callable[[Any], str]] = {Structure: structure_key}


@st.cache_resource(show_spinner=False)  # no page runs where the server loads it
def loaded_predictor() -> TcPredictor:
    """Return the shipped model, loaded once."""
    return load_predictor()


def shipped_predictor() -> TcPredictor:
    """Return the shipped model, or say on the page why there is none and stop."""
    try:
        return loaded_predictor()
    except ModelError as error:
        st.error(plain(str(error)))
        st.stop()


# --- choosing -----------------------------------------------------------------------------------


def chosen_structure() -> Choice | None:
    """Show the sidebar that chooses a structure; return the choice, None before there is one."""
    address.follow_address()
    entries = {entry.entry_id: entry for entry in load_catalogue()}
    with st.sidebar:
        entry_id = st.selectbox(
            "Structure from the catalogue",
            list(entries),
            index=None,
            format_func=lambda entry_id: entry_label(entries[entry_id]),
            placeholder="Type a formula, such as MgB2",
            key=address.ENTRY,
            on_change=address.follow_choice,
            persist_state="session",
        )
        uploads.show_upload_field(in_use=entry_id is None)
        databases.show_database_field()
    choice = address.present_choice()
    uploads.show_upload_state(choice)
    return choice


# --- parts of several pages ---------------------------------------------------------------------


def show_title(choice: Choice, prediction: TcPrediction | None) -> None:
    """Show the material that the page is about, with the notes on its file."""
    cell = prediction.cell.structure if prediction else choice.structure
    formula, detail = cell.composition.reduced_formula, escape(choice.name)
    if (entry := choice.entry) is not None:
        formula = entry.formula
        pressure = escape(pressure_words(crystal_pressure(choice.structure, choice.pressure)))
        detail = f"{space_group_html(entry.space_group_symbol)}, {pressure}"
    st.html(
        '<h1 style="margin:0;padding:0;font-size:1.6rem;font-weight:600">'
        f'{formula_html(formula)}<span style="font-size:1rem;font-weight:400;opacity:.75;'
        f'margin-left:.7em">{detail}</span></h1>'
    )
    show_notes(choice)


def show_notes(choice: Choice) -> None:
    """Show the notes on reading the structure's file."""
    for note in choice.notes:
        st.warning(plain(note))


@st.fragment
def show_cell(structure: Structure, subject: str) -> None:
    """Show the cell as it was given in 3D, and the site of an atom that is clicked.

    Parameters
    ----------
    subject
        Name of a picture's file.
    """
    scene = build_scene(structure, subject=subject)
    click = show_scene(scene, key="cell", height=VIEW_HEIGHT)
    if click is not None:
        st.caption(plain(site_sentence(structure, click)))
