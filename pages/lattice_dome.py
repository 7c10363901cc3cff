"""Dome page: the critical temperature of crystals as their lattices are scaled."""

import streamlit as st

from tcexplore.app import lattice_dome, structure_choice, study_page
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.catalogue.reported_tc import reported_tc
from tcexplore.crystal.structure import StructureError
from tcexplore.display.domain import MEANING, apex_domain_sentence, trained_lattices_sentence
from tcexplore.display.dome_overlays import reported_points
from tcexplore.display.labels import plain
from tcexplore.display.lattice_dome import (
    DOME_AXES,
    apex_table,
    dome_figure,
    dome_sentence,
    dome_table,
    unplaced_table,
)
from tcexplore.display.pressure import ESTIMATE_NOTE
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
INTRO = """The predicted $T_c$ under pressure: the lattice shrinks and grows, with its angles, the
ratios of its edges and the fractional coordinates fixed. Often it is a dome, highest at some
pressure. Published values stand beside it."""

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_intro("Lattice dome", INTRO, EXAMPLES, DEFAULTS)
if choice is None:
    study_page.wait_for_choice(("<i>a</i> (Å)", TC_AXIS))

structure_choice.show_notes(choice)
first, second, third = st.columns(3)
others = first.multiselect(
    "Compare with", [entry.entry_id for entry in load_catalogue()], key="with",
    bind="query-params", max_selections=5, placeholder="names of the catalogue",
)  # fmt: skip
scale = lattice_dome.scale_of(choice)
with third:
    axis = lattice_dome.axis_chosen(scale)
with second:
    key = structure_choice.structure_key(choice.structure)
    low, high = lattice_dome.ends_chosen(axis, scale, key)
choices = lattice_dome.choices_compared(choice, others)
try:
    domes = lattice_dome.domes_between(choices, axis, low, high)
except StructureError as error:
    st.error(plain(str(error)))
    st.stop()

attribute, entries = DOME_AXES[axis][0], lattice_dome.entries(choices)
reported = {
    name: reported_points(entries[name], dome, attribute)
    for name, dome in domes.items()
    if name in entries
}
figure = dome_figure(domes, axis=axis, reported=reported)
study_page.show_chart(figure, "Predicted Tc against the size of the lattice")
for name, dome in domes.items():
    training_materials = structure_choice.loaded_predictor().files.known
    domain = apex_domain_sentence(dome, training_materials)
    st.markdown(f"{dome_sentence(name, dome)} {domain} {trained_lattices_sentence(dome)}")
st.table(apex_table(domes), border="horizontal", hide_index=True)
st.caption(
    "Diamond: the maximum. Circle: the lattice as given. Cross: what the model says of a lattice in"
    " training without its chemical system. Open stars: $T_c$ as reported for this"
    " phase, at its pressure, or on its lattice where that is known; the pointer tells the sources."
    f" Width: where $T_c$ is at least half of the highest. {ESTIMATE_NOTE} *a* is that of the"
    f" canonical, primitive cell. {MEANING}"
    f"{study_page.band_sentence(next(iter(domes.values())).tc_low)}"
)
shown = {point.value for points in reported.values() for point in points}
published = dict.fromkeys(value for entry in entries.values() for value in reported_tc(entry))
if elsewhere := [value for value in published if value not in shown]:
    with st.expander(f"Reported, but not in this figure ({len(elsewhere)})"):
        st.table(unplaced_table(elsewhere), border="horizontal", hide_index=True)
study_page.show_same_coordinates()
study_page.show_downloads(dome_table(domes), figure, "dome")
