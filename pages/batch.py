"""Batch page: the critical temperatures of many files, as a table beside a plot and the cell."""

import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.kept_runs import batch
from tcexplore.display.labels import plain
from tcexplore.run_folder.files import RunError

structure_choice.shipped_predictor()
st.header("Batch", anchor=False)
st.markdown(batch.INTRO)
batch.show_uploads()
try:
    chosen = batch.chosen_batch()
except RunError as error:
    st.error(plain(str(error)))
    chosen = None
if chosen is not None:
    batch.show_batch(chosen)
batch.show_recent(chosen)
