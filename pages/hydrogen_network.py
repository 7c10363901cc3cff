"""The hydrogen network of a crystal, and how it and Tc move with the lattice."""

import streamlit as st

from tcexplore import map_ui, network_ui, stretch_ui, ui
from tcexplore.heatmaps import TC_AXIS
from tcexplore.structure import StructureError
from tcexplore.wording import plain

P3M1 = "li2mgh16-p-3m1-300gpa"
PRESETS = (
    map_ui.Preset("Li₂MgH₁₆ P-3m1 as given", P3M1, {}),
    map_ui.Preset("at *c* = 8 Å", P3M1, {"at_c": 8.0}),
    map_ui.Preset("at *a* = *b* = 6 Å", P3M1, {"at_a": 6.0, "along": "a"}),
    map_ui.Preset("LaH₁₀", "lah10-fm-3m-150gpa", {}),
    map_ui.Preset("YH₆", "yh6-im-3m-166gpa", {}),
    map_ui.Preset("YH₉", "yh9-p63mmc-201gpa", {}),
    map_ui.Preset("CaH₆", "cah6-im-3m-150gpa", {}),
    map_ui.Preset("H₃S at 1.6 Å", "h3s-im-3m-200gpa", {"cutoff": 1.6}),
)
DEFAULTS = {
    "cutoff": 1.4, "along": "c", "cells_a": 1, "cells_b": 1, "cells_c": 1, "cages": True,
    "density": "none", "level": 10,
}  # fmt: skip
INTRO = """Which hydrogen atoms are near each other, what they join up to, and how this and the
predicted $T_c$ change as the lattice is stretched; fractional coordinates and angles stay."""


@st.fragment
def show_networks(choice: ui.Choice) -> None:
    """Show all that moves with the sliders; only this runs again when one does."""
    try:
        stretch = stretch_ui.stretch_chosen(map_ui.canonical(choice.structure))
        look = stretch_ui.look_chosen()
        stretch_ui.settle()
        result = network_ui.both(choice.structure, stretch)
        cells = network_ui.drawn_cells(choice.structure, stretch)
        networks = network_ui.show_views(cells, result, stretch, look)
    except StructureError as error:
        st.error(plain(str(error)))
        return
    network_ui.show_plot(network_ui.along_plot(choice.structure, stretch), result, stretch)
    network_ui.show_domain(result)
    network_ui.show_numbers(networks, result)
    network_ui.show_stretched(cells[network_ui.STRETCHED], choice.name)


ui.shipped_predictor()
choice = ui.chosen_structure()
map_ui.show_intro("H–H network", INTRO, PRESETS, DEFAULTS)
st.caption(network_ui.STAND_IN)
if choice is None:
    map_ui.wait_for_choice(("<i>a</i> or <i>c</i> (Å)", TC_AXIS))
ui.show_title(choice, None)
network_ui.require_hydrogen(choice.structure)
show_networks(choice)
map_ui.show_same_coordinates()
