"""Record of one structure as it was read from a file."""

from __future__ import annotations

from dataclasses import dataclass

from pymatgen.core import Structure

from tcexplore.io.stated_pressure import FilePressure


@dataclass(frozen=True)
class ParsedStructure:
    """One structure of a file, before the checks that every structure must pass."""

    structure: Structure
    label: str = ""
    """Name of the structure within its file, such as ``data_MgB2`` or ``frame 2``."""
    notes: tuple[str, ...] = ()
    """Sentences in the user's words on how the file was read."""
    pressure: FilePressure | None = None
    """As the text of the file states it; None where it states none."""
