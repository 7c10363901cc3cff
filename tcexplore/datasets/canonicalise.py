"""Canonical cells of candidates, read from their files on all cores."""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pymatgen.core import Structure

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.structure import StructureError
from tcexplore.datasets.dataset import StructureArrays, structure_arrays
from tcexplore.datasets.records import Candidate
from tcexplore.datasets.screening import UnsoundError, screen
from tcexplore.io.cif.read import cif_structures
from tcexplore.io.parsers import file_text

Progress = Callable[[int, int], None]
"""Called with the number of files done and the number of all."""

LARGEST_FILE = 2_000_000  # bytes


@dataclass(frozen=True)
class PreparedCell:
    """A sound structure in its canonical cell."""

    arrays: StructureArrays
    """The cell."""
    space_group_number: int
    """International number, 1 to 230."""
    warnings: tuple[str, ...]
    """Remarks on the symmetry search, where it did not go the plain way."""


@dataclass(frozen=True)
class Refusal:
    """Reason why a candidate was left out."""

    reason: str
    """One of a few words that are counted."""
    detail: str
    """Value, expectation."""


def prepare_cells(
    candidates: Sequence[Candidate],
    *,
    n_workers: int | None = None,
    progress: Progress | None = None,
) -> list[PreparedCell | Refusal]:
    """Return each candidate's cell, or why it has none, in the order of the candidates."""
    tasks = [(candidate.path, candidate.reported_formula) for candidate in candidates]
    results = []
    with ProcessPoolExecutor(
        max_workers=n_workers or os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),  # the caller may have threads
        initializer=_silence,
    ) as pool:
        for done, result in enumerate(pool.map(prepare_cell, tasks, chunksize=16), start=1):
            results.append(result)
            if progress is not None:
                progress(done, len(tasks))
    return results


def _silence() -> None:
    """Silence the parsers' warnings, in a worker process only."""
    warnings.simplefilter("ignore")


def prepare_cell(task: tuple[Path, str]) -> PreparedCell | Refusal:
    """Return the canonical cell of a file, or why the file is left out.

    Parameters
    ----------
    task
        A CIF's path, and the formula that its label belongs to.
    """
    path, reported_formula = task
    try:
        structure = read_cif(path)
        screen(structure, reported_formula)
        cell = canonical_cell(structure)
    except UnsoundError as error:
        return Refusal(error.reason, str(error))
    except StructureError as error:
        return Refusal("unsound structure", str(error).removeprefix("structure: "))
    except Exception as error:  # parser and symmetry search raise errors of any kind
        return Refusal("unreadable structure", f"{type(error).__name__}: {_one_line(error)}")
    return PreparedCell(structure_arrays(cell.structure), cell.space_group_number, cell.warnings)


def read_cif(path: Path) -> Structure:
    """Return the structure of a CIF, read as the app reads it.

    Raises
    ------
    UnsoundError
        No such file, one that is too large, unsound, or holds more than one structure.
    """
    if not path.is_file():
        raise UnsoundError("missing file", f"{path.name} is not in {path.parent}")
    if path.stat().st_size > LARGEST_FILE:
        raise UnsoundError(
            "unreadable structure",
            f"{path.stat().st_size} bytes; expected at most {LARGEST_FILE}",
        )
    try:
        structures = cif_structures(file_text(path.read_bytes()))
    except StructureError as error:
        raise UnsoundError("unreadable structure", _one_line(error)) from None
    if len(structures) > 1:
        raise UnsoundError("several structures", f"holds {len(structures)}; expected one")
    return structures[0].structure.remove_oxidation_states()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
