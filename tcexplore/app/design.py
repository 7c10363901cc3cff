"""Inverse-design page: goal and bounds, the path as a curve and a film, start beside end."""

from __future__ import annotations

import numpy as np
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import linked
from tcexplore.app.parts import figure_menu, study_page
from tcexplore.app.parts.background_work import ResumableStudy, start
from tcexplore.app.parts.viewer import show_film
from tcexplore.design.frames import path_frames
from tcexplore.design.optimise import design_steps
from tcexplore.design.request import DesignRequest
from tcexplore.design.result import Design
from tcexplore.display.design import (
    FRANK,
    design_figure,
    design_sentences,
    design_table,
    frame_text,
    start_end_table,
)
from tcexplore.display.labels import plain
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.view3d.scene import build_scene

HIGHEST, TARGET, LOWER = "highest Tc", "target Tc", "highest lower end of the interval"
SYMMETRY, P1 = "kept", "P1: everything moves"
BOTH, LATTICE, ATOMS = "lattice and coordinates", "lattice only", "coordinates only"
VOLUME, PRESSURE = "volume", "pressure"
STOPPED = "the best crystal so far; going on may find a better one"
VIEW_HEIGHT = 400  # CSS pixels
MOST_FRAMES, LEAST_FRAMES, FRAME_SITES = 61, 13, 2000  # sites of all frames together


def request_chosen(choice: Choice) -> DesignRequest:
    """Show the choices and return what is wanted."""
    first, second, third = st.columns(3)
    with first:
        goal = linked(st.selectbox, "Look for", [HIGHEST, TARGET, LOWER], key="goal")
        target = None
        if goal == TARGET:
            target = linked(st.slider, "Target Tc (K)", 0, 400, 200, 5, key="target")
        moving = linked(st.selectbox, "Move", [BOTH, LATTICE, ATOMS], key="move")
    with second:
        kept = linked(st.selectbox, "Space group", [SYMMETRY, P1], key="group")
        volumes, pressures = _bounds_chosen(choice, moving)
    with third:
        starts = linked(st.slider, "Starting points", 1, 8, 2, key="starts")
        most = linked(
            st.select_slider, "Crystals tried from each start", [50, 100, 200, 500, 1000], 50,
            key="tried",
        )  # fmt: skip
        outside = linked(st.toggle, "May leave the applicability domain", key="out")
    return DesignRequest(
        target=target,
        quantity="tc_low" if goal == LOWER else "tc",
        keeps_symmetry=kept == SYMMETRY,
        moves_lattice=moving != ATOMS,
        moves_atoms=moving != LATTICE,
        volume_range=volumes,
        pressure_range=pressures,
        inside_only=not outside,
        starts=starts,
        evaluations=int(most),
    )


def _bounds_chosen(
    choice: Choice, moving: str
) -> tuple[tuple[float, float], tuple[float, float] | None]:
    """Show the bounds of the lattice; return those of the relative volume, and in GPa or None."""
    volumes = DesignRequest().volume_range
    if moving == ATOMS:
        return volumes, None
    reason = pressure_scale(choice.structure, choice.pressure).reason
    kinds = [VOLUME, PRESSURE] if reason is None else [VOLUME]
    if st.session_state.get("bounds", VOLUME) not in kinds:
        st.session_state["bounds"] = VOLUME
    kind = linked(
        st.selectbox, "Bounds on", kinds, key="bounds",
        help=None if reason is None else f"No pressures: {reason}.",
    )  # fmt: skip
    if kind == PRESSURE:
        low, high = linked(st.slider, "Pressure (GPa)", 50, 500, (100, 300), 10, key="between")
        return volumes, (float(low), float(high))
    low, high = linked(st.slider, "Volume / given volume", 0.5, 2.0, volumes, 0.05, key="volumes")
    return (low, high), None


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=structure_choice.KEYS)
def design_study(
    structure: Structure, stated: float | None, request: DesignRequest
) -> ResumableStudy[Design]:
    """Return the inverse design of a structure, under way.

    Raises
    ------
    ValueError
        As `design_steps`.
    """
    predictor = structure_choice.loaded_predictor()
    return start(design_steps(predictor, structure, request, stated_pressure=stated))


def show_path_so_far(design: Design, key: str) -> None:
    """Show the paths of a design that is still being computed."""
    study_page.show_chart(design_figure(design), "The paths so far", key)


def show_design(choice: Choice, design: Design) -> None:
    """Show a design: words, curve, film, start beside end, files."""
    outcome, *details = [
        plain(sentence).replace(plain("T_c"), "$T_c$") for sentence in design_sentences(design)
    ]
    st.markdown(f"**{outcome}** {' '.join(details)}")
    figure = design_figure(design)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        study_page.show_chart(figure, "Predicted Tc and pressure along the path of each start")
        table = start_end_table(design).rename(index=lambda name: name.replace("Tc", "$T_c$"))
        st.table(table, border="horizontal")
    with right:
        _show_film(design)
    end = design.best.end.structure
    study_page.show_file_and_links(
        choice.derived(end, f"{choice.name}-designed"), label="End (CIF)"
    )
    study_page.show_terms("interval", "domain", "pressure", first=FRANK)
    stem = figure_menu.file_stem(choice.name, "design")
    figure_menu.show_downloads(design_table(design), lambda: figure, stem)


def _show_film(design: Design) -> None:
    """Show the best path in 3D, in the canonical cell."""
    n_sites = len(design.parent.structure)
    most = int(np.clip(FRAME_SITES // n_sites, LEAST_FRAMES, MOST_FRAMES))
    frames = path_frames(design, design.best, most=most)
    formula = design.parent.structure.composition.reduced_formula
    scenes = [build_scene(frame.structure, subject=f"{formula} design") for frame in frames]
    labels = [frame_text(frame) for frame in frames]
    show_film(scenes, labels, key="film", height=VIEW_HEIGHT)
