"""Table of the predictions for many files, as text, CSV or JSON, as `predict` prints it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from tcexplore.display.domain import training_cell

TABLE = {
    "file": "file", "structure": "structure", "formula": "formula", "tc": "Tc / K",
    "pressure_gpa": "P / GPa", "space_group": "space group", "domain": "domain",
    "in_training": "in training",
}  # fmt: skip
Row = Mapping[str, str | float | None]


def formatted(rows: Sequence[Row], form: str, *, has_labels: bool = False) -> str:
    """Return rows as ``table``, ``csv`` or ``json``, each ending in a line feed.

    Parameters
    ----------
    rows
        Of `Outcome.row`, at least one.
    form
        Name of the form.
    has_labels
        Whether there is a column for the label of each structure in its file.
    """
    rows = _with_labels(rows, has_labels=has_labels)
    if form == "json":
        return json.dumps([*map(dict, rows)], indent=1, ensure_ascii=False) + "\n"
    if form == "csv":
        return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
    return _table(pd.DataFrame(rows))


def write_rows(rows: Sequence[Row], path: Path, *, has_labels: bool = False) -> None:
    """Write rows as Parquet, JSON or, by any other suffix, CSV."""
    if path.suffix == ".parquet":
        pd.DataFrame(_with_labels(rows, has_labels=has_labels)).to_parquet(path, index=False)
    else:
        form = "json" if path.suffix == ".json" else "csv"
        path.write_text(formatted(rows, form, has_labels=has_labels), encoding="utf-8")


def _with_labels(rows: Sequence[Row], *, has_labels: bool) -> Sequence[Row]:
    """Return rows with the labels of the structures in their files, or without."""
    if has_labels:
        return rows
    return [{name: row[name] for name in row if name != "structure"} for row in rows]


def _table(rows: pd.DataFrame) -> str:
    """Return the columns that fit on a terminal, Tc to a tenth of a kelvin."""
    kelvin = ["not predicted" if math.isnan(tc) else f"{tc:.1f}" for tc in rows["tc"].astype(float)]
    pressures = map(_pressure_text, rows["pressure_gpa"].astype(float))
    trained = map(training_cell, rows["in_training"], rows["tc_held_out"].astype(float))
    shown = (
        rows.assign(tc=kelvin, in_training=list(trained), pressure_gpa=list(pressures))
        .filter(items=list(TABLE))
        .rename(columns=TABLE)
    )
    return shown.to_markdown(index=False, tablefmt="plain", disable_numparse=True) + "\n"


def _pressure_text(pressure: float) -> str:
    return "" if math.isnan(pressure) else f"{pressure:.0f}"
