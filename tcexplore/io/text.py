"""Numbers of all readers: in a text, of sites and structures; and lines cut for messages."""

from __future__ import annotations

import math
import re

from tcexplore.crystal.structure import MAX_SITES, StructureError

MAX_STRUCTURES = 1000
"""Of one file."""


def number(text: str) -> float:
    """Return the number that a text writes, Fortran's ``0.5D+00`` among them; nan for no number."""
    if not re.fullmatch(r"[-+]?\.?\d[-+.\deEdD]{0,60}", text):
        return math.nan
    try:
        return float(text.replace("D", "E").replace("d", "e"))
    except ValueError:
        return math.nan


def leading_numbers(line: str) -> list[float]:
    """Return the numbers at the start of a line, up to the first word that is none."""
    values: list[float] = []
    for word in line.split():
        value = number(word)
        if math.isnan(value):
            break
        values.append(value)
    return values


def require_site_count(count: int, *, listed: int | None = None) -> None:
    """Raise `StructureError` where a structure has no or too many atoms, or lists too few."""
    if count < 1:
        raise StructureError("lists no atoms; give a structure with at least one site")
    if count > MAX_SITES:
        raise StructureError(
            f"has {count:.6g} sites, more than the {MAX_SITES} that can be predicted;"
            " give its primitive cell"
        )
    if listed is not None and listed < count:
        raise StructureError(f"announces {count} atoms but lists {listed}; the file is cut short")


def require_structure_count(count: int) -> None:
    """Raise `StructureError` where a file holds more structures than are read."""
    if count > MAX_STRUCTURES:
        raise StructureError(
            f"holds more than {MAX_STRUCTURES} structures; split it into several files"
        )


def shortened(text: str, *, length: int = 40) -> str:
    """Return the first line of a text without control characters, cut at a length."""
    clean = printable(text.strip().split("\n", 1)[0][: 2 * length])
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def printable(text: str) -> str:
    """Return a text with blanks for its control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
