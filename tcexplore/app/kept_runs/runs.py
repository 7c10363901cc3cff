"""Runs page: the list of kept runs, one of them with filters, two compared, deletion."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tcexplore.app.choice.address import is_back
from tcexplore.app.kept_runs.background_runs import background_runs
from tcexplore.app.kept_runs.run_results import RUN, best_rows
from tcexplore.batch.run import batch_progress
from tcexplore.batch.runs import Batch, delete_batch
from tcexplore.display.labels import formula_text, percent, plain
from tcexplore.display.search import INTERVAL, MODES, results_table
from tcexplore.run_folder.files import RunError
from tcexplore.search.query import Limits
from tcexplore.search.run import run_progress
from tcexplore.search.runs import Run, delete_run

LIMITS = {
    "tc": "Tc (K)",
    "pressure": "Pressure (GPa)",
    "h_h": "H–H (Å)",
    "metal_h": "Metal–H (Å)",
    "percentile": "Domain (percentile)",
}
ERROR = "deletion_error"  # session state
SEARCHES, BATCHES = "runs-table", "batches-table"  # keys of the lists


def show_list(runs: list[Run]) -> list[Run]:
    """Show the runs; return those that are selected, that of the page's address if none is."""
    named = [row for row, run in enumerate(runs) if run.folder.name == st.query_params.get(RUN)]
    if is_back():
        st.session_state[SEARCHES] = {"selection": {"rows": named}}
    event = st.dataframe(
        pd.DataFrame([_line(run) for run in runs]), hide_index=True, key=SEARCHES,
        on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    st.caption("Select a run to see its results, two to compare them.")
    if chosen := [runs[row] for row in event.selection.rows if row < len(runs)]:
        st.query_params[RUN] = chosen[0].folder.name
        return chosen
    return [runs[row] for row in named]


def _line(run: Run) -> dict[str, object]:
    progress = run_progress(run)
    state = "finished" if progress.is_finished else percent(progress.share)
    if background_runs().is_under_way(run.folder):
        state = f"under way, {state}"
    return {
        "Started (UTC)": run.manifest["created"][:16].replace("T", " "),
        "Parent": run.manifest["parent_name"],
        "Variants": MODES[run.settings.mode],
        "State": state,
        "Tried": f"{progress.n_drawn:,}",
        "Pass limits": f"{progress.n_kept:,}",
        "Model": run.manifest["model"],
        "Version": run.manifest["version"],
        "Run": run.folder.name,
    }


def limits_chosen(run: Run) -> tuple[Limits, tuple[str, ...]]:
    """Show the filters of a run's rows and return them."""
    limits: dict[str, tuple[float | None, float | None]] = {}
    with st.expander("Filter"):
        symbols = sorted({symbol for group in run.search.space.groups for symbol in group.elements})
        elements = st.multiselect("With one of these elements", symbols, placeholder="any")
        for (name, label), column in zip(LIMITS.items(), st.columns(len(LIMITS)), strict=True):
            least = column.number_input(
                f"{label}, least", value=None, key=f"least-{name}", placeholder="no limit"
            )
            most = column.number_input(
                f"{label}, most", value=None, key=f"most-{name}", placeholder="no limit"
            )
            if least is not None or most is not None:
                limits[name] = least, most
    return limits, tuple(elements)


def show_comparison(first: Run, second: Run) -> None:
    """Show the best variants of two runs side by side, and those that both have."""
    tables = [best_rows(run, {}) for run in (first, second)]
    for run, table, column in zip((first, second), tables, st.columns(2), strict=True):
        with column:
            st.subheader(plain(run.folder.name), anchor=False)
            if table.empty:
                st.info("No variant yet.")
                continue
            shown = results_table(table.head(10))
            st.dataframe(shown[["Formula", "Tc (K)", INTERVAL, "Domain"]], hide_index=True)
    if any(table.empty for table in tables):
        return
    both = _both(*tables)
    st.subheader("Formulas among the best of both", anchor=False)
    st.caption("Of each run's best 2,000; the highest of each formula.")
    st.dataframe(both, hide_index=True)


def _both(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    columns = ["formula", "tc"]
    best = [
        table.loc[:, columns].sort_values("tc").drop_duplicates("formula", keep="last")
        for table in (first, second)
    ]
    both = best[0].merge(best[1], on="formula", suffixes=("_first", "_second"))
    both = both.sort_values("tc_first", ascending=False).head(200)
    return pd.DataFrame(
        {
            "Formula": both["formula"].map(formula_text),
            "Tc, first (K)": both["tc_first"].round(1),
            "Tc, second (K)": both["tc_second"].round(1),
            "Difference (K)": (both["tc_second"] - both["tc_first"]).round(1),
        }
    )


def show_deletion(run: Run | Batch) -> None:
    """Show the button that deletes a run, behind a question."""
    with st.popover("Delete this run"):
        st.markdown(f"Delete **{plain(run.folder.name)}** and all of its results?")
        is_under_way = background_runs().is_under_way(run.folder)
        if is_under_way:
            st.caption("It is under way: stop it first.")
        st.button(
            "Delete", type="primary", key=f"delete-{run.folder.name}", on_click=_delete,
            args=(run,), disabled=is_under_way,
        )  # fmt: skip
    if error := st.session_state.pop(ERROR, ""):
        st.error(plain(error))


def _delete(run: Run | Batch) -> None:
    try:
        delete_run(run) if isinstance(run, Run) else delete_batch(run)
    except (RunError, OSError) as error:
        st.session_state[ERROR] = str(error)
        return
    st.query_params.pop(RUN, None)
    for key in (SEARCHES, BATCHES):
        st.session_state.pop(key, None)


def show_batches(batches: list[Batch]) -> None:
    """Show the batches of files; a selected one is opened on its own page, or deleted."""
    st.subheader("Batches of files", anchor=False)
    if not batches:
        st.info("No batch yet. The Batch page and the command `tcexplore predict --run` start one.")
        return
    event = st.dataframe(
        pd.DataFrame([_batch_line(batch) for batch in batches]), hide_index=True, key=BATCHES,
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    for row in event.selection.rows[:1]:
        with st.container(horizontal=True, vertical_alignment="center"):
            name = batches[row].folder.name
            st.page_link("pages/batch.py", label="Open the batch", query_params={RUN: name})
            show_deletion(batches[row])


def _batch_line(batch: Batch) -> dict[str, object]:
    progress = batch_progress(batch)
    return {
        "Started (UTC)": batch.manifest["created"][:16].replace("T", " "),
        "Files": batch.name,
        "State": "finished" if progress.share >= 1 else percent(progress.share),
        "Number of files": batch.n_files,
        "Model": batch.manifest["model"],
        "Run": batch.folder.name,
    }
