"""Corrections of faulty rows: left out, weighted, relabelled or given a pressure, by a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from tcexplore.datasets.records import Candidate, DatasetError, Dropped, Reading, read_table

TABLE = "corrections.csv"
REASON = "correction"
OUT_OF_TRAINING = "keep out of training"

Change = Callable[[Candidate], Candidate | None]
"""From a row to its corrected form, or None where it is left out."""

Changes = dict[tuple[str, str], tuple[Change, str, str]]
"""From folder and file to a change, the fault, and what to do in words."""

_NUMBER = r"(\d+(?:\.\d+)?)"
_REMARK = r"(?: \(.+\))?"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], Change]], ...] = (
    (re.compile(r"(drop)(?:; .+)?"), lambda _: lambda row: None),
    (re.compile(f"({OUT_OF_TRAINING})"), lambda _: lambda row: None),
    (
        re.compile(f"keep with weight {_NUMBER}{_REMARK}"),
        lambda value: lambda row: replace(row, weight=float(value)),
    ),
    (
        re.compile(f"label {_NUMBER} K{_REMARK}"),
        lambda value: lambda row: replace(row, tc=float(value)),
    ),
    (
        re.compile(f"keep; pressure about {_NUMBER} GPa"),
        lambda value: lambda row: replace(row, pressure=float(value), pressure_source="volume"),
    ),
)


def apply_corrections(
    reading: Reading, data_dir: Path, *, folders: Iterable[str]
) -> tuple[Reading, tuple[str, ...]]:
    """Return the rows of all readers, corrected by a data directory's table, and what it changed.

    Parameters
    ----------
    reading
        Rows of all folders that were read.
    data_dir
        Holds ``corrections.csv`` (columns ``folder``, ``cif``, ``fault``, ``do``), or no such file.
    folders
        Folders that a reader reads; a correction of another one may only keep it out of training.

    Raises
    ------
    DatasetError
        A correction that is not understood, or one of a row that its folder does not hold.
    """
    if not (data_dir / TABLE).is_file():
        return reading, ()
    columns = ("folder", "cif", "fault", "do")
    rows = {(row.source, row.path.name): row for row in reading.candidates}
    changes: Changes = {}
    for folder, cif, fault, do in read_table(data_dir / TABLE, columns=columns).to_numpy():
        change = _change(folder, cif, do)
        if folder not in folders:
            _check_no_reader(folder, cif, do)
        elif (data_dir / folder).is_dir():
            _check_row(folder, cif, rows)
            changes[folder, cif] = (change, fault, do)
    return _corrected(reading, changes)


def _change(folder: str, cif: str, do: str) -> Change:
    for form, change in _FORMS:
        match = form.fullmatch(do)
        if match:
            return change(match.group(1))
    raise DatasetError(
        f"{TABLE}: {folder}/{cif} says {do!r}; expected 'drop', 'keep with weight 0.3',"
        f" 'label 224 K', 'keep; pressure about 284 GPa' or {OUT_OF_TRAINING!r}"
    )


def _check_no_reader(folder: str, cif: str, do: str) -> None:
    if do != OUT_OF_TRAINING:
        raise DatasetError(
            f"{TABLE}: {folder}/{cif} says {do!r}, but no reader reads {folder!r}; expected"
            f" {OUT_OF_TRAINING!r}, or correct the folder"
        )


def _check_row(folder: str, cif: str, rows: dict[tuple[str, str], Candidate]) -> None:
    if (folder, cif) not in rows:
        raise DatasetError(
            f"{TABLE}: {folder} holds no row with the file {cif!r}; correct the file's name, or"
            " delete the correction"
        )


def _corrected(reading: Reading, changes: Changes) -> tuple[Reading, tuple[str, ...]]:
    kept, dropped, notes = [], list(reading.dropped), []
    for row in reading.candidates:
        name = row.path.name
        change, fault, do = changes.get((row.source, name), (lambda row: row, "", ""))
        corrected = change(row)
        if corrected is None:
            dropped.append(Dropped(row.source, row.reported_formula, name, REASON, fault))
            continue
        kept.append(corrected)
        if do:
            notes.append(f"Corrected: {row.source}/{name}: {do}")
    notes.append(f"Corrections: {len(dropped) - len(reading.dropped)} rows left out")
    return Reading(tuple(kept), tuple(dropped)), tuple(notes)
