"""Runs page: searches that were kept, to look at, filter, compare, take away and delete."""

import streamlit as st

from tcexplore.app import run_results, runs, structure_choice
from tcexplore.search.runs import RUNS, list_runs

structure_choice.shipped_predictor()
st.header("Runs", anchor=False)
st.markdown(
    f"Searches that were started here, in `{RUNS}` of the server's working folder: everyone who"
    " opens this server sees them. A run that was stopped, or cut off with the server, goes on from"
    " its last part."
)
run_results.run_of_address()  # says so where the link's run is gone
kept = list_runs()
if not kept:
    st.info("No run yet. The Search page and the command `tcexplore search` start one.")
    st.stop()
chosen = runs.show_list(kept)
if len(chosen) == 2:
    runs.show_comparison(*chosen)
elif len(chosen) > 2:
    st.info("Two runs at most can be compared.")
elif chosen:
    limits, elements = runs.limits_chosen(chosen[0])
    run_results.show_run(chosen[0], limits=limits, elements=elements)
    runs.show_deletion(chosen[0])
