"""Results of a search's run on a page: state, table, scatter plot, one variant, downloads."""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import expect, write
from tcexplore.app.kept_runs.background_runs import background_runs, show_state
from tcexplore.app.parts.figure_menu import file_stem, show_figure_menu
from tcexplore.app.parts.study_page import CHART, show_file_and_links
from tcexplore.display.labels import formula_text, plain, with_band
from tcexplore.display.pressure import pressure_sentence
from tcexplore.display.search import (
    QUANTITIES,
    domain_words,
    outcome_sentence,
    results_table,
    run_sentence,
    scatter_figure,
    with_band_width,
)
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.run_folder.files import RunError
from tcexplore.search.query import Limits, export_run, run_rows, variant_structure, with_formulas
from tcexplore.search.run import Progress, run_progress, run_steps
from tcexplore.search.runs import RUNS, Run, read_run

RUN, VARIANT = "run", "variant"  # names in the page's address
SECONDS = 1.0  # between two looks at a run under way
DRAWN = 2000  # rows in the scatter plot at most
DIGITS = {
    "Tc (K)": 1, "Pressure (GPa)": 0, "H–H (Å)": 2, "Metal–H (Å)": 2, "Lattice scale": 3,
}  # fmt: skip
COLUMNS: dict[str, Any] = {
    name: st.column_config.NumberColumn(format=f"%.{digits}f") for name, digits in DIGITS.items()
}


def run_of_address() -> Run | None:
    """Return the run that the page's address names; say so where there is none."""
    if (name := st.query_params.get(RUN)) is None:
        return None
    try:
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise RunError(f"no run is called {name!r}")
        return read_run(RUNS / name)
    except RunError as error:
        st.error(f"This link asks for a run that is not here: {plain(str(error)[:200])}")
        return None


def show_run(run: Run, *, limits: Limits | None = None, elements: tuple[str, ...] = ()) -> None:
    """Show a run: how far it is, and what it found.

    Parameters
    ----------
    limits
        As `run_rows`.
    elements
        Symbols of which each row shown holds one; all rows where there are none.
    """
    is_under_way = background_runs().is_under_way(run.folder)
    if is_under_way:
        st.fragment(_watch, run_every=SECONDS)(run)
    else:
        _show_progress(run)
    rows = best_rows(run, limits or {}, elements)
    _show_outcome(run, rows, is_under_way=is_under_way)
    if rows.empty:
        return
    _show_table(rows, run)
    show_downloads(run)
    left, right = st.columns(2, gap="medium")
    with left:
        _show_scatter(run, rows)
    with right:
        _show_variant(run, rows)


def _watch(run: Run) -> None:
    """Show how far a run under way is; at its end the whole page is drawn anew."""
    progress = _show_progress(run)
    if not background_runs().is_under_way(run.folder):
        st.rerun()
    if progress.n_drawn and st.button("Show the results so far", key="so-far"):
        st.rerun()


def _show_progress(run: Run) -> Progress:
    progress = run_progress(run)
    resume = functools.partial(run_steps, structure_choice.loaded_predictor(), run)
    show_state(run.folder, progress, resume)
    return progress


def _show_outcome(run: Run, rows: pd.DataFrame, *, is_under_way: bool) -> None:
    """Show how many variants pass, the best one, and what was asked for."""
    progress = run_progress(run)
    if progress.n_drawn:
        st.markdown(outcome_sentence(run, progress.n_kept, progress.n_drawn, rows))
    st.caption(plain(run_sentence(run)))
    if rows.empty:
        st.info(
            "No variant yet."
            if is_under_way
            else "No variant passes these limits; widen or remove one of them."
        )


def best_rows(run: Run, limits: Limits, elements: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the best rows of a run with formulas, some thousands at most."""
    made = str(run.folder), str(run.manifest["created"]), len(run.parts)
    return _best_rows(*made, dict(limits), elements)


@st.cache_data(max_entries=8, show_spinner=False)
def _best_rows(
    folder: str, created: str, n_parts: int, limits: Limits, elements: tuple[str, ...]
) -> pd.DataFrame:
    """Return the best rows of a run that has so many parts; computed once for all sessions."""
    run = read_run(Path(folder))
    rows = run_rows(run, count=None if elements else DRAWN, limits=limits, order_by=_order(run))
    if rows.empty:
        return rows
    if elements:
        holds = rows[list(run.search.space.names)].isin(elements).any(axis=1)
        rows = rows.loc[holds].head(DRAWN)
    return with_band_width(with_formulas(rows, run.search))


def _order(run: Run) -> str:
    return run.search.objective


def _show_table(rows: pd.DataFrame, run: Run) -> None:
    count = st.segmented_control(
        "Rows", [10, 50, 200], default=10, required=True, key="rows",
        format_func="Best {}".format, label_visibility="collapsed",
    )  # fmt: skip
    shown, key = rows.head(count or 10), f"results-{run.folder.name}"
    st.dataframe(
        results_table(shown), hide_index=True, key=key, selection_mode="single-row",
        column_config=COLUMNS,
        on_select=functools.partial(_pick_row, key, shown["assignment"].tolist()),
    )  # fmt: skip


def _pick_row(key: str, assignments: list[int]) -> None:
    if chosen := st.session_state[key].selection.rows:
        write(VARIANT, str(assignments[chosen[0]]))


def _show_scatter(run: Run, rows: pd.DataFrame) -> None:
    left, right = st.columns(2)
    has_pressure = len(set(rows["pressure"].dropna().round())) > 1
    names = list(QUANTITIES)
    x = left.selectbox(
        "Horizontal axis", names, index=names.index("pressure" if has_pressure else "h_h"),
        key="along", format_func=_title,
    )  # fmt: skip
    y = right.selectbox("Vertical axis", names, index=0, key="up", format_func=_title)
    stem = file_stem(run.folder.name, y, "against", x)
    show_figure_menu(lambda: scatter_figure(rows, x, y), stem)
    st.plotly_chart(
        scatter_figure(rows, x, y, _picked(rows)), key="scatter", on_select=_pick_point,
        selection_mode="points", config=CHART, alt=f"{_title(y)} against {_title(x)}",
    )  # fmt: skip


def _title(name: str) -> str:
    return re.sub(r"<[^>]+>", "", QUANTITIES[name])


def _pick_point() -> None:
    points = st.session_state["scatter"].selection.points
    if points:
        write(VARIANT, str(int(points[0]["customdata"][0])))


def _picked(rows: pd.DataFrame) -> int | None:
    """Return the assignment that the page's address names, where it is among the rows."""
    text = st.query_params.get(VARIANT, "")
    is_there = text.isdecimal() and int(text) in set(rows["assignment"])
    expect(VARIANT, is_there, "a variant that is not among these", "the best one")
    return int(text) if is_there else None


def _show_variant(run: Run, rows: pd.DataFrame) -> None:
    """Show the variant that was picked, the best one where none was."""
    picked = _picked(rows)
    row = rows.iloc[0] if picked is None else rows[rows["assignment"] == picked].iloc[0]
    structure = variant_structure(run.search, int(row["assignment"]), float(row["scale"]))
    formula = str(row["formula"])
    tc = with_band(f"{row['tc']:.1f} K", row["tc_low"], row["tc_high"])
    st.subheader(f"{formula_text(formula)}: $T_c$ = {tc}", anchor=False)
    [word] = domain_words(np.array([row["percentile"]]))
    trained = f"In training: **{'yes' if bool(row['in_training']) else 'no'}**."
    st.markdown(f"Applicability domain: **{word}**. {trained}")
    st.markdown(pressure_sentence(crystal_pressure(structure)))
    structure_choice.show_cell(structure, formula)
    show_file_and_links(Choice(structure, f"{formula}-from-{run.folder.name}"))


def show_downloads(run: Run) -> None:
    """Offer all rows of a run as CSV and Parquet, written when asked for."""
    with st.container(horizontal=True):
        for label, suffix in (("All rows (CSV)", "csv"), ("All rows (Parquet)", "parquet")):
            st.download_button(
                label, functools.partial(_exported, run, suffix), f"{run.folder.name}.{suffix}",
                on_click="ignore", key=f"{suffix}-{run.folder.name}",
            )  # fmt: skip


def _exported(run: Run, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{suffix}"
        export_run(run, path, order_by=_order(run))
        return path.read_bytes()
