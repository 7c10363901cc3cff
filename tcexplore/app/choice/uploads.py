"""Files that the user uploads: the field, files with several structures, files that fail."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from pymatgen.core import Structure
from streamlit.runtime.uploaded_file_manager import UploadedFile

from tcexplore.app.choice.address import (
    STATED,
    UPLOAD,
    UPLOAD_ERROR,
    Choice,
    choose_entry,
    choose_upload,
    follow_choice,
    forget_upload,
)
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import formula_text, plain, pressure_text
from tcexplore.io.load import load_all_structures
from tcexplore.io.parsers import FORMATS
from tcexplore.io.stated_pressure import HIGHEST_PRESSURE, FilePressure, file_pressure

FILE, CANDIDATES, PICKED_CANDIDATE = "file", "upload_candidates", "upload_candidate"  # state


def show_upload_field(*, in_use: bool) -> None:
    """Show the field for a file, which upload there is, and the way back to it.

    Parameters
    ----------
    in_use
        Whether the upload is the chosen structure.
    """
    st.file_uploader(
        "Or a file of your own",
        key=FILE,
        max_upload_size=5,
        on_change=_read_upload,
        help=f"A {FORMATS}; up to 5 MB and 500 sites."
        " The file stays on the machine that runs this app.",
    )
    upload = st.session_state.get(UPLOAD)
    if upload and in_use:
        st.caption(f"Shown: {plain(upload.name)}")
        if not upload.address:
            st.caption(
                "This structure is too large for a link: whoever opens the page's address has to"
                " upload the file too."
            )
        st.number_input(
            "Its pressure (GPa), if you know it",
            0.0,
            HIGHEST_PRESSURE,
            None,
            key=STATED,
            on_change=follow_choice,
            placeholder="unknown",
            help="0 is ambient. With it the pressures of other lattices are better known, too.",
        )
        if told := file_pressure(upload.structure):
            st.caption(plain(_pressure_caption(told, st.session_state.get(STATED))))
        st.button("Remove this structure", on_click=_remove)
    elif upload:
        st.button(f"Back to {plain(upload.name)}", on_click=choose_entry, args=(None,))


def _pressure_caption(told: FilePressure, stated: float | None) -> str:
    """Return the pressure that a file states, and what counts instead where the user changed it."""
    words = f"Pressure from {told.origin}: {pressure_text(told.value)}."
    if stated == told.value:
        return words
    return f"{words} {'It counts as unknown' if stated is None else 'Yours counts'}."


def show_upload_state(choice: Choice | None) -> None:
    """Show in the main column a file that failed, or the choice among a file's structures."""
    if error := st.session_state.get(UPLOAD_ERROR):
        shown = f"Still shown: {plain(_title(choice))}." if choice else "Nothing is shown yet."
        st.error(f"The new file was not read. {plain(error)}  \n**{shown}**")
    if candidates := st.session_state.get(CANDIDATES):
        _show_candidates(*candidates)


def _title(choice: Choice) -> str:
    return f"{formula_text(choice.structure.composition.reduced_formula)}, {choice.name}"


def _read_upload() -> None:
    """Make the file just given the chosen structure; a file that fails changes nothing.

    The browser takes a replaced file away before it sends the new one, so an empty field (None, or
    a file that the server no longer holds) never removes the structure in use.
    """
    file = st.session_state[FILE]
    st.session_state.pop(UPLOAD_ERROR, None)
    if not isinstance(file, UploadedFile):
        return
    try:
        structures, unsound = _sound_structures(file)
    except StructureError as error:
        st.session_state[UPLOAD_ERROR] = str(error)
        return
    offer_structures(file.name, structures, unsound)


def offer_structures(name: str, structures: Sequence[Structure], unsound: Sequence[str]) -> None:
    """Choose the only structure of a file or database, or offer the choice; for callbacks.

    Parameters
    ----------
    name
        Of what holds them.
    unsound
        Messages on those that cannot be used.
    """
    _forget_candidates()
    if len(structures) == 1 and not unsound:
        choose_upload(Choice(structures[0], name))
    else:
        st.session_state[CANDIDATES] = (name, structures, unsound)


def _sound_structures(file: UploadedFile) -> tuple[list[Structure], list[str]]:
    """Return the structures of a file, and the messages on those that are not sound.

    Raises
    ------
    StructureError
        The file holds no sound structure.
    """
    loaded = load_all_structures(file.getvalue(), file_name=file.name)
    structures = [entry for entry in loaded if isinstance(entry, Structure)]
    errors = [entry for entry in loaded if isinstance(entry, StructureError)]
    if not structures:
        raise errors[0]
    return structures, [str(error) for error in errors]


def _show_candidates(
    file_name: str, structures: Sequence[Structure], unsound: Sequence[str]
) -> None:
    """Show the choice of one structure of a file; none is taken before the user says which."""
    upload = st.session_state.get(UPLOAD)
    names = [f"{file_name}, {candidate_label(structures, i)}" for i in range(len(structures))]
    if upload is None or upload.name not in names:
        total = len(structures) + len(unsound)
        st.info(f"{plain(file_name)} holds {total} structures. Choose one of them.")
        if unsound:
            st.warning(f"{len(unsound)} of them cannot be used. The first: {plain(unsound[0])}")
    st.selectbox(
        "Which structure",
        range(len(structures)),
        index=None,
        format_func=lambda index: candidate_label(structures, index),
        placeholder="Choose one",
        key=PICKED_CANDIDATE,
        on_change=_choose_candidate,
    )


def candidate_label(structures: Sequence[Structure], index: int) -> str:
    """Return number, label in the file and formula of one structure, such as ``2: frame 2, MgB₂``.

    The number keeps labels apart that a file gives twice.
    """
    structure = structures[index]
    formula = formula_text(structure.composition.reduced_formula)
    words = [str(structure.properties.get("label") or ""), formula]
    return f"{index + 1}: {', '.join(filter(None, words))}"


def _choose_candidate() -> None:
    index = st.session_state[PICKED_CANDIDATE]
    file_name, structures, _ = st.session_state[CANDIDATES]
    if index is not None:
        label = candidate_label(structures, index)
        choose_upload(Choice(structures[index], f"{file_name}, {label}"))


def _remove() -> None:
    _forget_candidates()
    forget_upload()


def _forget_candidates() -> None:
    st.session_state.pop(CANDIDATES, None)
    st.session_state.pop(PICKED_CANDIDATE, None)
