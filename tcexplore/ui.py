"""What the pages share: caches, the choice of a structure, and the parts of the Predict page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from pymatgen.core import Composition, Structure

from tcexplore.catalogue import CatalogueEntry, catalogue_entry, load_catalogue
from tcexplore.links import structure_code, structure_from_code
from tcexplore.loading import load_structure
from tcexplore.model_files import ModelError, ModelFiles
from tcexplore.neighbours import nearest_known
from tcexplore.predictor import TcPrediction, TcPredictor, load_predictor
from tcexplore.scene import build_scene
from tcexplore.structure import StructureError
from tcexplore.tables import cell_table, neighbour_table, site_table
from tcexplore.viewer import scene_html
from tcexplore.viewer_ui import show_scene, site_sentence
from tcexplore.wording import (
    entry_label,
    error_sentence,
    formula_html,
    formula_text,
    plain,
    reported_text,
    space_group_html,
    tc_text,
)

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


@st.cache_data(max_entries=64, show_spinner="Predicting …", hash_funcs=KEYS)
def predicted(structure: Structure) -> TcPrediction:
    """Return the prediction of the shipped model for one structure."""
    return loaded_predictor()([structure])[0]


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


def show_start() -> None:
    """Say what to do, and offer some structures."""
    st.header("At which temperature does your crystal superconduct?", anchor=False)
    st.markdown(
        "Choose a structure from the catalogue or bring your own file: its critical temperature"
        " $T_c$ is predicted from the cell and the atoms in it. Or begin with one of these."
    )
    with st.container(horizontal=True):
        for entry in map(catalogue_entry, PRESETS):
            label = formula_text(entry.formula)
            label += f" at {entry.pressure:g} GPa" if entry.pressure else ""
            st.button(label, on_click=choose_entry, args=(entry.entry_id,))


# --- the answer ---------------------------------------------------------------------------------


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


def show_tc(tc: float) -> None:
    """Show the predicted Tc (K) as the page's answer."""
    st.html(
        '<p style="margin:0;line-height:1.1"><span style="font-size:1.5rem">'
        '<i>T</i><sub>c</sub> = </span><span style="font-size:3.4rem;font-weight:600">'
        f'{tc_text(tc)}</span><span style="font-size:1.5rem"> K</span>'
        '<span style="opacity:.75"> predicted</span></p>'
    )


def show_no_tc(reason: str | None) -> None:
    """Show in the answer's place why there is none."""
    st.html('<p style="margin:0;font-size:2rem;font-weight:600;opacity:.6">Not predicted</p>')
    st.error(plain(reason or "No reason was given."))


def show_reported(choice: Choice) -> None:
    """Show the Tc that was reported for a structure of the catalogue, with its sources."""
    if (entry := choice.entry) is None:
        return
    st.markdown(
        f"**Reported:** {plain(reported_text(entry))}"
        f" ([source of $T_c$](https://doi.org/{entry.tc_doi}),"
        f" [of the cell](https://doi.org/{entry.structure_doi}))"
    )
    if entry.note:
        st.caption(plain(entry.note).replace("Tc", "$T_c$"))


def show_basis(prediction: TcPrediction, files: ModelFiles) -> None:
    """Say in two sentences what a prediction rests on."""
    sentence = plain(error_sentence(files.metrics, prediction.tc))
    st.markdown(
        f"A complex-valued network ({plain(prediction.model)}) read this from the cell."
        f" {sentence} [More on the model](model)"
    )


def show_warnings(warnings: tuple[str, ...]) -> None:
    """Show what the user should know of the file and the cell."""
    for warning in warnings:
        st.warning(plain(warning))


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


# --- what it rests on ---------------------------------------------------------------------------


def show_crystal(structure: Structure, prediction: TcPrediction | None) -> None:
    """Show the cell as given beside the canonical one, and the sites of the latter."""
    st.subheader("Crystal", anchor=False)
    canonical = prediction.cell if prediction else None
    st.table(cell_table(structure, canonical), border="horizontal")
    if prediction:
        sites = prediction.cell.structure
        with st.expander(f"Sites of the canonical cell ({len(sites)})"):
            st.dataframe(site_table(sites), hide_index=True)


def show_nearest_known(composition: Composition, files: ModelFiles) -> None:
    """Show the materials of the training data whose compositions are nearest."""
    st.subheader("Nearest known superconductors", anchor=False)
    near = nearest_known(composition, files.known)
    st.table(neighbour_table(near), border="horizontal", hide_index=True)
    st.caption(
        "By composition alone, among the materials that the model was trained on: the share of the"
        " atoms that one would have to exchange."
    )


def show_downloads(choice: Choice, prediction: TcPrediction | None) -> None:
    """Offer the cell, as given or canonical, in three formats."""
    st.subheader("Download the cell", anchor=False)
    cells = {"As given": choice.structure}
    if prediction:
        cells["Canonical"] = prediction.cell.structure
    with st.container(horizontal=True, vertical_alignment="center"):
        which = st.segmented_control(
            "Which cell", list(cells), default="As given", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        cell, stem = cells[which or "As given"], f"{choice.name}-{(which or 'as given').lower()}"
        _download("CIF", cell, fmt="cif", file_name=f"{stem}.cif")
        if cell.is_ordered:
            _download("POSCAR", cell, fmt="poscar", file_name=f"{stem}.vasp")
        _download("JSON", cell, fmt="json", file_name=f"{stem}.json")
        scene = build_scene(cell, subject=stem)
        st.download_button(
            "3D view (HTML)", lambda: scene_html(scene), f"{scene.file_stem}.html",
            on_click="ignore",
        )  # fmt: skip
    if not cell.is_ordered:
        st.caption("No POSCAR: that format has no partial occupancies.")


def _download(
    label: str, structure: Structure, *, fmt: Literal["cif", "poscar", "json"], file_name: str
) -> None:
    content: Callable[[], str] = lambda: str(structure.to(fmt=fmt))  # noqa: E731
    st.download_button(label, content, file_name.replace(" ", "-"), on_click="ignore", key=fmt)


def show_card(path: Path) -> None:
    """Show a model's card."""
    with st.expander("Model card", expanded=True):
        st.markdown(path.read_text(encoding="utf-8"))
