"""Predict page: Tc with its interval, its basis, the crystal, the nearest materials, files."""

from __future__ import annotations

import streamlit as st
from pymatgen.core import Composition, Structure

from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.structure_choice import KEYS, loaded_predictor
from tcexplore.app.parts.study_page import show_terms
from tcexplore.display.crystal.prediction import (
    basis_sentence,
    composition_sentence,
    interval_text,
    reported_sentence,
)
from tcexplore.display.crystal.structure import cell_table, neighbour_table, site_table
from tcexplore.display.domain import (
    domain_sentence,
    error_sentence,
    training_sentence,
)
from tcexplore.display.labels import (
    plain,
    tc_text,
)
from tcexplore.display.pressure import pressure_sentence
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.model.conformal import ConformalCalibration
from tcexplore.model.files import ModelFiles
from tcexplore.model.nearest_known import nearest_known
from tcexplore.model.predictor import TcPrediction
from tcexplore.scans.scan_domain import cell_domain


@st.cache_data(max_entries=64, show_spinner="Predicting …", hash_funcs=KEYS)
def predicted(structure: Structure) -> TcPrediction:
    """Return the prediction of the shipped model for one structure."""
    return loaded_predictor()([structure])[0]


def show_tc(prediction: TcPrediction, bands: ConformalCalibration | None) -> None:
    """Show the predicted Tc, with its interval where there is one."""
    around = interval_text(prediction, bands)
    st.html(
        '<p style="margin:0;line-height:1.1"><span style="font-size:1.5rem">'
        '<i>T</i><sub>c</sub> = </span><span style="font-size:3.4rem;font-weight:600">'
        f'{tc_text(prediction.tc)}</span><span style="font-size:1.5rem"> K</span>'
        '<span style="opacity:.75"> predicted</span></p>'
        + (f'<p style="margin:.3rem 0 0;font-size:1.25rem">{around}</p>' if around else "")
    )


def show_composition_tc(prediction: TcPrediction) -> None:
    """Show the prediction from the composition alone, and the meaning of the difference."""
    if sentence := composition_sentence(prediction):
        st.markdown(sentence)


def show_training(prediction: TcPrediction, files: ModelFiles) -> None:
    """Show whether the crystal was in training, its Tc without it, and the usual error."""
    composition = prediction.cell.structure.composition
    st.markdown(training_sentence(prediction))
    if error := error_sentence(composition, prediction.tc, files.metrics):
        st.markdown(error)


def show_pressure(choice: Choice) -> None:
    """Show the pressure of the crystal, as stated and as its volume says."""
    pressure = crystal_pressure(choice.structure, choice.pressure)
    st.markdown(pressure_sentence(pressure, choice.pressure_origin))


def show_no_tc(reason: str | None) -> None:
    """Show the reason why there is no prediction."""
    st.html('<p style="margin:0;font-size:2rem;font-weight:600;opacity:.6">Not predicted</p>')
    st.error(plain(reason or "No reason was given."))


def show_reported(choice: Choice, prediction: TcPrediction | None) -> None:
    """Show the Tc that was reported for a structure of the catalogue, beside the interval."""
    if (entry := choice.entry) is None:
        return
    st.markdown(reported_sentence(entry, prediction))
    if entry.note:
        st.caption(plain(entry.note).replace("Tc", "$T_c$"))


def show_basis(prediction: TcPrediction, files: ModelFiles) -> None:
    """Show the basis of a prediction: networks, Gaussian process, applicability domain."""
    domain = cell_domain(loaded_predictor(), prediction.cell)
    st.markdown(domain_sentence("This crystal", domain, 0, files.known))
    st.markdown(basis_sentence(prediction, files))
    show_terms("interval", "domain", "training", "pressure")


def show_warnings(prediction: TcPrediction, choice: Choice) -> None:
    """Show warnings about the canonical cell; those about the file stand below the title."""
    for warning in prediction.warnings:
        if warning not in choice.notes:
            st.warning(plain(warning))


# --- the crystal --------------------------------------------------------------------------------


def show_crystal(structure: Structure, prediction: TcPrediction | None) -> None:
    """Show the cell as given beside the canonical one, and the sites of the latter."""
    st.subheader("Crystal", anchor=False)
    canonical_cell = prediction.cell if prediction else None
    st.table(cell_table(structure, canonical_cell), border="horizontal")
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
        "Training materials with the nearest compositions, by the share of atoms exchanged."
        " “About”: estimated from the volume."
    )
