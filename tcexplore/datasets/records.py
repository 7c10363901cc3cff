"""Candidate rows: a label, its source, and the file that holds the structure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

TcKind = Literal["experiment", "eliashberg", "allen_dynes", "literature"]


class DatasetError(ValueError):
    """Data that cannot be read; the message says value, expectation and remedy."""


@dataclass(frozen=True)
class Candidate:
    """One structure with its label, before its file has been opened."""

    source: str
    """Folder that the row is from, such as ``3DSC_MP``."""
    reported_formula: str
    """Formula as its source writes it."""
    path: Path
    """The structure's CIF."""
    tc: float
    """(K) Critical temperature; 0 in experiments means 'none reported'."""
    tc_kind: TcKind
    """Kind of the critical temperature: measured, computed or from the literature."""
    licence: str
    """Terms of the source, and whom to cite."""
    pressure: float = math.nan
    """(GPa) nan where the source does not say."""
    pressure_source: str = ""
    """``stated`` or, from the cell's volume, ``volume``; empty for ambient and unknown ones."""
    material_id: str = ""
    """Materials Project's number, empty for other structures."""
    weight: float = 1.0
    """Share of one label: 1 / structures that carry it; less where the row is less sound."""
    quality: str = ""
    """A, B or C in `hydrides_literature`, empty for other sources."""
    phase: str = ""
    """Formula and space group, where the source groups its rows by phase."""
    tc_range: tuple[float, ...] = ()
    """(K) Lowest and highest Tc of a row that another folder may hold too; empty for others."""


@dataclass(frozen=True)
class Dropped:
    """One row that was left out."""

    source: str
    """Folder that the row is from."""
    reported_formula: str
    """Formula as its source writes it."""
    file: str
    """File name of the structure or table."""
    reason: str
    """One of a few words that are counted."""
    detail: str
    """Value, expectation."""


@dataclass(frozen=True)
class Reading:
    """Rows of one reader."""

    candidates: tuple[Candidate, ...] = ()
    """Rows to be screened."""
    dropped: tuple[Dropped, ...] = ()
    """Rows left out already."""


def read_table(path: Path, *, columns: Iterable[str]) -> pd.DataFrame:
    """Return a csv's columns as text, with one row for each line.

    Raises
    ------
    DatasetError
        No table, or one without the columns.
    """
    try:
        # Without keep_default_na=False, sodium nitride would be read as 'not a number'.
        table = pd.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path.name}: no table in csv format ({error})") from None
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DatasetError(
            f"{path.name}: no column {missing[0]!r}; columns present: {', '.join(table.columns)}"
        )
    return table.loc[:, list(columns)].map(str.strip)


def number(text: str, *, name: str) -> float:
    """Return the non-negative number that a table's cell holds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise DatasetError(f"{name} is {text!r}; expected a number of at least 0")
    return value
