"""Element-swap page: a map of critical temperatures with every element on chosen sites."""

from functools import partial

import streamlit as st

from tcexplore.app import background_work, element_swap, structure_choice, study_page
from tcexplore.crystal.element_groups import ELEMENT_GROUPS, ELEMENT_ORDERS, chosen_elements
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.structure import StructureError, replaced
from tcexplore.display.element_swap import axis_titles, rows_with_elements, swap_figure
from tcexplore.display.labels import plain
from tcexplore.display.pressure import ESTIMATE_NOTE

MGH13, XYH36 = "mgh13-fm-3m-200gpa", "li2mgh16-fd-3m-250gpa"
CENTRE = {"x": ["Mg1 (1 site)"], "y": ["H2 (1 site)"]}
CAGES = {"x": ["Mg1, site 1"], "y": ["Mg1, site 2"], "from": "Li", "to": "H"}
EXAMPLES = (
    study_page.Example("MgH₁₃: X on Mg, Y on the centre H", MGH13, CENTRE),
    study_page.Example(
        "The same at 200 GPa", MGH13, CENTRE | {"lattices": element_swap.AT_PRESSURE}
    ),
    study_page.Example(
        "The same at the maximum over 31 lattices", MGH13, CENTRE | {"lattices": element_swap.PEAK}
    ),
    study_page.Example("XYH₃₆ from Li₂MgH₁₆", XYH36, CAGES),
    study_page.Example("H₃S: X on S", "h3s-im-3m-200gpa", {"x": ["S1 (1 site)"], "y": []}),
)
INTRO = """Substitution of elements: the predicted $T_c$ with every X and Y on the sites that you
choose, all else unchanged (the paper's *morphisms*). Click a cell for its material."""
DEFAULTS = {
    "x": [], "y": [], "from": None, "to": None, "lattices": element_swap.OWN, "elements": "all",
    "order": "atomic number", "best": 20, "gpa_map": 200, "holding": [], "seen": False,
}  # fmt: skip

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_intro("Element swap", INTRO, EXAMPLES, DEFAULTS)
if choice is None:
    study_page.wait_for_choice(("X", "Y"))

structure_choice.show_title(choice, None)
first, second, third = st.columns(3)
with third:
    old = element_swap.replacement_chosen(choice.structure)
try:
    parent = replaced(choice.structure, *old) if old else choice.structure
    cell = study_page.canonical_cell(parent)
    with first:
        x_sites = element_swap.sites_chosen("X on", "x", cell, default=0)
    with second:
        y_sites = element_swap.sites_chosen("Y on", "y", cell, default=None)
    with first:
        lattices = element_swap.lattices_chosen()
    group = second.selectbox("Elements", list(ELEMENT_GROUPS), key="elements", bind="query-params")
    order = third.selectbox("Order by", list(ELEMENT_ORDERS), key="order", bind="query-params")
    elements = chosen_elements(PAPER_ELEMENTS, group=group, order="atomic number")
    study = element_swap.swap_study(parent, x_sites, y_sites, lattices, elements)
except StructureError as error:
    st.error(plain(str(error)))
    st.stop()

x = chosen_elements(elements, group=group, order=order)
y = x if y_sites else study.result.y
labels = axis_titles(cell, x_sites, y_sites)
swap = background_work.run_to_end(
    study,
    "Predicting all pairs",
    lambda swap_so_far, key: element_swap.show_map_so_far(swap_so_far, x, y, labels, key),
)
table = element_swap.table_of(swap)
has_pressures = lattices.peaks and bool(table["pressure_gpa"].notna().any())
quantity = study_page.quantity_chosen(swap.tc_low, has_pressures=has_pressures)
pair = element_swap.show_swap_map(table, x, y, labels, quantity)
study_page.show_same_coordinates(table, at_pressure=bool(lattices.pressures))
st.caption(ESTIMATE_NOTE)
if bands := study_page.band_sentence(swap.tc_low):
    st.caption(bands)
if pair:
    element_swap.show_material(choice, swap, pair)
best = element_swap.show_best(rows_with_elements(table, x=x, y=y), swaps_y=bool(y_sites))
element_swap.show_swap_downloads(
    swap,
    lattices,
    table,
    best,
    partial(swap_figure, table, x=x, y=y, labels=labels, quantity=quantity),
)
