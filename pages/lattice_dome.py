"""Dome page: the critical temperature of crystals as their lattices are scaled."""

import streamlit as st

from tcexplore.app import lattice_dome
from tcexplore.app.choice import structure_choice
from tcexplore.app.parts import figure_menu, study_page
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import plain
from tcexplore.display.lattice_dome import dome_figure, dome_table
from tcexplore.display.style import TC_AXIS

FD3M, P3M1 = "li2mgh16-fd-3m-250gpa", "li2mgh16-p-3m1-300gpa"
EXAMPLES = (
    study_page.Example("Li₂MgH₁₆: Fd-3m and P-3m1", FD3M, {"with": [P3M1]}),
    study_page.Example("MgH₁₃", "mgh13-fm-3m-200gpa", {}),
    study_page.Example("H₃S", "h3s-im-3m-200gpa", {}),
    study_page.Example("LaH₁₀", "lah10-fm-3m-150gpa", {}),
    study_page.Example("CaH₆", "cah6-im-3m-150gpa", {}),
    study_page.Example("YH₆", "yh6-im-3m-166gpa", {}),
    study_page.Example("YH₉", "yh9-p63mmc-201gpa", {}),
    study_page.Example("CeH₉", "ceh9-p63mmc-200gpa", {}),
)
DEFAULTS = {"with": [], "scales": (0.5, 2.0), "axis": "pressure"}
INTRO = """The predicted $T_c$ under pressure, often a dome, beside published values: the lattice
shrinks and grows, its shape and the fractional coordinates are fixed."""

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_head("Lattice dome", INTRO, EXAMPLES, DEFAULTS, choice)
if choice is None:
    study_page.wait_for_choice(("<i>a</i> (Å)", TC_AXIS))

first, second, third = st.columns(3)
with first:
    choices = lattice_dome.choices_compared(choice)
scale = lattice_dome.scale_of(choice)
with third:
    axis = lattice_dome.axis_chosen(scale)
with second:
    low, high = lattice_dome.ends_chosen(axis, scale, choice)
try:
    domes = lattice_dome.domes_between(choices, axis, low, high)
except StructureError as error:
    st.error(plain(str(error)))
    st.stop()

reported = lattice_dome.reported_beside(choices, domes, axis)
figure = dome_figure(domes, axis=axis, reported=reported)
study_page.show_chart(figure, "Predicted Tc against the size of the lattice")
lattice_dome.show_maxima(domes)
lattice_dome.show_elsewhere(choices, reported)
stem = figure_menu.file_stem(*domes, "dome", axis)
figure_menu.show_downloads(dome_table(domes), lambda: figure, stem)
