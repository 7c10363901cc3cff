"""Comparison of the hydrides of two data sets, row by row."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tcexplore.datasets.dataset import Dataset
from tcexplore.datasets.records import DatasetError

ROW = ("source", "file", "reported_formula")
COLUMNS = ("tc", "weight", "pressure_gpa")
TITLES = {"tc": "relabelled (K)", "weight": "reweighted", "pressure_gpa": "other pressure (GPa)"}


def hydride_changes(old: Path, new: Dataset) -> str:
    """Return the hydrides added, removed, relabelled, reweighted, or at another pressure.

    Parameters
    ----------
    old
        Parquet file of a data set, which may be of an older version.
    """
    before, after = (_hydrides(rows) for rows in (_stored_rows(old), new.rows))
    both = before.add_suffix("_old").join(after, how="inner")
    parts = [
        f"Hydrides: {len(before)} before, {len(after)} after.",
        _listed("added", after.loc[~after.index.isin(before.index)]),
        _listed("removed", _with_reasons(before.loc[~before.index.isin(after.index)], new.dropped)),
        *(_changed(both, name) for name in COLUMNS),
    ]
    return "\n".join(part for part in parts if part)


def _stored_rows(path: Path) -> pd.DataFrame:
    try:
        return pq.read_table(path, columns=["family", "tc_kind", *ROW, *COLUMNS]).to_pandas()
    except (OSError, pa.ArrowInvalid) as error:
        raise DatasetError(
            f"{path} is no data set of tcexplore ({error}); name one to compare with"
        ) from None


def _hydrides(rows: pd.DataFrame) -> pd.DataFrame:
    hydrides = rows.loc[rows["family"] == "hydride"].set_index(list(ROW))
    return hydrides.loc[:, ["tc_kind", *COLUMNS]].sort_index()


def _with_reasons(rows: pd.DataFrame, dropped: pd.DataFrame) -> pd.DataFrame:
    reasons = dropped.drop_duplicates(list(ROW)).set_index(list(ROW))
    reasons = reasons.loc[:, ["reason", "detail"]]
    return rows.join(reasons)


def _listed(title: str, rows: pd.DataFrame) -> str:
    lines = [f"{title}: {len(rows)}"]
    for name, tc_kind, tc, weight, pressure, *reason in rows.itertuples(name=None):
        values = f"{tc:g} K, {tc_kind}, weight {weight:g}, {pressure:g} GPa"
        lines.append("  " + "; ".join([f"{_name(name)}: {values}", *map(str, reason)]))
    return "\n".join(lines)


def _changed(both: pd.DataFrame, column: str) -> str:
    pairs = zip(both.index, both[f"{column}_old"], both[column], strict=True)
    lines = [
        f"  {_name(name)}: {was:g} to {now:g}"
        for name, was, now in pairs
        if was != now and not (math.isnan(was) and math.isnan(now))
    ]
    return "\n".join([f"{TITLES[column]}: {len(lines)}", *lines])


def _name(row: tuple[str, str, str]) -> str:
    return f"{row[0]}/{row[1]} ({row[2]})"
