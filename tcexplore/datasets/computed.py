"""Structures with computed critical temperatures: two sets of hydrides, and JARVIS."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tcexplore.datasets.records import (
    Candidate,
    DatasetError,
    Dropped,
    Reading,
    TcKind,
    number,
    read_table,
)

ELIASHBERG_FOLDER = "hydrides"
LITERATURE_FOLDER = "supercon3d_hydrides"
JARVIS_FOLDER = "jarvis_dft"
CELL_PRESSURES = "tables/hydride_cell_pressures.csv"  # in the data directory


class _Set(NamedTuple):
    """Properties that all rows of one folder share."""

    folder: str
    table: str
    tc_kind: TcKind
    tc_columns: tuple[str, ...]  # their mean is the label
    licence: str
    pressure: float = math.nan  # GPa
    pressure_column: str = ""
    cell_pressures: str = ""  # set in the table of cell pressures


_ELIASHBERG = _Set(
    ELIASHBERG_FOLDER,
    "hydrides.csv",
    "eliashberg",
    ("tc_low", "tc_high"),
    "not stated; cite Shipley et al., PRB 104, 054501 (2021)",
    pressure_column="pressure_gpa",
)
_LITERATURE = _Set(
    LITERATURE_FOLDER,
    "hydrides.csv",
    "literature",
    ("tc",),
    "not stated; cite SuperCon3D (NeurIPS 2024 Datasets and Benchmarks)",
    cell_pressures="supercon3d",
)
_JARVIS = _Set(
    JARVIS_FOLDER,
    "jarvis_dft.csv",
    "allen_dynes",
    ("tc",),
    "not stated; cite NIST JARVIS, arXiv:2205.00060",
    pressure=0.0,
)


def read_hydrides(folder: Path) -> Reading:
    """Return hydrides under pressure, labelled by the mean (K) of their range over µ*."""
    return _read(folder, _ELIASHBERG)


def read_supercon3d_hydrides(folder: Path) -> Reading:
    """Return hydrides from the literature, pressures from the table beside their folder, if any."""
    return _read(folder, _LITERATURE)


def read_jarvis(folder: Path) -> Reading:
    """Return JARVIS's compounds, by McMillan, Allen and Dynes at 0 GPa."""
    return _read(folder, _JARVIS)


def _read(folder: Path, kind: _Set) -> Reading:
    extra = (kind.pressure_column,) if kind.pressure_column else ()
    columns = ("cif", "formula", *kind.tc_columns, *extra)
    pressures = _cell_pressures(folder.parent / CELL_PRESSURES, kind.cell_pressures)
    candidates, dropped = [], []
    for row in read_table(folder / kind.table, columns=columns).to_dict("records"):
        try:
            candidate = _candidate(folder, kind, row)
            candidates.append(_with_pressure(candidate, pressures))
        except DatasetError as error:
            lost = Dropped(kind.folder, row["formula"], row["cif"], "unreadable label", str(error))
            dropped.append(lost)
    return Reading(tuple(candidates), tuple(dropped))


def _candidate(folder: Path, kind: _Set, row: dict) -> Candidate:
    temperatures = [number(row[column], name=column) for column in kind.tc_columns]
    pressure, pressure_source = kind.pressure, ""
    if kind.pressure_column:
        pressure = number(row[kind.pressure_column], name=kind.pressure_column)
        pressure_source = "stated"
    return Candidate(
        source=kind.folder,
        reported_formula=row["formula"],
        path=folder / row["cif"],
        tc=sum(temperatures) / len(temperatures),
        tc_kind=kind.tc_kind,
        licence=kind.licence,
        pressure=pressure,
        pressure_source=pressure_source,
    )


def _cell_pressures(path: Path, set_name: str) -> dict[str, tuple[float, str]]:
    """Return the pressure (GPa) of each file, the stated one first, and where it is from."""
    if not set_name or not path.is_file():
        return {}
    columns = ("set", "file", "pressure_stated", "pressure_from_volume")
    table = read_table(path, columns=columns)
    pressures: dict[str, tuple[float, str]] = {}
    for _, file, stated, volume in table[table["set"] == set_name].itertuples(index=False):
        if stated:
            pressures[file] = number(stated, name="pressure_stated"), "stated"
        elif volume:
            pressures[file] = number(volume, name="pressure_from_volume"), "volume"
    return pressures


def _with_pressure(candidate: Candidate, pressures: dict[str, tuple[float, str]]) -> Candidate:
    pressure = (candidate.pressure, candidate.pressure_source)
    pressure, source = pressures.get(candidate.path.name, pressure)
    return replace(candidate, pressure=pressure, pressure_source=source)
