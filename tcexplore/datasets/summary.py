"""Summary of a data set in words, and its hydrides compared with those of another, row by row."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tcexplore.datasets.dataset import Dataset
from tcexplore.datasets.records import DatasetError

HIGH_TC = 150  # K
SHOWN = 40  # rows listed for each reason that calls for a look
_EXPECTED = ("no label", "same material", "high variance")  # counted, not listed


def summary(dataset: Dataset) -> str:
    """Return the counts of rows kept, by source and kind of label, and left out, by reason."""
    rows = dataset.rows
    parts = [
        f"Kept {len(rows)} structures of {rows['formula'].nunique()} compositions in"
        f" {rows['chemical_system'].nunique()} chemical systems;"
        f" {rows['tc_reported'].eq(False).sum()} experiments report no Tc (tc = 0).",
        _kept(rows),
        _literature(rows),
        *(f"{note}." for note in dataset.metadata.get("notes", ())),  # type: ignore[union-attr]
    ]
    missing = dataset.metadata.get("missing_folders")
    if missing:
        parts.append(f"Folders missing: {', '.join(missing)}.")  # type: ignore[arg-type]
    parts.append(_left_out(dataset.dropped))
    parts.append(f"Inputs SHA-256: {dataset.metadata.get('inputs_sha256')}")
    return "\n\n".join(part for part in parts if part)


def _kept(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No rows."
    counts = rows.groupby(["source", "tc_kind"], sort=False).agg(
        structures=("formula", "size"),
        compositions=("formula", "nunique"),
        with_tc=("tc_reported", "sum"),
        hydrides=("family", lambda family: int((family == "hydride").sum())),
        highest_tc=("tc", "max"),
    )
    return counts.round(1).reset_index().to_string(index=False)


def _literature(rows: pd.DataFrame) -> str:
    """Return how many rows, phases and pressures the literature's hydrides and others have."""
    literature = rows[rows["quality"] != ""]
    if literature.empty:
        return ""
    weights = literature.groupby("quality")["weight"].agg(["size", "first"])
    pressures = literature.groupby("phase")["pressure_gpa"].nunique()
    of_quality = ", ".join(f"{n} {name} (weight {w:g})" for name, n, w in weights.itertuples())
    return (
        f"Literature rows with a quality: {of_quality}; {len(pressures)} phases,"
        f" {(pressures > 1).sum()} at several pressures, {(pressures > 2).sum()} at three or more;"
        f" {(literature['tc'] > HIGH_TC).sum()} rows above {HIGH_TC} K"
        f" ({(rows['tc'] > HIGH_TC).sum()} of all sources)."
    )


def _left_out(dropped: pd.DataFrame) -> str:
    if dropped.empty:
        return "Nothing was left out."
    counts = dropped.groupby(["source", "reason"], as_index=False).size()
    lines = [f"Left out: {len(dropped)}.", counts.to_string(index=False)]
    listed = dropped[~dropped["reason"].isin(_EXPECTED)]
    for reason, group in listed.groupby("reason"):
        lines.append(f"{reason}:")
        columns = (
            group.loc[:, ["source", "file", "reported_formula", "detail"]].head(SHOWN).to_numpy()
        )
        lines += [f"  {source}/{file} ({label}): {why}" for source, file, label, why in columns]
        if len(group) > SHOWN:
            lines.append(f"  and {len(group) - SHOWN} more")
    return "\n".join(lines)


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
