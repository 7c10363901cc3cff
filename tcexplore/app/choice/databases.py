"""Sidebar: structures from OPTIMADE providers, of a list that the server's owner sets."""

from __future__ import annotations

import os

import streamlit as st

from tcexplore.app.choice.uploads import offer_structures
from tcexplore.databases.download import DatabaseError
from tcexplore.databases.optimade import PROVIDERS, Query, find_structures
from tcexplore.display.labels import plain

SETTING = "TCEXPLORE_OPTIMADE"
"""Environment variable of the providers that are offered, ``name=address`` with commas between
them; empty for none. Whoever opens the app cannot name others: the server would ask them."""
PROVIDER, WANTED = "provider", "wanted"  # session state
DATABASE_ERROR, NOTE = "database_error", "database_note"  # session state
COUNT = 20
LONGEST = 100  # characters
NAMES = {
    "mp": "Materials Project", "alexandria": "Alexandria (PBE)", "oqmd": "OQMD",
    "jarvis": "JARVIS-DFT", "cod": "Crystallography Open Database",
    "mc3d": "Materials Cloud, MC3D", "nomad": "NOMAD", "odbx": "odbx", "gnome": "GNoME",
    "aflow": "AFLOW",
}  # fmt: skip


def providers() -> dict[str, str]:
    """Return the addresses of the providers that are offered, by their names."""
    setting = os.environ.get(SETTING)
    if setting is None:
        return {NAMES[name]: address for name, address in PROVIDERS.items()}
    pairs = (part.partition("=") for part in setting.split(",") if "=" in part)
    return {name.strip(): address.strip() for name, _, address in pairs}


def show_database_field() -> None:
    """Show the field for a formula or elements; without providers nothing."""
    if not (offered := providers()):
        return
    box = st.expander("Or from a database", key="databases")
    with box, st.form("database", border=False):
        st.selectbox("OPTIMADE provider", list(offered), key=PROVIDER)
        st.text_input("Formula, or elements with commas", key=WANTED, placeholder="LaH10, or La, H")
        st.form_submit_button("Search", on_click=_search)
        if error := st.session_state.get(DATABASE_ERROR):
            st.error(plain(error))
        if note := st.session_state.get(NOTE):
            st.caption(note)


def _search() -> None:
    """Offer what the provider has; for callbacks."""
    for key in (DATABASE_ERROR, NOTE):
        st.session_state.pop(key, None)
    name, wanted = st.session_state[PROVIDER], st.session_state[WANTED].strip()[:LONGEST]
    try:
        with st.spinner(f"Asking {name} …"):
            found = find_structures(providers()[name], query_of(wanted), count=COUNT)
        if not found.structures:
            reason = found.errors[0] if found.errors else "write another formula"
            raise DatabaseError(f"{name} has no structure of {wanted} that can be used: {reason}")
    except DatabaseError as error:
        st.session_state[DATABASE_ERROR] = str(error)
        return
    asked = len(found.structures) + len(found.errors)
    if found.total and found.total > asked:
        st.session_state[NOTE] = f"The first {asked} of {found.total}: name more for fewer."
    offer_structures(f"{name}: {wanted.strip(', ')}", found.structures, found.errors)


def query_of(wanted: str) -> Query:
    """Return what a text looks for: elements where commas or blanks part them, else a formula."""
    symbols = tuple(wanted.replace(",", " ").split())
    is_list = len(symbols) > 1 or wanted.endswith(",")
    return Query(elements=symbols) if is_list else Query(formula=wanted)
