"""Inverse-design page: lattice and coordinates moved towards the critical temperature asked for."""

import streamlit as st

from tcexplore.app import design
from tcexplore.app.choice import structure_choice
from tcexplore.app.parts import background_work, study_page
from tcexplore.display.design import TRIED
from tcexplore.display.labels import plain
from tcexplore.display.style import TC_AXIS

EXAMPLES = (
    study_page.Example("YH₉", "yh9-p63mmc-201gpa", {}),
    study_page.Example("LiH₆ from 150 to 350 GPa", "lih6-r-3m-300gpa",
                       {"bounds": design.PRESSURE, "between": (150, 350)}),
    study_page.Example("MgH₄ in P1", "mgh4-i4mmm-300gpa", {"group": design.P1}),
    study_page.Example("NaH₅ to 150 K", "nah5-p4mmm-300gpa",
                       {"goal": design.TARGET, "target": 150}),
    study_page.Example("H₃S: its lattice", "h3s-im-3m-200gpa", {}),
)  # fmt: skip
DEFAULTS = {
    "goal": design.HIGHEST, "target": 200, "move": design.BOTH, "group": design.SYMMETRY,
    "bounds": design.VOLUME, "volumes": (0.8, 1.25), "between": (100, 300), "starts": 2,
    "tried": 50, "out": False,
}  # fmt: skip
INTRO = """Lattice and free coordinates are moved, within bounds, to the highest predicted $T_c$ or
to a target. No pair of atoms comes closer than in training, and the crystal stays inside the
applicability domain unless you allow more."""

structure_choice.shipped_predictor()
choice = structure_choice.chosen_structure()
study_page.show_head("Inverse design", INTRO, EXAMPLES, DEFAULTS, choice)
if choice is None:
    study_page.wait_for_choice((TRIED, TC_AXIS))

try:
    request = design.request_chosen(choice)
    study = design.design_study(choice.structure, choice.pressure, request)
except ValueError as error:
    st.error(plain(str(error)))
    st.stop()

result = background_work.run_to_end(
    study, "Moving the crystal", design.show_path_so_far, stopped=design.STOPPED
)
design.show_design(choice, result)
