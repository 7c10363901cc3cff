"""The chosen structure in the session's state and in the address of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

import streamlit as st
from pymatgen.core import Structure
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tcexplore.app.choice.link import close_link
from tcexplore.catalogue.entries import CatalogueEntry, catalogue_entry, load_catalogue
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import plain
from tcexplore.io.stated_pressure import HIGHEST_PRESSURE, USER, file_pressure
from tcexplore.io.url_code import reading_notes, structure_code, structure_from_code

EXAMPLES = ("h3s-im-3m-200gpa", "lah10-fm-3m-150gpa", "mgb2", "yba2cu3o7")
# Keys of the session's state. The first is also the name of the entry in the page's address.
ENTRY, UPLOAD, UPLOAD_ERROR = "structure", "upload", "upload_error"
CODE, NAME = "cell", "name"  # names in the address for a structure outside the catalogue
STATED = "gpa"  # key and name in the address of the pressure that the user states
LONGEST_NAME = 60  # characters


@dataclass(frozen=True)
class Choice:
    """The structure that the user chose."""

    structure: Structure
    name: str
    """For file names."""
    entry: CatalogueEntry | None = None
    """None for an upload."""
    stated_pressure: float | None = None
    """(GPa) Of an upload, as its file or the user says; None where nobody does."""

    @property
    def pressure(self) -> float | None:
        """Return the known pressure (GPa), 0 for ambient, None where it is unknown."""
        return self.stated_pressure if self.entry is None else self.entry.pressure

    @property
    def pressure_origin(self) -> str:
        """Return who states the known pressure, such as ``the file's title``; empty for nobody."""
        if self.pressure is None:
            return ""
        if self.entry is not None:
            return "the catalogue"
        told = file_pressure(self.structure)
        return told.origin if told and told.value == self.pressure else USER

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the notes on reading the file, sentences."""
        return reading_notes(self.structure)

    @property
    def address(self) -> dict[str, str]:
        """Return the query parameters of a link; none where the structure is too large for one."""
        if self.entry is not None:
            return {ENTRY: self.entry.entry_id}
        code = structure_code(self.structure)
        if not code:
            return {}
        address = {CODE: code, NAME: self.name[:LONGEST_NAME]}
        stated = {} if self.stated_pressure is None else {STATED: f"{self.stated_pressure:g}"}
        return address | stated

    def derived(self, structure: Structure, name: str) -> Choice:
        """Return a structure that was made from this one, with the notes on the file it is from."""
        copy = structure.copy()
        copy.properties = {"warnings": self.notes}
        return Choice(copy, name)


def entry_choice(entry_id: str) -> Choice:
    """Return the choice of an entry of the catalogue."""
    entry = catalogue_entry(entry_id)
    return Choice(entry.structure(), entry_id, entry)


def choose_upload(choice: Choice) -> None:
    """Choose a structure that is not in the catalogue; for callbacks."""
    told = file_pressure(choice.structure)
    st.session_state[UPLOAD] = choice
    st.session_state[STATED] = told.value if told else None
    choose_entry(None)


def choose_entry(entry_id: str | None) -> None:
    """Choose an entry of the catalogue, or the upload; for callbacks."""
    st.session_state[ENTRY] = entry_id
    follow_choice()


def forget_upload() -> None:
    """Remove the uploaded structure; for callbacks."""
    st.session_state.pop(UPLOAD, None)
    follow_choice()


def follow_choice() -> None:
    """Write the new choice into the address; a file that failed before it is forgotten."""
    st.session_state.pop(UPLOAD_ERROR, None)
    close_link()
    write_address()


def write_address() -> None:
    """Write the chosen structure into the page's address."""
    choice = present_choice()
    address = choice.address if choice else {}
    for name in (ENTRY, CODE, NAME, STATED):
        if name in address:
            st.query_params[name] = address[name]
        else:
            st.query_params.pop(name, None)


def present_choice() -> Choice | None:
    """Return the chosen structure, None before there is one."""
    if entry_id := st.session_state.get(ENTRY):
        return entry_choice(entry_id)
    upload = st.session_state.get(UPLOAD)
    return upload and replace(upload, stated_pressure=st.session_state.get(STATED))


def follow_address() -> None:
    """Choose the structure that the page's address names; without one, write down the choice."""
    if (wanted := st.query_params.get(ENTRY)) is not None:
        _follow_entry(wanted)
    elif (code := st.query_params.get(CODE)) is not None:
        _follow_code(code)
    elif is_back():
        _forget_choice()
    else:
        # Set anew: Streamlit drops what an address chose on another page once its widget is drawn.
        st.session_state[ENTRY] = st.session_state.get(ENTRY)
        write_address()


def is_back() -> bool:
    """Return whether the page runs because the user went back or forward in the browser."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _forget_choice() -> None:
    """Choose nothing, as the address says; an upload too large for an address stays."""
    st.session_state[ENTRY] = None
    upload = st.session_state.get(UPLOAD)
    if upload and upload.address:
        del st.session_state[UPLOAD]


def _follow_entry(wanted: str) -> None:
    names = [entry.entry_id for entry in load_catalogue()]
    if wanted in names:
        st.session_state[ENTRY] = wanted
        return
    near = get_close_matches(wanted, names, n=3, cutoff=0.4) or list(EXAMPLES)
    st.error(
        f"The catalogue has no structure “{plain(wanted[:60])}”, which this link asks for."
        f" The nearest names are {', '.join(near)}. Choose a structure in the sidebar."
    )


def _follow_code(code: str) -> None:
    upload = st.session_state.get(UPLOAD)
    st.session_state[ENTRY] = None
    st.session_state[STATED] = _pressure_of_address()
    if upload and upload.address.get(CODE) == code:
        return
    try:
        structure = structure_from_code(code)
    except StructureError as error:
        message = str(error)[:300]
        st.error(plain(f"{message[0].upper()}{message[1:]}. Or choose a structure in the sidebar."))
        return
    name = st.query_params.get(NAME) or structure.composition.reduced_formula
    st.session_state[UPLOAD] = Choice(structure, name[:LONGEST_NAME])


def _pressure_of_address() -> float | None:
    """Return the pressure (GPa) that the page's address states, None where it states none."""
    if (text := st.query_params.get(STATED)) is None:
        return None
    try:
        pressure = float(text)
    except ValueError:
        pressure = -1.0
    if 0 <= pressure <= HIGHEST_PRESSURE:
        return pressure
    st.error(
        f"This link states a pressure of “{plain(text[:20])}”; expected 0 to {HIGHEST_PRESSURE:g}"
        " GPa. The pressure counts as unknown: state it in the sidebar."
    )
    return None
