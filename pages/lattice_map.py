"""Lattice-map page: the critical temperature of a crystal over its lattice parameters a and c."""

import numpy as np
import streamlit as st

from tcexplore.app import lattice_map
from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import linked
from tcexplore.app.parts import background_work, figure_menu, study_page
from tcexplore.crystal.structure import StructureError
from tcexplore.display.domain import trained_lattices_sentence
from tcexplore.display.labels import plain
from tcexplore.display.lattice_map import map_figure, map_sentence, map_table
from tcexplore.equation_of_state.estimate import pressure_scale

FD3M, P3M1 = "li2mgh16-fd-3m-250gpa", "li2mgh16-p-3m1-300gpa"
EXAMPLES = (
    study_page.Example("Li₂MgH₁₆ Fd-3m", FD3M, {}),
    study_page.Example("Li₂MgH₁₆ P-3m1", P3M1, {}),
    study_page.Example("Li₂MgH₁₆ P-3m1, c to 14 Å", P3M1, {"c": (0.8, 14.0)}),
)
DEFAULTS = {"a": (0.8, 7.0), "c": (0.8, 7.0), "points": 40}
INTRO = """The predicted $T_c$ over the lattice parameters *a* and *c*; *b*/*a*, the angles and the
fractional coordinates are fixed. Click a point for its lattice."""

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_head("Lattice map", INTRO, EXAMPLES, DEFAULTS, choice)
if choice is None:
    study_page.wait_for_choice(("<i>a</i> (Å)", "<i>c</i> (Å)"))

with st.sidebar:
    a = study_page.range_chosen("a (Å)", "a", 0.8, 20.0, (0.8, 7.0))
    c = study_page.range_chosen("c (Å)", "c", 0.8, 40.0, (0.8, 7.0))
    count = linked(st.selectbox, "Points of each", [40, 100], key="points")
try:
    study = lattice_map.map_study(choice.structure, choice.pressure, a, c, count)
except StructureError as error:
    st.error(plain(str(error)))
    st.stop()

result = background_work.run_to_end(
    study,
    "Predicting the map",
    lambda part, key: study_page.show_chart(map_figure(part), "The map so far", key),
)


@st.fragment
def show_map_beside_point(choice: Choice) -> None:
    """Show the part of the page that follows a click; it alone runs again then."""
    with st.container(key="side-by-side"):
        left, right = st.columns([8, 5], gap="medium")
    with left:
        point, figure = lattice_map.show_map(result)
        st.markdown(f"{map_sentence(result)} {trained_lattices_sentence(result)}")
        stem = figure_menu.file_stem(choice.structure.composition.reduced_formula, "a-c-map")
        figure_menu.show_downloads(map_table(result), figure, stem)
    with right:
        lattice_map.show_point(choice, result, point or result.apex, is_picked=point is not None)


show_map_beside_point(choice)
pressures = (
    "Isobars belong to the volume: off the dashed line the stress along *a* and *c* differs."
    if np.isfinite(result.pressures.value).any()
    else f"No isobars: {pressure_scale(choice.structure, choice.pressure).reason}."
)
terms = ("interval", "domain", "training", "pressure", "coordinates")
study_page.show_terms(*terms, first=pressures)
