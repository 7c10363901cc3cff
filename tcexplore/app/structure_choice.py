"""What the pages share: the model, the choice of a structure, its title and its cell in 3D."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.viewer import show_scene, site_sentence
from tcexplore.catalogue.entries import CatalogueEntry, catalogue_entry, load_catalogue
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import (
    entry_label,
    formula_html,
    plain,
    space_group_html,
)
from tcexplore.io.load import load_structure
from tcexplore.io.url_code import structure_code, structure_from_code
from tcexplore.model.hashes import ModelError
from tcexplore.model.predictor import TcPrediction, TcPredictor, load_predictor
from tcexplore.view3d.scene import build_scene

PRESETS = ("h3s-im-3m-200gpa", "lah10-fm-3m-150gpa", "mgb2", "yba2cu3o7")
VIEW_WIDTH, VIEW_HEIGHT = 380, 320  # CSS pixels
# Keys of the session's state. The first is also the name of the entry in the page's address.
ENTRY, UPLOAD, UPLOAD_ERROR, FILE = "structure", "upload", "upload_error", "file"
CODE, NAME = "cell", "name"  # names in the address of what a structure of one's own is
LONGEST_NAME = 60  # characters


@dataclass(frozen=True)
class Choice:
    """The structure that the user chose."""

    structure: Structure
    name: str
    """For file names."""
    entry: CatalogueEntry | None = None
    """None for an upload."""

    @property
    def address(self) -> dict[str, str]:
        """Return what a link says of the structure; nothing where it is too large for one."""
        if self.entry is not None:
            return {ENTRY: self.entry.entry_id}
        code = structure_code(self.structure)
        return {CODE: code, NAME: self.name[:LONGEST_NAME]} if code else {}


def structure_key(structure: Structure) -> str:
    """Return a hash of all that a structure holds."""
    return hashlib.sha256(structure.to_json().encode()).hexdigest()


KEYS: dict[str | type[Any], Callable[[Any], str]] = {Structure: structure_key}


@st.cache_resource(show_spinner="Loading the model …")
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
    _follow_address()
    entries = {entry.entry_id: entry for entry in load_catalogue()}
    with st.sidebar:
        entry_id = st.selectbox(
            "Structure from the catalogue",
            list(entries),
            index=None,
            format_func=lambda entry_id: entry_label(entries[entry_id]),
            placeholder="Type a formula, such as MgB2",
            key=ENTRY,
            on_change=_write_address,
            persist_state="session",
        )
        _offer_upload(in_use=entry_id is None)
    if entry_id is not None:
        return Choice(entries[entry_id].structure(), entry_id, entries[entry_id])
    return st.session_state.get(UPLOAD)


def _offer_upload(*, in_use: bool) -> None:
    """Show the field for a file, what became of the last one, and the way back to it."""
    st.file_uploader(
        "Or a file of your own",
        key=FILE,
        max_upload_size=5,
        on_change=_read_upload,
        help="CIF, POSCAR, extended XYZ or pymatgen JSON, also gzipped; up to 5 MB and 500 sites."
        " The file stays on the machine that runs this app.",
    )
    if UPLOAD_ERROR in st.session_state:
        st.error(plain(st.session_state[UPLOAD_ERROR]))
    upload = st.session_state.get(UPLOAD)
    if upload and in_use:
        st.caption(f"Shown: {plain(upload.name)}")
        if not upload.address:
            st.caption(
                "This structure is too large for a link: whoever opens the page's address has to"
                " upload the file too."
            )
    elif upload:
        st.button(f"Back to {plain(upload.name)}", on_click=choose_entry, args=(None,))


def _read_upload() -> None:
    """Make the file just given the chosen structure; a file that fails changes nothing."""
    file = st.session_state[FILE]
    failed_before = st.session_state.pop(UPLOAD_ERROR, None) is not None
    if file is None:
        if not failed_before:
            st.session_state.pop(UPLOAD, None)
            _write_address()
        return
    try:
        structure = load_structure(file.getvalue(), file_name=file.name)
    except StructureError as error:
        st.session_state[UPLOAD_ERROR] = str(error)
        return
    choose_upload(Choice(structure, file.name))


def choose_upload(choice: Choice) -> None:
    """Choose a structure that is not in the catalogue; for callbacks."""
    st.session_state[UPLOAD] = choice
    choose_entry(None)


def choose_entry(entry_id: str | None) -> None:
    """Choose an entry of the catalogue, or the upload; for callbacks."""
    st.session_state[ENTRY] = entry_id
    _write_address()


def _write_address() -> None:
    """Put the chosen structure into the page's address."""
    choice = _present_choice()
    address = choice.address if choice else {}
    for name in (ENTRY, CODE, NAME):
        if name in address:
            st.query_params[name] = address[name]
        else:
            st.query_params.pop(name, None)


def _present_choice() -> Choice | None:
    if entry_id := st.session_state.get(ENTRY):
        entry = catalogue_entry(entry_id)
        return Choice(entry.structure(), entry_id, entry)
    return st.session_state.get(UPLOAD)


def _follow_address() -> None:
    """Choose what the page's address asks for; without that, write down the choice."""
    if (wanted := st.query_params.get(ENTRY)) is not None:
        _follow_entry(wanted)
    elif (code := st.query_params.get(CODE)) is not None:
        _follow_code(code)
    else:
        _write_address()


def _follow_entry(wanted: str) -> None:
    known = [entry.entry_id for entry in load_catalogue()]
    if wanted in known:
        st.session_state[ENTRY] = wanted
        return
    near = get_close_matches(wanted, known, n=3, cutoff=0.4) or list(PRESETS)
    st.error(
        f"The catalogue has no structure “{plain(wanted[:60])}”, which this link asks for."
        f" The nearest names are {', '.join(near)}. Choose a structure in the sidebar."
    )


def _follow_code(code: str) -> None:
    upload = st.session_state.get(UPLOAD)
    st.session_state[ENTRY] = None
    if upload and upload.address.get(CODE) == code:
        return
    try:
        structure = structure_from_code(code)
    except StructureError as error:
        st.error(plain(str(error)[:300]))
        return
    name = st.query_params.get(NAME) or structure.composition.reduced_formula
    st.session_state[UPLOAD] = Choice(structure, name[:LONGEST_NAME])


# --- parts of several pages ---------------------------------------------------------------------


def show_title(choice: Choice, prediction: TcPrediction | None) -> None:
    """Show which material the page is about."""
    cell = prediction.cell.structure if prediction else choice.structure
    formula, detail = cell.composition.reduced_formula, escape(choice.name)
    if (entry := choice.entry) is not None:
        pressure = f"{entry.pressure:g} GPa" if entry.pressure else "ambient pressure"
        formula = entry.formula
        detail = f"{space_group_html(entry.space_group_symbol)}, {pressure}"
    st.html(
        '<h1 style="margin:0;padding:0;font-size:1.6rem;font-weight:600">'
        f'{formula_html(formula)}<span style="font-size:1rem;font-weight:400;opacity:.75;'
        f'margin-left:.7em">{detail}</span></h1>'
    )


@st.fragment
def show_cell(structure: Structure, subject: str) -> None:
    """Show the cell as it was given in 3D, and the site of an atom that is clicked.

    Parameters
    ----------
    subject
        What is shown, for the name of a picture.
    """
    scene = build_scene(structure, subject=subject)
    click = show_scene(scene, key="cell", height=VIEW_HEIGHT)
    if click is not None:
        st.caption(plain(site_sentence(structure, click)))


def show_card(path: Path) -> None:
    """Show a model's card."""
    with st.expander("Model card"):
        st.markdown(path.read_text(encoding="utf-8"))
