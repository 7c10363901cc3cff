"""Hydrides of the literature whose cell, pressure, method and quality are stated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tcexplore.datasets import computed
from tcexplore.datasets.records import (
    Candidate,
    DatasetError,
    Dropped,
    Reading,
    TcKind,
    number,
    read_table,
)

Value = TypeVar("Value")

FOLDER = "hydrides_literature"
TABLE = "tc.csv"
WEIGHTS = {"A": 1.0, "B": 0.7, "C": 0.3}  # by quality
TC_KINDS: dict[str, TcKind] = {
    "experiment": "experiment",
    "eliashberg": "eliashberg",
    "allen_dynes": "allen_dynes",
    "unstated": "literature",
}
OTHER_FAMILY = "jarvis_on_shipley_cells"  # labels of another group on the cells of `hydrides`
SAME_PRESSURE = 0.05  # of the pressure; cells of one phase nearer than this count as one crystal
SAME_TC = 0.1  # of Tc; a calculation is quoted rounded, and at one or the other µ*
COLUMNS = (
    "cif",
    "set",
    "formula",
    "pressure_gpa",
    "tc_k",
    "tc_low",
    "tc_high",
    "method",
    "quality",
    "phase_key",
    "duplicate_of_shared",
    "source_doi",
    "repo",
    "licence",
)


def read_hydrides_literature(folder: Path) -> Reading:
    """Return hydrides of the literature, each pressure of a phase as a row of its own.

    The column ``method`` gives the kind of Tc: ``experiment``, ``eliashberg`` and ``allen_dynes``
    are themselves, ``unstated`` is ``literature``. The weight follows from the quality, `WEIGHTS`;
    the set ``jarvis_on_shipley_cells`` is a label family of its own, so all its rows have quality
    C, those on the very cell of another row too.
    """
    candidates, dropped = [], []
    for row in read_table(folder / TABLE, columns=COLUMNS).to_dict("records"):
        try:
            candidates.append(_candidate(folder, row))
        except DatasetError as error:
            lost = Dropped(FOLDER, row["formula"], row["cif"], "unreadable label", str(error))
            dropped.append(lost)
    return Reading(tuple(candidates), tuple(dropped))


def _candidate(folder: Path, row: dict[str, str]) -> Candidate:
    is_other_family = row["set"] == OTHER_FAMILY
    quality = "C" if is_other_family else row["quality"]
    pressure = number(row["pressure_gpa"], name="pressure_gpa") if row["pressure_gpa"] else math.nan
    return Candidate(
        source=FOLDER,
        reported_formula=row["formula"],
        path=folder / "cifs" / row["cif"],
        tc=number(row["tc_k"], name="tc_k"),
        tc_kind=_choice(row["method"], TC_KINDS, name="method"),
        licence=f"{row['licence']}; cite {row['source_doi'] or row['repo']}",
        pressure=pressure,
        pressure_source="" if math.isnan(pressure) else "stated",
        weight=_choice(quality, WEIGHTS, name="quality"),
        quality=quality,
        phase=row["phase_key"],
        tc_range=() if is_other_family else _repeated_range(row),
    )


def _choice(text: str, values: Mapping[str, Value], *, name: str) -> Value:
    if text not in values:
        raise DatasetError(f"{name} is {text!r}; expected {', '.join(values)}")
    return values[text]


def _repeated_range(row: dict[str, str]) -> tuple[float, ...]:
    """Return (K) the lowest and highest Tc of a row that another folder may hold too."""
    is_repeated = _choice(row["duplicate_of_shared"], {"yes": True, "": False}, name="duplicate")
    limits = [number(row[name] or row["tc_k"], name=name) for name in ("tc_low", "tc_high")]
    return tuple(limits) if is_repeated and row["method"] != "experiment" else ()


def repeated_rows(candidates: Sequence[Candidate], phases: Sequence[str]) -> dict[int, str]:
    """Return the rows that repeat another one, each with the row that stays, by index.

    The table marks rows whose phase and pressure another folder holds too. Of such a pair the
    better founded row stays: a direct solution of the Eliashberg equations (`hydrides`) before the
    formula of Allen and Dynes, and a row whose pressure, method and µ* are stated before one of
    SuperCon3D with the same Tc. Where SuperCon3D's Tc is a different one, it is another
    calculation, and both stay; so does a measured Tc beside a computed one.

    Parameters
    ----------
    candidates
        Rows of all folders.
    phases
        Formula and space group of each.
    """
    repeated: dict[int, str] = {}
    for i in (i for i, row in enumerate(candidates) if row.tc_range and phases[i]):
        same_phase = [j for j, phase in enumerate(phases) if phase == phases[i]]
        sounder = [j for j in same_phase if _is_sounder(candidates[j], candidates[i])]
        if sounder:
            repeated[i] = row_name(candidates[sounder[0]])
        else:
            weaker = [j for j in same_phase if _is_same_calculation(candidates[j], candidates[i])]
            repeated |= dict.fromkeys(weaker, row_name(candidates[i]))
    return repeated


def _is_sounder(row: Candidate, marked: Candidate) -> bool:
    is_near = abs(row.pressure - marked.pressure) <= SAME_PRESSURE * marked.pressure
    return row.source == computed.ELIASHBERG_FOLDER and is_near


def _is_same_calculation(row: Candidate, marked: Candidate) -> bool:
    low, high = marked.tc_range
    is_near = (1 - SAME_TC) * low <= row.tc <= (1 + SAME_TC) * high
    return row.source == computed.LITERATURE_FOLDER and is_near


def row_name(row: Candidate) -> str:
    """Return folder, file and Tc of a row, for messages."""
    return f"{row.source}/{row.path.name} ({row.tc:g} K)"
