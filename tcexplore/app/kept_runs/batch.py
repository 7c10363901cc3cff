"""Batch page: uploads, runs under way, the table, the scatter plot and the picked structure."""

from __future__ import annotations

import math
import re
import secrets
import time
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice.address import Choice
from tcexplore.app.choice.link import expect, linked, write
from tcexplore.app.choice.structure_choice import loaded_predictor, show_cell
from tcexplore.app.kept_runs.background_runs import background_runs, show_state
from tcexplore.app.parts.study_page import CHART, PICKED, show_file_and_links
from tcexplore.batch.query import batch_structure, batch_table
from tcexplore.batch.run import batch_progress, batch_steps, start_batch
from tcexplore.batch.runs import RUNS, Batch, list_batches, read_batch
from tcexplore.batch.sources import upload_sources
from tcexplore.display.batch import AXES, HEADS, scatter_figure, shown_columns
from tcexplore.display.labels import formula_text, percent, plain, tc_text, with_band
from tcexplore.display.pressure import PRESSURE_COLUMNS, pressure_sentence
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.io.text import shortened
from tcexplore.model.applicability_domain import DOMAIN_PHRASES
from tcexplore.run_folder.files import RunError

RUN = "run"  # name in the address
FILES, TABLE, PLOT = "batch_files", "batch_table", "batch_plot"  # keys of widgets
GENERATION = "batch_generation"  # session state: a new one empties the field for files
LARGEST_UPLOAD = 200  # MB of one file, such as an archive
SECONDS = 2.0  # between looks at a run under way
N_RECENT = 5
AXIS_LABELS = {"across": "Horizontal axis", "up": "Vertical axis"}
TABLE_HEIGHT = 360  # CSS pixels
INTRO = """$T_c$ of many structures at once, from structure files, files that hold several, or zip
archives. A CSV table with the columns *file* and *pressure* (GPa) may state their pressures."""


# --- runs ---------------------------------------------------------------------------------------


def show_uploads() -> None:
    """Show the field for files and, where there are some, the button that starts a batch."""
    generation = st.session_state.setdefault(GENERATION, 0)
    files = st.file_uploader(
        "Files of a new batch",
        accept_multiple_files=True,
        key=f"{FILES}_{generation}",
        max_upload_size=LARGEST_UPLOAD,
        help="Up to 5 MB and 500 sites a structure file, 200 MB an archive; for hundreds of files"
        " make a zip archive. All stay on the machine that runs this app.",
    )
    if files and st.button(f"Predict {_files_text(len(files))}", type="primary"):
        with st.spinner("Copying the files …"):
            try:
                batch = _new_batch([(file.name, file.getvalue()) for file in files])
            except (RunError, OSError) as error:  # such as a disk that is full
                st.error(plain(str(error)))
                return
        background_runs().start(batch.folder, partial(batch_steps, loaded_predictor(), batch))
        st.session_state[GENERATION] = generation + 1
        _pick(None)
        st.query_params[RUN] = batch.folder.name
        st.rerun()


def _files_text(count: int) -> str:
    return f"{count:,} files" if count > 1 else "1 file"


def _new_batch(uploads: list[tuple[str, bytes]]) -> Batch:
    first = shortened(uploads[0][0])
    name = first if len(uploads) == 1 else f"{first} and {len(uploads) - 1} more"
    folder = RUNS / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    predictor = loaded_predictor()
    return start_batch(
        folder, predictor, upload_sources(uploads), model=predictor.files.name, name=name
    )


def chosen_batch() -> Batch | None:
    """Return the batch that the page's address names, None where it names none.

    Raises
    ------
    RunError
        There is no such batch.
    """
    name = st.query_params.get(RUN)
    if name is None:
        return None
    if not re.fullmatch(r"\w[\w.-]{0,99}", name):
        raise RunError(f"no batch is called {name[:60]!r}; expected a name of letters and digits")
    return read_batch(RUNS / name)


def show_recent(chosen: Batch | None) -> None:
    """Show links to the newest batches, folded away where one is chosen."""
    others = [batch for batch in list_batches() if chosen is None or batch.folder != chosen.folder]
    if not others:
        return
    with st.expander("Latest batches", expanded=chosen is None):
        for batch in others[:N_RECENT]:
            progress = batch_progress(batch)
            state = "" if progress.is_finished else f", {percent(progress.share)} done"
            text = f"{batch.name}: {_files_text(batch.n_files)}{state}, {_created(batch)}"
            query = {RUN: batch.folder.name}
            st.page_link("pages/batch.py", label=plain(text), query_params=query)


def _created(batch: Batch) -> str:
    return f"{batch.manifest['created'][:16].replace('T', ' ')} UTC"


def show_batch(batch: Batch) -> None:
    """Show a batch; while it is under way, again and again."""
    is_under_way = background_runs().is_under_way(batch.folder)
    show = st.fragment(_show_batch, run_every=SECONDS if is_under_way else None)
    show(batch, is_under_way)


def _show_batch(batch: Batch, was_under_way: bool) -> None:
    if background_runs().is_under_way(batch.folder) != was_under_way:
        st.rerun()
    _show_progress(batch)
    table = rows_of(str(batch.folder), str(batch.manifest["created"]), len(batch.parts))
    if len(table):
        picked = picked_row(table)
        show_table(table, picked)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            show_scatter(table if not was_under_way else table.head(_steady(len(table))), picked)
        with right:
            show_picked(batch, table, picked)
        show_downloads(table, batch.folder.name)


def _steady(count: int) -> int:
    """Return a number of rows that grows by a quarter: a plot that is drawn anew flickers."""
    return int(1.25 ** int(math.log(count, 1.25))) if count > 1 else count


def _show_progress(batch: Batch) -> None:
    progress = batch_progress(batch)
    st.subheader(plain(batch.name or batch.folder.name), anchor=False)
    show_state(batch.folder, progress, partial(batch_steps, loaded_predictor(), batch))
    refused = f", {progress.n_refused:,} not: see the table" if progress.n_refused else ""
    st.markdown(
        f"{progress.n_done:,} of {_files_text(progress.n_files)}:"
        f" **{progress.n_predicted:,} structures predicted**{refused}."
    )


@st.cache_data(max_entries=4, show_spinner=False)
def rows_of(folder: str, created: str, n_parts: int) -> pd.DataFrame:
    """Return the rows of a batch that has so many parts."""
    return batch_table(read_batch(Path(folder))).to_pandas()


# --- table, plot and picked row -----------------------------------------------------------------


def picked_row(table: pd.DataFrame) -> int | None:
    """Return the number of the row that was picked, None where none was."""
    text = st.query_params.get(PICKED, "")
    is_there = text.isdecimal() and 1 <= int(text) <= len(table)
    expect(PICKED, is_there, "a row that this batch does not have", "none")
    return int(text) if is_there else None


def _pick(number: int | None) -> None:
    """Pick a row by its number in the address of the page; the table follows."""
    write(PICKED, None if number is None else str(number))


def show_table(table: pd.DataFrame, picked: int | None) -> None:
    """Show the sortable table, on it the picked row."""
    rows = [] if picked is None else [picked - 1]
    if st.session_state.get(TABLE, {}).get("selection", {}).get("rows") != rows:
        st.session_state[TABLE] = {"selection": {"rows": rows}}
    st.dataframe(
        shown_columns(table),
        key=TABLE,
        height=TABLE_HEIGHT,
        hide_index=True,
        placeholder="",
        column_config={name: _column(name, head) for name, head in HEADS.items()},
        on_select=_pick_from_table,
        selection_mode="single-row",
        lazy=False,
        alt="Predictions of the batch",
    )


def _column(name: str, head: str) -> Any:  # noqa: ANN401 Streamlit's own type is for checkers alone
    """Return how a column of the table looks."""
    if name.startswith("tc") or name in PRESSURE_COLUMNS:
        return st.column_config.NumberColumn(head, format="%.1f" if "tc" in name else "%.0f")
    if name in ("h_h", "volume_per_atom"):
        return st.column_config.NumberColumn(head, format="%.2f")
    if name in ("warnings", "error"):
        return st.column_config.TextColumn(head, width="medium")
    return head


def _pick_from_table() -> None:
    rows = st.session_state[TABLE]["selection"]["rows"]
    _pick(rows[0] + 1 if rows else None)


def show_scatter(table: pd.DataFrame, picked: int | None) -> None:
    """Show any two columns against each other; a click on a point picks its row."""
    axes = [name for name in AXES if len(table[name].dropna())]
    if not axes:
        st.info("No structure was predicted; the reasons stand in the table.")
        return
    with st.container(horizontal=True):
        x, y = (_axis_chosen(key, axes, default) for key, default in (
            ("across", "volume_per_atom"), ("up", "tc"),
        ))  # fmt: skip
    st.plotly_chart(
        scatter_figure(table, x, y, picked),
        key=PLOT, on_select=_pick_from_plot, selection_mode="points", config=CHART,
        alt=f"{HEADS[y]} against {HEADS[x]}",
    )  # fmt: skip
    st.caption(
        f"{len(table[[x, y]].dropna()):,} of {len(table):,} rows have both values. Colour:"
        " applicability domain. Click a point or a row for its structure."
    )


def _axis_chosen(key: str, axes: list[str], default: str) -> str:
    chosen = linked(
        st.selectbox, AXIS_LABELS[key], axes, index=axes.index(default),
        format_func=HEADS.__getitem__, key=key, width=220,
    )  # fmt: skip
    return chosen if chosen in axes else default


def _pick_from_plot() -> None:
    points = st.session_state[PLOT]["selection"]["points"]
    if points and points[0].get("customdata"):
        _pick(int(points[0]["customdata"][0]))


@st.cache_data(max_entries=32, show_spinner=False)
def structure_of(folder: str, created: str, number: int) -> Structure | None:
    """Return the structure of a row, None where the file could not be read."""
    return batch_structure(read_batch(Path(folder)), number)


def show_picked(batch: Batch, table: pd.DataFrame, picked: int | None) -> None:
    """Show the picked structure with its prediction, its cell in 3D and the ways on."""
    if picked is None:
        st.info("Click a row of the table or a point of the plot for its structure.")
        return
    row = table.iloc[picked - 1].to_dict()
    structure = structure_of(str(batch.folder), str(batch.manifest["created"]), picked)
    name = ", ".join(filter(None, [row["file"], row["structure"]]))
    title = formula_text(row["formula"]) or "No structure"
    st.markdown(f"**{plain(title)}** · {plain(name)}")
    if row["error"]:
        st.error(plain(f"Not predicted: {name}: {row['error']}"))
    else:
        tc = with_band(f"{tc_text(row['tc'])} K", row["tc_low"], row["tc_high"])
        domain = DOMAIN_PHRASES.get(row["domain"], "applicability domain not known")
        st.markdown(f"$T_c$ = **{tc}**, {domain}")
    if structure is not None:
        stated = row["pressure_gpa"] if row["pressure_source"] == "stated" else None
        pressure = crystal_pressure(structure, stated)
        st.markdown(pressure_sentence(pressure, row["pressure_origin"] or ""))
        show_cell(structure, name)
        show_file_and_links(Choice(structure, name, stated_pressure=stated))
    for note in filter(None, [row["warnings"]]):
        st.caption(plain(note))


def show_downloads(table: pd.DataFrame, stem: str) -> None:
    """Offer the table as CSV and as Parquet."""
    with st.container(horizontal=True):
        st.download_button(
            "Table (CSV)", lambda: table.to_csv(index=False), f"{stem}.csv", on_click="ignore"
        )
        st.download_button(
            "Table (Parquet)", lambda: table.to_parquet(index=False), f"{stem}.parquet",
            on_click="ignore",
        )  # fmt: skip
