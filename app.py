"""The app: which pages there are. Run it with `make app`."""

import streamlit as st

st.set_page_config(page_title="tcexplore", layout="wide", initial_sidebar_state="expanded")
st.html("<style>.katex { font-size: 1em }</style>")  # no larger than the words around it
st.navigation(
    [
        st.Page("pages/predict.py", title="Predict", default=True),
        st.Page("pages/element_swap.py", title="Element swap"),
        st.Page("pages/lattice_dome.py", title="Dome"),
        st.Page("pages/lattice_map.py", title="Lattice map"),
        st.Page("pages/about.py", title="About"),
    ],
    position="top",
).run()
