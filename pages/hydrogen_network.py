"""Hydrogen-network page: the H–H network and Tc of a crystal as its lattice is stretched."""

import streamlit as st

from tcexplore.app import hydrogen_network
from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.parts import lattice_sliders, study_page
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import plain
from tcexplore.display.style import TC_AXIS

P3M1 = "li2mgh16-p-3m1-300gpa"
EXAMPLES = (
    study_page.Example("Li₂MgH₁₆ P-3m1 as given", P3M1, {}),
    study_page.Example("at *c* = 8 Å", P3M1, {"at_c": 8.0}),
    study_page.Example("at *a* = *b* = 6 Å", P3M1, {"at_a": 6.0, "along": "a"}),
    study_page.Example("LaH₁₀", "lah10-fm-3m-150gpa", {}),
    study_page.Example("YH₆", "yh6-im-3m-166gpa", {}),
    study_page.Example("YH₉", "yh9-p63mmc-201gpa", {}),
    study_page.Example("CaH₆", "cah6-im-3m-150gpa", {}),
    study_page.Example("H₃S at 1.6 Å", "h3s-im-3m-200gpa", {"cutoff": 1.6}),
)
DEFAULTS = {
    "cutoff": 1.4, "along": "c", "cells_a": 1, "cells_b": 1, "cells_c": 1, "cages": True,
    "density": "none", "level": 10,
}  # fmt: skip
INTRO = """Hydrogen network: the contacts between hydrogen atoms, the molecules, chains, layers or
frameworks that they form, and the predicted $T_c$ as the lattice grows and shrinks."""


@st.fragment
def show_networks(choice: Choice) -> None:
    """Show the part of the page that follows the sliders; it alone runs again when they move."""
    try:
        stretch = lattice_sliders.stretch_chosen(study_page.canonical_cell(choice.structure))
        look = lattice_sliders.look_chosen()
        lattice_sliders.rerun_if_just_set()
        result = hydrogen_network.tc_given_and_stretched(choice, stretch)
        cells = hydrogen_network.drawn_cells(choice.structure, stretch)
        networks = hydrogen_network.show_views(cells, result, stretch, look)
    except StructureError as error:
        st.error(plain(str(error)))
        return
    hydrogen_network.show_plot(hydrogen_network.tc_along(choice, stretch), result, stretch)
    hydrogen_network.show_domain(result)
    hydrogen_network.show_numbers(networks, result)
    hydrogen_network.show_stretched(choice, cells)


structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_head("H–H network", INTRO, EXAMPLES, DEFAULTS, choice)
st.caption(hydrogen_network.STAND_IN)
if choice is None:
    study_page.wait_for_choice(("<i>a</i> or <i>c</i> (Å)", TC_AXIS))
hydrogen_network.require_hydrogen(choice.structure)
show_networks(choice)
study_page.show_terms("interval", "domain", "pressure", "coordinates")
