"""Materials of an element swap: the one that was clicked, the best ones, their files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import linked
from tcexplore.app.element_swap import SwapSettings
from tcexplore.app.parts.figure_menu import file_stem
from tcexplore.app.parts.study_page import CHART, show_file_and_links
from tcexplore.display.domain import trained_lattices_sentence, training_cell
from tcexplore.display.element_swap import best_pairs
from tcexplore.display.labels import band_text, formula_text, plain, with_band
from tcexplore.display.lattice_dome import dome_figure
from tcexplore.display.pressure import pressure_sentence
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.handover.archive import best_cifs
from tcexplore.model.applicability_domain import OUTSIDE
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.swap_dome import swap_dome

DOME_SCALES = np.linspace(0.5, 2.0, 121)
DOME_HEIGHT = 280  # CSS pixels
COLUMNS = {
    name: st.column_config.NumberColumn(format=f"%.{digits}f")
    for name, digits in {"Tc (K)": 1, "a (Å)": 3, "Scale": 2, "Pressure (GPa)": 0}.items()
}


def show_material(
    choice: Choice, swap: ElementSwap, table: pd.DataFrame, pair: tuple[str, str]
) -> None:
    """Show one material of the map: Tc, pressure, domain, its dome, its cell, the ways on."""
    try:
        structure = swap.structure(*pair)
    except ValueError as error:
        st.info(plain(str(error)))
        return
    formula = structure.composition.reduced_formula
    index = swap.y.index(pair[1]), swap.x.index(pair[0])
    tc = with_band(f"{swap.tc[index]:.1f} K", swap.tc_low[index], swap.tc_high[index])
    st.subheader(f"{formula_text(formula)}: $T_c$ = {tc}", anchor=False)
    [row] = table.loc[(table["x"] == pair[0]) & (table["y"] == pair[1])].to_dict("records")
    trained = training_cell(row["in_training"], row["tc_held_out"])
    st.markdown(f"Applicability domain: **{row['domain']}**. In training: **{trained}**.")
    st.markdown(pressure_sentence(crystal_pressure(structure)))
    line = swap_dome(
        structure_choice.loaded_predictor(), swap, x=pair[0], y=pair[1], scales=DOME_SCALES
    )
    if trained := trained_lattices_sentence(line):
        st.markdown(trained)
    figure = dome_figure({formula_text(formula): line}).update_layout(height=DOME_HEIGHT)
    st.plotly_chart(figure, config=CHART, alt=f"Tc of {formula} against a")
    structure_choice.show_cell(structure, formula)
    show_file_and_links(choice.derived(structure, f"{formula}-from-the-map"))


def show_best(table: pd.DataFrame, settings: SwapSettings) -> pd.DataFrame:
    """Show the materials of a swap table with the highest Tc and return their rows."""
    st.subheader("Highest $T_c$", anchor=False)
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    symbols = sorted({*table["x"], *table["y"]} - {""})
    wanted = linked(
        left.multiselect, "With one of these elements", symbols, key="holding", placeholder="any"
    )
    seen = linked(middle.toggle, "In domain only", key="seen", value=False)
    count = linked(right.number_input, "Materials", 1, 200, 20, key="best")
    if wanted:
        table = table.loc[table["x"].isin(wanted) | table["y"].isin(wanted)]
    if seen:
        table = table.loc[table["domain"] != OUTSIDE]
    best = best_pairs(table, count)
    if best.empty:
        st.info("No predicted material passes these filters; take one of them away.")
        return best
    shown = _shown_columns(best)
    shown = shown if settings.y_sites else shown.drop(columns="Y")
    if set(best["scale"]) == {1.0}:
        shown = shown.drop(columns="Scale")
    st.dataframe(shown, hide_index=True, placeholder="not known", column_config=COLUMNS)
    return best


def _shown_columns(best: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the best materials with the names and digits of the screen."""
    shown = pd.DataFrame(
        {
            "Formula": best["formula"].map(formula_text),
            "X": best["x"],
            "Y": best["y"],
            "Tc (K)": best["tc"],
            "a (Å)": best["a"],
            "Scale": best["scale"],
            "Pressure (GPa)": best["pressure_gpa"],
            "Domain": best["domain"],
            "In training": [
                training_cell(*pair)
                for pair in zip(best["in_training"], best["tc_held_out"], strict=True)
            ],
        }
    )
    if np.isfinite(best["tc_low"].to_numpy(float)).any():
        ends = zip(best["tc_low"], best["tc_high"], strict=True)
        shown.insert(4, "Interval", [band_text(*pair) for pair in ends])
    return shown


def swap_stem(swap: ElementSwap, settings: SwapSettings) -> str:
    """Return how the names of a swap's files begin."""
    formula = swap.scan.parent.structure.composition.reduced_formula
    return file_stem(formula, "swap", settings.lattices.name)


def show_best_cifs(swap: ElementSwap, best: pd.DataFrame, stem: str) -> None:
    """Offer the best materials as CIFs."""
    st.download_button(
        f"CIFs of the best {len(best)} (ZIP)", lambda: best_cifs(swap, best),
        f"{stem}-cifs.zip", "application/zip", on_click="ignore", disabled=best.empty,
    )  # fmt: skip
