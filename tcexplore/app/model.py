"""Model page: accuracy by evaluation split, failures, baselines, intervals, the paper's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from pymatgen.core import Composition

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import ENTRY
from tcexplore.app.choice.link import expect, linked, write
from tcexplore.app.parts.figure_menu import file_stem, show_figure_menu
from tcexplore.app.parts.study_page import CHART, PICKED
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.display.crystal.structure import neighbour_table
from tcexplore.display.labels import entry_name, formula_text, kind_text, plain, source_link
from tcexplore.display.model import figures, tables
from tcexplore.display.model import text as sentences
from tcexplore.display.model.terms import TERMS, terms_text
from tcexplore.display.pressure_slopes import slopes_figure, slopes_sentence, slopes_table
from tcexplore.model.nearest_known import Kept, nearest_known
from tcexplore.model.predictor import model_directory
from tcexplore.model.report import ROWS, SPLITS, ModelReport, read_report
from tcexplore.paper.display import errors_shown, table_2_shown, table_3_shown
from tcexplore.paper.kept_tables import KeptTables
from tcexplore.paper.tables import mean_errors, reduced_formula

N_LARGEST = 8
KEPT: dict[str, Kept] = {
    "chemical_system": "chemical system",
    "aside": "chemical system",
    "class": "chemical system",
    "formula": "formula",
}
"""Materials left out of training together with a test material, by split."""


def shipped_directory() -> Path:
    """Return the folder of the shipped model."""
    return model_directory(structure_choice.shipped_predictor().files.name)


@st.cache_resource(max_entries=2, show_spinner="Reading the predictions …")
def report_in(directory: Path) -> ModelReport | None:
    """Return the evaluation in a model's folder, None where there is none."""
    return read_report(directory, structure_choice.loaded_predictor().files.metrics)


@st.cache_data(max_entries=1, show_spinner=False)
def catalogue_formulas() -> dict[str, list[str]]:
    """Return the ids of the catalogue's entries by reduced formula."""
    entry_ids: dict[str, list[str]] = {}
    for entry in load_catalogue():
        entry_ids.setdefault(reduced_formula(entry.formula), []).append(entry.entry_id)
    return entry_ids


# --- how far it can be believed -----------------------------------------------------------------


def show_not_evaluated(name: str) -> None:
    """Show that a model was not evaluated, and the command that does so."""
    st.info(
        f"How far the model {plain(name)} can be believed is not known: nobody has evaluated it."
        f" `python -m tcexplore evaluate --data FILE --model {name}` does so and writes what this"
        " page shows."
    )


def show_answer(report: ModelReport) -> None:
    """Show the accuracy on the held-out materials, in sentences."""
    for text in sentences.answer(report):
        st.markdown(text)


def show_errors_by_class(report: ModelReport, kind: str) -> None:
    """Show the error of the shipped model beside those of baselines, by class and Tc."""
    st.subheader("MAE (K) by class and reported $T_c$", anchor=False)
    st.table(tables.class_table(report, kind), border="horizontal", hide_index=True)
    st.caption(
        f"Split: {SPLITS[kind].lower()}; all models trained on the same rows. Lowest in bold."
    )


def split_chosen(report: ModelReport) -> str:
    """Show the choice of the evaluation split and return it."""
    kinds = report.kinds
    kind = linked(
        st.segmented_control, "Evaluation split", kinds, default=kinds[0], required=True,
        key="split", format_func=SPLITS.__getitem__,
    )  # fmt: skip
    kind = kind or kinds[0]
    st.caption(sentences.SPLIT_TEXTS[kind])
    return kind


def show_parity(report: ModelReport, kind: str) -> None:
    """Show predicted against reported Tc, and beside it the material that was clicked."""
    st.subheader("Predicted against reported $T_c$", anchor=False)
    left, right = st.columns([3, 2], gap="medium")
    lines = report.lines(kind)
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            model = _model_chosen(report.models(kind))
            logarithmic = linked(st.toggle, "Logarithmic axes", key="log", value=False, width=170)
        picked = _picked_line(lines)
        figure = figures.parity_figure(lines, model, picked=picked, logarithmic=logarithmic)
        st.plotly_chart(
            figure, key="parity", on_select=_pick, selection_mode="points", config=CHART,
            alt=f"Predicted against reported Tc, {SPLITS[kind].lower()}",
        )  # fmt: skip
        show_figure_menu(
            lambda: figures.parity_figure(lines, model, logarithmic=logarithmic),
            file_stem(model, "parity", SPLITS[kind]),
        )
        st.caption(
            f"Split: {SPLITS[kind].lower()}. Click a point for its material."
            + (f" Below {figures.LEAST_TC:g} K drawn at that." if logarithmic else "")
        )
    with right:
        if picked is None:
            _show_largest_errors(lines, model)
        else:
            show_material(lines.loc[picked].to_dict(), report.models(kind), kind)


def _model_chosen(models: list[str]) -> str:
    model = linked(
        st.selectbox,
        "Model",
        models,
        key="model",
        format_func=tables.model_name,
        width=300,
    )
    return model if model in models else models[0]


def _pick() -> None:
    points = st.session_state["parity"].selection.points
    if points:
        write(PICKED, str(points[0]["customdata"][-1]))


def _picked_line(lines: pd.DataFrame) -> int | None:
    """Return the label of the line that was clicked, or that the page's address names."""
    text = st.query_params.get(PICKED, "")
    is_there = text.isdecimal() and int(text) in lines.index
    expect(PICKED, is_there, "a material that this split does not have", "the largest errors")
    return int(text) if is_there else None


def _show_largest_errors(lines: pd.DataFrame, model: str) -> None:
    st.subheader("Largest errors", anchor=False)
    errors = tables.largest_errors(lines, model, N_LARGEST)
    st.table(errors, border="horizontal", hide_index=True)


# --- one material -------------------------------------------------------------------------------


def show_material(line: dict[Any, Any], models: list[str], kind: str) -> None:
    """Show one held-out material: its reported Tc, the predictions, the nearest materials."""
    formula = str(line["formula"])
    st.subheader(f"{formula_text(formula)}: $T_c$ = {line['tc']:.4g} K", anchor=False)
    reported = kind_text(str(line["tc_kind"]))
    st.markdown(f"{reported[0].upper()}{reported[1:]}; source: {source_link(line['source'])}")
    predictions = tables.material_table(line, models)
    st.table(predictions, border="horizontal", hide_index=True)
    _show_ways_on(formula)
    kept = KEPT.get(kind, "nothing")
    training_materials = structure_choice.loaded_predictor().files.known
    near = nearest_known(Composition(formula), training_materials, without=kept)
    table = neighbour_table(near)[["Formula", "$T_c$ (K)", "Pressure", "Data", "Atoms exchanged"]]
    st.table(table, border="horizontal", hide_index=True)
    rest = "" if kept == "nothing" else f", without those of its own {kept}"
    st.caption(f"Nearest known materials by composition{rest}.")


def _show_ways_on(formula: str) -> None:
    """Link the structures of the catalogue that have this formula."""
    entries = {entry.entry_id: entry for entry in load_catalogue()}
    for entry_id in catalogue_formulas().get(reduced_formula(formula), []):
        label = f"Predict: {entry_name(entries[entry_id])}"
        query = {ENTRY: entry_id}
        st.page_link("pages/predict.py", label=label, query_params=query)


# --- in figures ---------------------------------------------------------------------------------


def show_failures(report: ModelReport) -> None:
    """Show the known failures of the model."""
    st.header("Where it fails", anchor=False)
    st.markdown("\n".join(f"- {text}" for text in sentences.known_failures(report)))


def show_scores(report: ModelReport, kind: str) -> None:
    """Show the scores of all models on the chosen split, on rows that can be chosen."""
    st.header("Baselines", anchor=False)
    names = [rows for rows in ROWS if len(report.scores(kind, rows))]
    rows = linked(
        st.selectbox, "Materials", names, key="rows", format_func=ROWS.__getitem__, width=260
    )
    table = tables.score_table(report, kind, rows if rows in names else names[0])
    st.table(table, border="horizontal", hide_index=True)
    st.caption(
        f"Split: {SPLITS[kind].lower()}; all models trained on the same rows. In brackets:"
        " 95\u202f% confidence interval, bootstrap over the groups of the split. Several seeds:"
        " their mean. Of the 50 highest: share of the 50 highest reported $T_c$ among the 50"
        " highest predicted. Paper's configuration: fewer epochs than in the paper, and only the"
        " elements that it counts."
    )


def show_bands(report: ModelReport) -> None:
    """Show coverage and width of the prediction intervals, by class."""
    coverage = report.metrics.get("coverage")
    calibration = report.metrics.get("calibration")
    if not coverage or not calibration:
        return
    st.header("Coverage of the prediction intervals", anchor=False)
    left, right = st.columns(2, gap="medium")
    with left:
        figure = figures.calibration_figure(calibration)
        st.plotly_chart(figure, config=CHART, alt="Share inside the intervals against their level")
    with right:
        table = tables.coverage_table(coverage)
        st.table(table, border="horizontal", hide_index=True)
    st.caption(
        "Split: by chemical system; the intervals of each fold are calibrated on the others. Their"
        " level holds over all materials, not for each class."
    )


def show_seen_formulas(report: ModelReport) -> None:
    """Show the share of test formulas that are in training, and the error with and without it."""
    st.header("Formulas in training and new formulas", anchor=False)
    table = tables.seen_table(report)
    st.table(table, border="horizontal", hide_index=True)
    st.caption(
        "A random split asks mostly for formulas in training, in another phase or entry; a new"
        " material is not among them."
    )


def show_no_tables(name: str) -> None:
    """Show which command predicts the tables that a model lacks."""
    st.info(
        f"`python -m tcexplore tables --model {name}` compares the model with the paper's tables"
        " and published slopes with pressure."
    )


def show_paper_tables(kept: KeptTables) -> None:
    """Show tables II and III of the paper with this model's values beside them."""
    st.header("Comparison with the paper", anchor=False)
    st.markdown(
        "Tables II and III of [arXiv:2301.10474](https://arxiv.org/abs/2301.10474), for the"
        " structures of the catalogue."
    )
    errors = errors_shown(mean_errors(kept.table_2))
    st.table(errors, border="horizontal", hide_index=True)
    with st.expander("Table II: hydrides with a reported $T_c$"):
        st.table(table_2_shown(kept.table_2), border="horizontal", hide_index=True)
    with st.expander("Table III: the paper's new hydrides, highest and lowest over the lattice"):
        st.table(table_3_shown(kept.table_3), border="horizontal", hide_index=True)
        st.caption("No reported values exist; the comparison is with the paper's network alone.")


def show_card(path: Path) -> None:
    """Show a model's card."""
    with st.expander("Model card"):
        st.markdown(path.read_text(encoding="utf-8"))


def show_pressure_slopes(slopes: pd.DataFrame) -> None:
    """Show the slope of Tc with pressure of the model beside what was published."""
    st.header("Under pressure", anchor=False)
    st.markdown(slopes_sentence(slopes))
    st.plotly_chart(slopes_figure(slopes), alt="Slope of Tc with pressure, model and published")
    st.table(slopes_table(slopes), border="horizontal", hide_index=True)
    st.caption(
        "Publications that give $T_c$ at three pressures or more with one μ*; lattices from the"
        " equation of state."
    )


def show_terms() -> None:
    """Show the meaning of the terms that all pages use."""
    st.header("Terms", anchor="terms")
    st.markdown(terms_text(*TERMS))
