"""Structures, sites and ranges that a study starts from, and the files that it writes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pymatgen.core import Structure
from tqdm import tqdm

from tcexplore.catalogue.entries import CatalogueEntry, load_catalogue
from tcexplore.cli.options import Range
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.orbits import site_choices
from tcexplore.crystal.structure import StructureError
from tcexplore.databases.materials_project import is_material_id, material_structure
from tcexplore.io.load import load_structure
from tcexplore.io.stated_pressure import HIGHEST_PRESSURE, file_pressure
from tcexplore.scans.scan_tc import T
from tcexplore.typing import FloatArray

if TYPE_CHECKING:
    import plotly.graph_objects as go


def parent_structure(name: str) -> Structure:
    """Return the structure of a file, the catalogue or the Materials Project; print its notes.

    Raises
    ------
    StructureError
        It is none of them.
    DatabaseError
        The Materials Project cannot be asked.
    """
    if Path(name).exists():
        structure = load_structure(Path(name))
    elif entry := entry_of(name):
        structure = entry.structure()
    elif is_material_id(name):
        structure = material_structure(name)
    else:
        raise StructureError(
            f"{name!r} is neither a file nor an id of the catalogue, such as 'mgb2', or of the"
            " Materials Project, such as 'mp-763'"
        )
    print_notes(name, structure.properties.get("warnings", ()))
    return structure


def stated_pressure(name: str, structure: Structure, stated: float | None) -> float | None:
    """Return the known pressure (GPa) of a structure: the user's, the catalogue's, the file's.

    Raises
    ------
    ValueError
        The user's is not from 0 to `HIGHEST_PRESSURE`.
    """
    if stated is not None:
        if not 0 <= stated <= HIGHEST_PRESSURE:
            raise ValueError(
                f"a pressure of {stated:g} GPa; expected a number from 0 to {HIGHEST_PRESSURE:g}"
            )
        return stated
    if entry := entry_of(name):
        return entry.pressure
    if (told := file_pressure(structure)) is None:
        return None
    print_notes(name, [f"Pressure from {told.origin}: {told.value:g} GPa."])
    return told.value


def entry_of(name: str) -> CatalogueEntry | None:
    """Return the entry of the catalogue that a name means, None where it is a file."""
    entries = {entry.entry_id: entry for entry in load_catalogue()}
    return None if Path(name).exists() else entries.get(name)


def print_notes(name: str, notes: Iterable[str]) -> None:
    """Print on stderr what the user should know of how a structure was read or treated."""
    for note in notes:
        print(f"{name}: {note}", file=sys.stderr)


def site_indices(cell: CanonicalCell, label: str) -> tuple[int, ...]:
    """Return the sites that a label names: an orbit such as Mg1, or a single site of it.

    Raises
    ------
    StructureError
        There is no such label.
    """
    choices = {name.split(" (")[0]: sites for name, sites in site_choices(cell.structure).items()}
    if label not in choices:
        raise StructureError(f"no sites {label!r}; there are: {'; '.join(choices)}")
    return choices[label]


def range_values(given: Range) -> FloatArray:
    """Return the evenly spaced values of a range, shape (count,).

    Raises
    ------
    ValueError
        A value is not above 0, which no lattice has, or there is none.
    """
    low, high, count = given
    if not (0 < low < np.inf and 0 < high < np.inf):
        raise ValueError(
            f"a range from {low:g} to {high:g}; expected lengths (Å) or factors above 0, such as"
            " 0.8 14 100"
        )
    if count < 1:
        raise ValueError(
            f"a range of {count} values; expected FROM TO COUNT with a COUNT of 1 or more,"
            " such as 4 14 60"
        )
    return np.linspace(low, high, count)


def with_progress_bar(steps: Iterable[tuple[float, T]]) -> Iterator[tuple[float, T]]:
    """Yield the steps of a study with a progress bar on stderr."""
    with tqdm(total=1.0, disable=None, bar_format="{l_bar}{bar}| {elapsed}") as bar:
        for share, result in steps:
            bar.update(share - bar.n)
            yield share, result


def write_study(
    table: pd.DataFrame, out: Path, plot: Callable[[], go.Figure], figure: Path | None
) -> None:
    """Write the table and the figure of a study; print the row of its highest Tc on stderr."""
    write_table(table, out)
    if figure:
        plot().write_html(figure)
    highest = table.sort_values("tc", ascending=False).head(1).to_string(index=False)
    print(f"highest Tc:\n{highest}", file=sys.stderr)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet, JSON or, by any other suffix, CSV."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    elif path.suffix == ".json":
        table.to_json(path, orient="records", indent=1)
    else:
        table.to_csv(path, index=False, float_format="%.7g", lineterminator="\n")
