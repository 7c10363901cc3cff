"""A structure as a short text that fits into the address of a page, and back."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from pymatgen.core import Composition, Lattice, Structure

from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.io.text import printable

LONGEST_CODE = 6000  # characters; what servers and mail programs let pass
LONGEST_NOTE, MOST_NOTES = 400, 12  # characters of a note on reading, notes
LONGEST_TEXT = 200_000  # characters; 500 sites take a fifth of it
DIGITS = 6  # of fractional coordinates: 1e-5 Å in a cell of 10 Å, far below symprec


def reading_notes(structure: Structure) -> tuple[str, ...]:
    """Return the notes on reading the structure's file, sentences."""
    return tuple(structure.properties.get("warnings") or ())


def structure_code(structure: Structure) -> str | None:
    """Return lattice, species, fractional coordinates and notes as text for an address.

    Returns
    -------
    :
        Letters, digits, ``-`` and ``_``; None where it would be too long for a link.
    """
    lattice = [round(float(x), 8) for x in structure.lattice.matrix.ravel()]
    sites = [[_species_text(site.species), *_rounded(site.frac_coords)] for site in structure]
    notes = [note[:LONGEST_NOTE] for note in reading_notes(structure)[:MOST_NOTES]]
    text = json.dumps([lattice, sites, *([notes] if notes else [])], separators=(",", ":"))
    code = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return code if len(code) <= LONGEST_CODE else None


def _species_text(species: Composition) -> str:
    return "".join(f"{element.symbol}{amount:.6g}" for element, amount in species.items())


def _rounded(frac_coords: np.ndarray) -> list[float]:
    return [round(float(x), DIGITS) for x in frac_coords]


def structure_from_code(code: str) -> Structure:
    """Return the structure that `structure_code` wrote down, notes in its properties.

    Codes without notes are those of older versions, and of files that were read without any.

    Raises
    ------
    StructureError
        The text is cut off or changed, or what it holds is no crystal.
    """
    try:
        lattice, sites, *notes = _decoded(code)
        matrix = np.array(lattice, dtype=float).reshape(3, 3)
        species = [Composition(str(name)) for name, *_ in sites]
        coords = np.array([position for _, *position in sites], dtype=float).reshape(
            len(species), 3
        )
        structure = Structure(Lattice(matrix), species, coords, properties=_properties(*notes))
    except (ValueError, TypeError, KeyError, binascii.Error, zlib.error, RecursionError) as error:
        raise StructureError(
            "the structure in this link cannot be read: it was cut off or changed; ask for the link"
            " again, or for the file itself"
        ) from error
    check_structure(structure, name="the structure in this link")
    return structure


def _properties(notes: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the notes of a code as properties of a structure, cut as `structure_code` cuts."""
    if not isinstance(notes, list | tuple) or not all(isinstance(note, str) for note in notes):
        raise TypeError("notes are no list of sentences")
    return {"warnings": tuple(printable(note)[:LONGEST_NOTE] for note in notes[:MOST_NOTES])}


def _decoded(code: str) -> list[Any]:
    packed = base64.urlsafe_b64decode(code[:LONGEST_CODE] + "=" * (-len(code) % 4))
    text = zlib.decompressobj().decompress(packed, LONGEST_TEXT)
    return list(json.loads(text))
