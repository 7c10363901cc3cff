"""Structures from vasprun.xml, of files that are cut short too."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.text import (
    leading_numbers,
    require_site_count,
)

if TYPE_CHECKING:
    pass


def vasprun_structures(text: str) -> list[ParsedStructure]:
    """Return the last structure of a vasprun.xml: its steps are one history of one crystal.

    Raises
    ------
    StructureError
        The file defines entities, or ends before its first structure.
    """
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise StructureError("defines XML entities, as no vasprun.xml does; give the file of VASP")
    if text.count("<modeling>") > 1:
        raise StructureError("holds several calculations (<modeling>); give one file for each")
    labels, steps, whole = _vasprun_elements(text)
    require_site_count(len(labels))
    if not steps:
        raise StructureError("holds no structure; check that the file is whole")
    readings = [element_from_label(label) for label in labels]
    vectors = _vectors(steps[-1], "crystal/varray[@name='basis']", 3)
    coords = _vectors(steps[-1], "varray[@name='positions']", len(labels))
    notes = [note for _, note in readings if note] + steps_notes(len(steps))
    if not whole:
        notes.append("The file is cut short; its last whole structure was used.")
    structure = Structure(vectors, [symbol for symbol, _ in readings], coords)
    return [ParsedStructure(structure, "structure 1", tuple(notes))]


def _vasprun_elements(text: str) -> tuple[list[str], list[Element], bool]:
    """Return the atoms' labels, the structure of each step, and whether the file is whole."""
    parser = XMLPullParser(["end"])
    labels, steps, start, whole = [], [], [], True
    try:
        parser.feed(text.encode())
        parser.close()
    except ParseError:
        whole = False
    with contextlib.suppress(ParseError):  # the parser tells of it once more, behind the last event
        for event in parser.read_events():
            element = event[1] if len(event) > 1 else None
            if not isinstance(element, Element):
                continue
            if element.tag == "atominfo":
                labels = [
                    row[0].text or "" for row in element.iterfind("array[@name='atoms']/set/rc")
                ]
            elif element.tag == "structure":
                (start if element.get("name") else steps).append(element)
    return labels, steps or start[:1], whole


def _vectors(element: Element, path: str, count: int) -> list[list[float]]:
    """Return the rows of three numbers in an array of a vasprun.xml."""
    rows = [leading_numbers(row.text or "") for row in element.iterfind(f"{path}/v")]
    if len(rows) != count or any(len(row) != 3 for row in rows):
        raise StructureError(
            f"has an array of {len(rows)} rows where {count} of three numbers were expected; check"
            " that the file is whole"
        )
    return rows


def steps_notes(count: int) -> list[str]:
    """Return a note where a calculation has several steps."""
    if count == 1:
        return []
    return [f"The file holds {count} steps of one calculation; the last structure was used."]
