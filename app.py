"""The app: which pages there are. Run it with `make app`."""

import streamlit as st

from tcexplore.app.choice.link import open_link

st.set_page_config(page_title="tcexplore", layout="wide", initial_sidebar_state="auto")
# Mathematics no larger than the words around it; small print and axes as legible as WCAG AA asks.
st.html("""<style>
.katex { font-size: 1em }
[data-testid="stCaptionContainer"] { opacity: 0.85; color: inherit }
[data-testid="stWidgetLabel"][disabled] { color: inherit; opacity: 0.85 }
[data-testid="stBaseButton-primary"], [data-tag]  /* white on it, in the dark theme too */
{ background-color: #0b6783; border-color: #0b6783 }
th [data-testid="stMarkdownContainer"] { overflow: visible !important }  /* by a pixel */
.js-plotly-plot
:is(.xaxislayer-above, .yaxislayer-above, .infolayer > [class^="g-"], .colorbar) text
{ fill: currentColor !important }
[data-testid="stMainBlockContainer"] { padding-inline: clamp(1rem, 3vw, 3rem) }
:is([data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"]) > :is(p, ul)
{ max-width: 52rem }  /* lines that read well */
@media (min-width: 641px) and (max-width: 1100px) {  /* beside the sidebar, columns need a width */
  [data-testid="stMain"] [data-testid="stHorizontalBlock"] { flex-wrap: wrap }
  [data-testid="stMain"] [data-testid="stColumn"] { min-width: min(12rem, 100%) }
  [data-testid="stMain"] [data-testid="stColumn"]:has(.js-plotly-plot)
  { min-width: min(26rem, 100%) }
}
.st-key-side-by-side > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]
{ min-width: min(100%, 18rem) }  /* else one below the other */
.st-key-narrow-only { display: none !important }
@media (max-width: 640px) {
  .st-key-wide-map { display: none !important }  /* thousands of cells on a phone are stripes */
  .st-key-narrow-only { display: flex !important }
}
</style>""")
# The addresses differ from the names of the files: a server whose first visitor comes to such a
# name takes the folder for pages without navigation, and runs the file without this one.
page = st.navigation(
    [
        st.Page("pages/predict.py", title="Predict", default=True),
        st.Page("pages/element_swap.py", title="Element swap", url_path="swap"),
        st.Page("pages/lattice_dome.py", title="Dome", url_path="dome"),
        st.Page("pages/lattice_map.py", title="Lattice map", url_path="map"),
        st.Page("pages/hydrogen_network.py", title="H–H network", url_path="network"),
        st.Page("pages/search.py", title="Search", url_path="search"),
        st.Page("pages/design.py", title="Design", url_path="design"),
        st.Page("pages/batch.py", title="Batch", url_path="batch"),
        st.Page("pages/runs.py", title="Runs", url_path="runs"),
        st.Page("pages/model.py", title="Model", url_path="model"),
    ],
    position="top",
)
open_link(page.url_path)
page.run()
