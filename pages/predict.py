"""One crystal structure, one critical temperature, and what it rests on."""

import streamlit as st

from tcexplore import predict_ui, ui
from tcexplore.structure import StructureError

predictor = ui.shipped_predictor()
choice = ui.chosen_structure()
if choice is None:
    predict_ui.show_start()
    st.stop()

try:
    prediction = predict_ui.predicted(choice.structure)
    reason = None
except StructureError as error:
    prediction, reason = None, str(error)

with st.container(horizontal=True, gap="medium"):
    answer, cell = st.container(width="stretch"), st.container(width=ui.VIEW_WIDTH)
with answer:
    ui.show_title(choice, prediction)
    if prediction:
        predict_ui.show_tc(prediction, predictor.files.bands)
        predict_ui.show_composition_tc(prediction)
    else:
        predict_ui.show_no_tc(reason)
    predict_ui.show_reported(choice)
    if prediction:
        predict_ui.show_basis(prediction, predictor.files)
        predict_ui.show_warnings(prediction.warnings)
with cell:
    ui.show_cell(choice.structure, choice.name)

predict_ui.show_crystal(choice.structure, prediction)
predict_ui.show_nearest_known(choice.structure.composition, predictor.files)
predict_ui.show_downloads(choice, prediction)
