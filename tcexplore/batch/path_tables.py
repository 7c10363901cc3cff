"""Table of paths: a CSV or TSV file that lists structure files, with their pressures if known."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsers import file_text
from tcexplore.io.stated_pressure import HIGHEST_PRESSURE
from tcexplore.io.text import number, shortened

SUFFIXES = (".csv", ".tsv")
FILE_COLUMNS = ("file", "path", "filename", "file name", "file_name")
PRESSURE_COLUMNS = ("pressure", "pressure_gpa", "pressure (gpa)")
SOURCE_COLUMN = "pressure_source"
"""Column of this program's own tables: what it estimated is not taken for stated."""


@dataclass(frozen=True)
class TableLine:
    """One line of a table of paths."""

    path: str
    pressure: float | None
    """(GPa) None where the line states none."""
    note: str
    """Sentence on a pressure that was not understood, empty where there is none."""


def is_table(name: str) -> bool:
    """Return whether a file is a table, by its name."""
    return name.lower().endswith(SUFFIXES)


def table_lines(content: bytes) -> list[TableLine]:
    """Return the lines of a table of paths.

    Raises
    ------
    StructureError
        There is no column of paths, or no line below the header.
    """
    text = file_text(content)
    header = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max("\t;,", key=header.count))
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if not set(names) & set(FILE_COLUMNS):
        raise StructureError(
            f"is a table without a column 'file' or 'path', but {shortened(header)!r}; name the"
            " column of the structure files so"
        )
    reader.fieldnames = names
    try:
        lines = list(_lines(reader))
    except csv.Error as error:
        raise StructureError(
            f"cannot be read as a table in line {reader.line_num} ({error}); check the line"
        ) from None
    if not lines:
        raise StructureError("is a table without lines; list structure files below its header")
    return lines


def _lines(reader: csv.DictReader[str]) -> Iterator[TableLine]:
    for cells in reader:
        path = _cell(cells, FILE_COLUMNS)
        if path:
            yield TableLine(path, *_pressure(cells, reader.line_num))


def _cell(cells: Mapping[str, str | None], names: tuple[str, ...]) -> str:
    """Return the first cell that is filled of some columns, empty where none is."""
    texts = ((cells.get(name) or "").strip() for name in names)
    return next(filter(None, texts), "")


def _pressure(cells: Mapping[str, str | None], line: int) -> tuple[float | None, str]:
    """Return the stated pressure (GPa) of a line, and a note where it is not understood."""
    text = _cell(cells, PRESSURE_COLUMNS)
    if not text or _cell(cells, (SOURCE_COLUMN,)) not in ("", "stated"):
        return None, ""
    pressure = number(text)
    if math.isnan(pressure) or not 0 <= pressure <= HIGHEST_PRESSURE:
        return None, (
            f"Line {line} of the table states a pressure of {shortened(text)!r}; expected 0 to"
            f" {HIGHEST_PRESSURE:g} GPa, such as 150 or 0.5. It counts as unknown."
        )
    return pressure, ""
