"""Element-swap page: a map of critical temperatures with every element on chosen sites."""

import streamlit as st

from tcexplore.app import element_swap, swap_materials
from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.parts import figure_menu, lattice_choice, study_page
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import plain
from tcexplore.display.pressure import unanchored_sentence

MGH13, XYH36 = "mgh13-fm-3m-200gpa", "li2mgh16-fd-3m-250gpa"
CENTRE = {"x": ["Mg1 (1 site)"], "y": ["H2 (1 site)"]}
CAGES = {"x": ["Mg1, site 1"], "y": ["Mg1, site 2"], "from": "Li", "to": "H"}
EXAMPLES = (
    study_page.Example("MgH₁₃: X on Mg, Y on the centre H", MGH13, CENTRE),
    study_page.Example(
        "The same at 200 GPa", MGH13, CENTRE | {"lattices": lattice_choice.AT_PRESSURE}
    ),
    study_page.Example(
        "The same at the maximum over 31 lattices",
        MGH13,
        CENTRE | {"lattices": lattice_choice.PEAK},
    ),
    study_page.Example("XYH₃₆ from Li₂MgH₁₆", XYH36, CAGES),
    study_page.Example("H₃S: X on S", "h3s-im-3m-200gpa", {"x": ["S1 (1 site)"], "y": []}),
)
INTRO = """Substitution of elements (the paper's *morphisms*): the predicted $T_c$ with every X and
Y on the sites that you choose. Click a cell for its material."""
DEFAULTS = {
    "x": [], "y": [], "from": None, "to": None, "lattices": lattice_choice.OWN, "elements": "all",
    "order": "atomic number", "best": 20, "gpa_map": 200, "holding": [], "seen": False,
    "compare": False,
}  # fmt: skip

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_head("Element swap", INTRO, EXAMPLES, DEFAULTS, choice)
if choice is None:
    study_page.wait_for_choice(("X", "Y"))

try:
    with st.sidebar:
        settings = element_swap.settings_chosen(choice)
    swap = element_swap.finished_swap(settings, settings.lattices, "Predicting all pairs")
    other = settings.other_lattices and element_swap.finished_swap(
        settings, settings.other_lattices, "Predicting the second map"
    )
except StructureError as error:
    st.error(plain(str(error)))
    st.stop()


@st.fragment
def show_map_beside_material(choice: Choice) -> None:
    """Show the part of the page that follows a click; it alone runs again then."""
    with st.container(key="side-by-side"):
        left, right = st.columns([8, 5], gap="medium")
    with left:
        pair, figure = element_swap.show_swap_map(swap, table, settings)
        stem = swap_materials.swap_stem(swap, settings)
        figure_menu.show_downloads(table, figure, stem)
    with right:
        if pair:
            swap_materials.show_material(choice, swap, table, pair)
        else:
            st.info("Click a cell of the map, or choose X and Y, for the material.")
    best = swap_materials.show_best(table, settings)
    swap_materials.show_best_cifs(swap, best, stem)


table = element_swap.compared_table(swap, other)
show_map_beside_material(choice)
grey = study_page.grey_sentence(table, at_pressure=bool(settings.lattices.pressures))
anchor = unanchored_sentence(choice.structure, choice.pressure)
terms = ("interval", "domain", "training", "pressure", "coordinates")
study_page.show_terms(*terms, first=f"{grey} {anchor}")
