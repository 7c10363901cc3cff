"""Pressure that a CIF states: the dictionary defines its items in kilopascals."""

from __future__ import annotations

import re

from tcexplore.io.cif.text import DIFFRACTION_PRESSURE, CifBlock, number
from tcexplore.io.stated_pressure import FilePressure, settled_pressure
from tcexplore.io.text import shortened

ITEMS = ("_cell_measurement_pressure", DIFFRACTION_PRESSURE)
KILOPASCAL = 1e-6  # GPa
AMBIENT = (0.0, 120.0)  # kPa
LEAST_APPLIED = 1000.0  # kPa; a smaller number that is not ambient was meant in another unit


def block_pressure(block: CifBlock) -> tuple[FilePressure | None, list[str]]:
    """Return the pressure of a data block, and notes on one that is not used."""
    told, notes = [], []
    for item in ITEMS:
        if (text := block.first(item)) is None:
            continue
        if (value := _gigapascals(text)) is None:
            notes.append(
                f"The file gives {shortened(text)!r} as {item}, which is defined in kPa; it is not"
                " used, as its unit is in doubt: state the pressure in GPa."
            )
        else:
            told.append(FilePressure(value, f"the file's {item}"))
    pressure, doubts = settled_pressure(told)
    return pressure, [*notes, *doubts]


def _gigapascals(text: str) -> float | None:
    """Return the pressure (GPa) of an item's text, None where its unit is in doubt."""
    words = re.fullmatch(r"(\S+?)\s*(kPa|GPa)?", text, re.I)
    value = number(words[1]) if words else float("nan")
    if words and (words[2] or "").lower() == "gpa" and value == value:
        return value
    low, high = AMBIENT
    if low <= value <= high:
        return 0.0
    return value * KILOPASCAL if value >= LEAST_APPLIED else None
