"""Pressure that a file states: in a title, in an item of a CIF, in the file's own name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pymatgen.core import Structure

HIGHEST_PRESSURE = 1000.0  # GPa
PROPERTY = "file_pressure"  # of a structure: value and origin
TITLE, NAME, USER = "the file's title", "the file's name", "the user"
LONGEST_TEXT = 300  # characters that are looked at
IN_GPA = re.compile(
    r"(?<![A-Za-z0-9.,])(\d{1,6}(?:\.\d{1,6})?)(?:\(\d{1,3}\))?[ _]{0,2}GPa(?![A-Za-z0-9])", re.I
)
INDEFINITE = re.compile(
    r"(?:(?<![A-Za-z\d.])\d[\d.]*\s*[-/]|\b(?:to|and|or|above|below|over|under)|[<>±–—−]"
    r"|(?:^|[\s=:(])-)\s*$",
    re.I,
)
"""What stands before a number that is an end of a range, an error, a limit, or negative."""
OTHER_QUANTITY = re.compile(r"modul|stress|strain|hardness", re.I)


@dataclass(frozen=True)
class FilePressure:
    """Pressure of a structure as its file states it."""

    value: float
    """(GPa) 0 for ambient."""
    origin: str
    """Where it stands, such as ``the file's title``."""


def pressure_in(text: str, origin: str) -> FilePressure | None:
    """Return the one pressure that a text gives in GPa, such as ``LaH10_150GPa``.

    None where there is none or more than one, or where the number may be something else: a range, a
    limit, a modulus.
    """
    text = text[:LONGEST_TEXT]
    found = list(IN_GPA.finditer(text))
    is_plain = not any(INDEFINITE.search(text[: match.start()]) for match in found)
    values = {float(match[1]) for match in found}
    if len(values) != 1 or not is_plain or OTHER_QUANTITY.search(text):
        return None
    return FilePressure(values.pop(), origin)


def settled_pressure(
    stated: Iterable[FilePressure | None],
) -> tuple[FilePressure | None, list[str]]:
    """Return the pressure that the parts of a file state, and a note where it is in doubt.

    It is the first one; None where one of them cannot be, or they contradict each other.
    """
    told = [pressure for pressure in stated if pressure is not None]
    for pressure in told:
        if not 0 <= pressure.value <= HIGHEST_PRESSURE:
            return None, [
                f"A pressure of {pressure.value:g} GPa stands in {pressure.origin}; expected 0 to"
                f" {HIGHEST_PRESSURE:g} GPa. The pressure counts as unknown."
            ]
    if len({pressure.value for pressure in told}) > 1:
        each = ", ".join(f"{pressure.value:g} GPa in {pressure.origin}" for pressure in told)
        return None, [f"The file states two pressures: {each}. The pressure counts as unknown."]
    return (told[0] if told else None), []


def file_pressure(structure: Structure) -> FilePressure | None:
    """Return the pressure that the file of a structure states, None where it states none."""
    told = structure.properties.get(PROPERTY)
    return FilePressure(*told) if told else None
