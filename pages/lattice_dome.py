"""Dome page: the critical temperature of crystals as their lattices are scaled."""

import streamlit as st

from tcexplore.app import lattice_dome, structure_choice, study_page
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.catalogue.reported_tc import placed_tc, unplaced_tc
from tcexplore.crystal.structure import StructureError
from tcexplore.display.domain import MEANING, apex_domain_sentence, trained_lattices_sentence
from tcexplore.display.labels import plain
from tcexplore.display.lattice_dome import (
    DOME_AXES,
    apex_table,
    dome_figure,
    dome_sentence,
    dome_table,
    unplaced_table,
)
from tcexplore.display.style import TC_AXIS

FD3M, P3M1 = "li2mgh16-fd-3m-250gpa", "li2mgh16-p-3m1-300gpa"
EXAMPLES = (
    study_page.Example("Li₂MgH₁₆: Fd-3m and P-3m1", FD3M, {"with": [P3M1]}),
    study_page.Example("MgH₁₃", "mgh13-fm-3m-200gpa", {}),
    study_page.Example("H₃S", "h3s-im-3m-200gpa", {}),
)
DEFAULTS = {"with": [], "scales": (0.5, 2.0), "axis": "lattice parameter"}
INTRO = """The predicted $T_c$ as a lattice grows and shrinks, with its angles, the ratios of its
edges and the fractional coordinates fixed. Often it is a dome: highest at some lattice, lower on
both sides."""

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
with second:
    low, high = study_page.range_chosen("Scale of the lattice", "scales", 0.2, 3.0, (0.5, 2.0))
axis = third.selectbox("Along the axis", list(DOME_AXES), key="axis", bind="query-params")
try:
    structures = {lattice_dome.choice_name(choice): choice.structure} | lattice_dome.structures(
        others
    )
    domes = {
        name: lattice_dome.dome(structure, low, high) for name, structure in structures.items()
    }
except StructureError as error:
    st.error(plain(str(error)))
    st.stop()

entries = lattice_dome.entries(choice, others)
reported = {name: placed_tc(entry) for name, entry in entries.items()}
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
    " phase, where the lattice at that pressure is known; the pointer tells pressure and sources."
    " Width: where $T_c$ is at least half of the highest. *a* is that of the canonical, primitive"
    f" cell. {MEANING}{study_page.band_sentence(next(iter(domes.values())).tc_low)}"
)
elsewhere = dict.fromkeys(value for entry in entries.values() for value in unplaced_tc(entry))
if elsewhere:
    with st.expander(f"Reported at other pressures, lattice not known here ({len(elsewhere)})"):
        st.table(unplaced_table(elsewhere), border="horizontal", hide_index=True)
study_page.show_same_coordinates()
study_page.show_downloads(dome_table(domes), figure, "dome")
