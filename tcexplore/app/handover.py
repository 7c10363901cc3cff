"""Predict page: files of the cell for other programs, an input of a relaxation, the report."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.structure_choice import loaded_predictor
from tcexplore.app.parts.study_page import download_structure
from tcexplore.display.labels import plain
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.handover.at_pressure import cell_at_pressure
from tcexplore.handover.formats import ESPRESSO_INPUT, file_name, structure_text
from tcexplore.handover.report import build_candidate, report_html
from tcexplore.io.stated_pressure import HIGHEST_PRESSURE
from tcexplore.model.predictor import TcPrediction
from tcexplore.view3d.export import scene_html
from tcexplore.view3d.scene import build_scene

ORDERED_ONLY = ("poscar", "extxyz")
MIXED = "No POSCAR, extended XYZ or Quantum ESPRESSO input: these have no partial occupancies."
CELLS = ("As given", "Canonical")


def show_downloads(choice: Choice, prediction: TcPrediction | None) -> None:
    """Offer the cell, as given or canonical, in the formats of other programs."""
    st.subheader("Files for other programs", anchor=False)
    cells = {CELLS[0]: choice.structure}
    if prediction:
        cells[CELLS[1]] = prediction.cell.structure
    with st.container(horizontal=True, vertical_alignment="center"):
        which = st.segmented_control(
            "Which cell", list(cells), default=CELLS[0], required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        cell, stem = cells[which or CELLS[0]], f"{choice.name}-{(which or CELLS[0]).lower()}"
        for form in ("cif", *ORDERED_ONLY * cell.is_ordered, "json"):
            download_structure(cell, stem, form=form)
        scene = build_scene(cell, subject=stem)
        st.download_button(
            "3D view (HTML)", lambda: scene_html(scene), f"{scene.file_stem}.html",
            on_click="ignore",
        )  # fmt: skip
        if prediction:
            _show_report(choice)
    st.caption("CIF: always the conventional cell, with its space group.")
    if cell.is_ordered:
        _show_relaxation(choice, cell, stem)
    else:
        st.caption(MIXED)


def _show_relaxation(choice: Choice, cell: Structure, stem: str) -> None:
    """Offer an input of a relaxation at a pressure, its cell scaled to the volume there."""
    own = choice.pressure
    if own is None:
        own = round(crystal_pressure(choice.structure).estimated or 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pressure = st.number_input(
            "Pressure (GPa)", 0.0, HIGHEST_PRESSURE, float(own), 10.0,
            format="%g", width=160, key=f"relaxation-{choice.name}",
        )  # fmt: skip
        scaled = cell_at_pressure(cell, pressure, stated=choice.pressure)
        content = lambda: structure_text(scaled.structure, ESPRESSO_INPUT, pressure=pressure)  # noqa: E731
        st.download_button(
            "Quantum ESPRESSO relaxation", content, file_name(f"{stem}-{pressure:g}GPa", "in"),
            on_click="ignore",
        )  # fmt: skip
    st.caption(f"vc-relax of pw.x with vdW-DF2; name your pseudopotentials. {plain(scaled.note)}")


def _show_report(choice: Choice) -> None:
    """Offer the report, made when it is asked for."""

    def content() -> str:
        candidate = build_candidate(
            loaded_predictor(),
            choice.structure,
            choice.name,
            entry=choice.entry,
            stated_pressure=choice.pressure,
        )
        return report_html(candidate, made=datetime.now(UTC))

    st.download_button(
        "Report (HTML)", content, file_name(f"{choice.name}-report", "html"), on_click="ignore"
    )
