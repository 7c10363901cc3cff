"""Predict page: the critical temperature of one crystal structure, and its basis."""

import streamlit as st

from tcexplore.app import first_page, handover, predict, result
from tcexplore.app.choice import structure_choice
from tcexplore.crystal.structure import StructureError

predictor = structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
if choice is None:
    first_page.show_start(predictor.files)
    st.stop()

try:
    prediction = predict.predicted(choice.structure)
    reason = None
except StructureError as error:
    prediction, reason = None, str(error)

with st.container(horizontal=True, gap="medium"):
    answer, cell = st.container(width="stretch"), st.container(width=structure_choice.VIEW_WIDTH)
with answer:
    structure_choice.show_title(choice, prediction)
    if prediction:
        predict.show_tc(prediction, predictor.files.conformal)
        predict.show_training(prediction, predictor.files)
        predict.show_composition_tc(prediction)
    else:
        predict.show_no_tc(reason)
    predict.show_pressure(choice)
    predict.show_reported(choice, prediction)
    if prediction:
        predict.show_basis(prediction, predictor.files)
        predict.show_warnings(prediction, choice)
        result.show_result(choice)
with cell:
    structure_choice.show_cell(choice.structure, choice.name)

predict.show_crystal(choice.structure, prediction)
predict.show_nearest_known(choice.structure.composition, predictor.files)
handover.show_downloads(choice, prediction)
