"""Search page: elements on groups of sites with the highest critical temperature."""

import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.kept_runs import run_results, search
from tcexplore.app.parts import lattice_choice, study_page
from tcexplore.crystal.structure import StructureError
from tcexplore.display.labels import plain
from tcexplore.display.pressure import PRESSURE_AXIS
from tcexplore.display.style import TC_AXIS

TERNARY = {
    "groups": 2, "sites1": ["Mg1 (1 site)"], "sites2": ["H2 (1 site)"],
    "lattices": lattice_choice.AT_PRESSURE, "gpa_map": 150, "objective": "lower end of interval",
}  # fmt: skip
CAGES = {
    "groups": 2, "sites1": ["Li1 (4 sites)"], "sites2": ["Mg1 (2 sites)"], "mode": "guided",
    "number": 600,
}  # fmt: skip
EXAMPLES = (
    study_page.Example("XYH₁₂ from MgH₁₃ at 150 GPa", "mgh13-fm-3m-200gpa", TERNARY),
    study_page.Example("X₂YH₁₆ from Li₂MgH₁₆, guided", "li2mgh16-fd-3m-250gpa", CAGES),
)
INTRO = """The elements on groups of sites that give the highest $T_c$, within limits. A search runs
in the background and is kept under *Runs*."""
DEFAULTS = {
    "groups": 1, "mode": "all", "number": 2000, "seed": 0, "objective": "Tc",
    "lattices": lattice_choice.OWN, "gpa_map": 200, "inside": True,
}  # fmt: skip

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_head("Substitution search", INTRO, EXAMPLES, DEFAULTS, choice)
run = run_results.run_of_address()
if choice is not None:
    try:
        with st.container(border=True):
            upper, lower = st.container(), st.container()
            limits = search.limits_chosen()  # asked first: they narrow the elements
            with upper:
                space = search.space_chosen(study_page.canonical_cell(choice.structure), limits)
            with lower:
                wanted, settings = search.search_chosen(space, limits.constraints)
            search.show_start(wanted, settings, choice.name)
    except StructureError as error:
        st.error(plain(str(error)))
elif run is None:
    study_page.wait_for_choice((PRESSURE_AXIS, TC_AXIS))
if run is not None:
    run_results.show_run(run)
