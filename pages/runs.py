"""Runs page: searches and batches that were kept, to filter, compare, take away and delete."""

import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.kept_runs import run_results, runs
from tcexplore.batch.runs import list_batches
from tcexplore.search.runs import RUNS, list_runs

structure_choice.shipped_predictor()
st.header("Runs", anchor=False)
st.markdown(
    f"Searches and batches, kept in `{RUNS.parent}` of the server's working folder and seen by"
    " everyone on this server. A stopped run goes on where it was stopped."
)
run_results.run_of_address()  # says so where the link's run is gone
st.subheader("Searches", anchor=False)
if kept := list_runs():
    chosen = runs.show_list(kept)
    if len(chosen) == 2:
        runs.show_comparison(*chosen)
    elif len(chosen) > 2:
        st.info("Select two runs to compare them, not more.")
    elif chosen:
        limits, elements = runs.limits_chosen(chosen[0])
        run_results.show_run(chosen[0], limits=limits, elements=elements)
        runs.show_deletion(chosen[0])
else:
    st.info("No search yet. The Search page and the command `tcexplore search` start one.")
runs.show_batches(list_batches())
