"""The hydrogen network of a crystal, and how it and Tc move with the lattice."""

import streamlit as st

from tcexplore.app import hydrogen_network, lattice_sliders, structure_choice, study_page
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import plain
from tcexplore.display.style import TC_AXIS

P3M1 = "li2mgh16-p-3m1-300gpa"
PRESETS = (
    study_page.Preset("Li₂MgH₁₆ P-3m1 as given", P3M1, {}),
    study_page.Preset("at *c* = 8 Å", P3M1, {"at_c": 8.0}),
    study_page.Preset("at *a* = *b* = 6 Å", P3M1, {"at_a": 6.0, "along": "a"}),
    study_page.Preset("LaH₁₀", "lah10-fm-3m-150gpa", {}),
    study_page.Preset("YH₆", "yh6-im-3m-166gpa", {}),
    study_page.Preset("YH₉", "yh9-p63mmc-201gpa", {}),
    study_page.Preset("CaH₆", "cah6-im-3m-150gpa", {}),
    study_page.Preset("H₃S at 1.6 Å", "h3s-im-3m-200gpa", {"cutoff": 1.6}),
)
DEFAULTS = {
    "cutoff": 1.4, "along": "c", "cells_a": 1, "cells_b": 1, "cells_c": 1, "cages": True,
    "density": "none", "level": 10,
}  # fmt: skip
INTRO = """Which hydrogen atoms are near each other, what they join up to, and how this and the
predicted $T_c$ change as the lattice is stretched; fractional coordinates and angles stay."""


@st.fragment
def show_networks(choice: structure_choice.Choice) -> None:
    """Show all that moves with the sliders; only this runs again when one does."""
    try:
        stretch = lattice_sliders.stretch_chosen(study_page.canonical(choice.structure))
        look = lattice_sliders.look_chosen()
        lattice_sliders.settle()
        result = hydrogen_network.both(choice.structure, stretch)
        cells = hydrogen_network.drawn_cells(choice.structure, stretch)
        networks = hydrogen_network.show_views(cells, result, stretch, look)
    except StructureError as error:
        st.error(plain(str(error)))
        return
    hydrogen_network.show_plot(
        hydrogen_network.along_plot(choice.structure, stretch), result, stretch
    )
    hydrogen_network.show_domain(result)
    hydrogen_network.show_numbers(networks, result)
    hydrogen_network.show_stretched(cells[hydrogen_network.STRETCHED], choice.name)


structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_intro("H–H network", INTRO, PRESETS, DEFAULTS)
st.caption(hydrogen_network.STAND_IN)
if choice is None:
    study_page.wait_for_choice(("<i>a</i> or <i>c</i> (Å)", TC_AXIS))
structure_choice.show_title(choice, None)
hydrogen_network.require_hydrogen(choice.structure)
show_networks(choice)
study_page.show_same_coordinates()
