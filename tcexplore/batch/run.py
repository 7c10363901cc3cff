"""A batch that writes its results as it goes, and can be stopped, killed and resumed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pymatgen.core import Structure

from tcexplore.batch.outcomes import LoadedStructure, Outcome, loaded_structures, outcomes
from tcexplore.batch.runs import (
    Batch,
    PartNote,
    alone,
    batch_files,
    create_batch,
    write_part,
)
from tcexplore.batch.source_file import SourceFile
from tcexplore.io.load import StructureReader
from tcexplore.model import DEFAULT_MODEL
from tcexplore.model.predictor import TcPredictor
from tcexplore.run_folder.model_check import check_model, model_hash

LEAST, MOST, N_PARTS = 16, 256, 100
"""Structures of a part: as many as leave a batch of one structure a file so many parts."""
SECONDS = 1.0
"""Reading after which a part is predicted and written, however few structures it has."""


@dataclass(frozen=True)
class Place:
    """Place behind a structure of a batch, as in `PartNote`."""

    next_file: int
    next_structure: int
    files_done: float


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is."""

    n_predicted: int
    """Rows with a Tc."""
    n_refused: int
    """Rows with a reason instead."""
    n_done: int
    """Files of which all structures are in the results."""
    n_files: int
    files_done: float
    """The same, with the share of a file that is under way."""

    @property
    def is_finished(self) -> bool:
        """Return whether all structures have been looked at."""
        return self.n_done >= self.n_files

    @property
    def share(self) -> float:
        """Return the share of the files that is done, 0 to 1."""
        return self.files_done / self.n_files


def start_batch(
    folder: Path,
    predictor: TcPredictor,
    sources: Iterable[SourceFile],
    *,
    model: str = DEFAULT_MODEL,
    name: str = "",
) -> Batch:
    """Return a new batch in a folder, with copies of its files; nothing is computed yet.

    Parameters
    ----------
    model
        Name or folder of the predictor's model, from which a resumed batch loads it.
    name
        What the batch is made from, in the user's words.
    """
    digest = model_hash(predictor.files)
    return create_batch(Path(folder), sources, model=model, model_hash=digest, name=name)


def batch_progress(batch: Batch) -> BatchProgress:
    """Return how far a batch is, by its last part."""
    return _progress(batch, batch.note)


def _progress(batch: Batch, note: PartNote) -> BatchProgress:
    return BatchProgress(
        note.n_predicted, note.n_refused, note.next_file, batch.n_files, note.files_done
    )


def batch_steps(predictor: TcPredictor, batch: Batch) -> Iterator[BatchProgress]:
    """Yield the progress of a batch, from where it was ended, until it is finished.

    Each part is on the disk before it counts.

    Raises
    ------
    RunError
        The batch belongs to another model or version, or is computed elsewhere.
    """
    check_model(predictor, batch.folder, batch.manifest)
    yield batch_progress(batch)
    with alone(batch), batch_files(batch) as files, StructureReader() as reader:
        number, note = len(batch.parts), batch.note
        size = min(max(batch.n_files // N_PARTS, LEAST), MOST)
        first = Place(note.next_file, note.next_structure, note.files_done)
        for loaded, place in _chunks(reader, files, first, size):
            computed = outcomes(predictor, loaded)
            done = note.n_predicted + note.n_refused
            note = _next_note(note, place, computed)
            write_part(batch, number, _rows(loaded, computed, done), note)
            number += 1
            yield _progress(batch, note)


def batch_to_end(predictor: TcPredictor, batch: Batch) -> BatchProgress:
    """Return the progress of a batch once it is finished."""
    [progress] = deque(batch_steps(predictor, batch), maxlen=1)
    return progress


def _chunks(
    reader: StructureReader, files: Sequence[SourceFile], first: Place, size: int
) -> Iterator[tuple[list[LoadedStructure], Place]]:
    """Yield the structures from a place on in parts, each with the place behind it."""
    chunk, end = [], time.monotonic() + SECONDS
    for loaded, place in _structures(reader, files, first):
        chunk.append(loaded)
        if len(chunk) >= size or time.monotonic() > end or place.next_file == len(files):
            yield chunk, place
            chunk, end = [], time.monotonic() + SECONDS


def _structures(
    reader: StructureReader, files: Sequence[SourceFile], first: Place
) -> Iterator[tuple[LoadedStructure, Place]]:
    """Yield the structures from a place on, each with the place behind it.

    A file that can no longer be read in its middle, as when its time is up now and was not before,
    gives its last row: the reason.
    """
    done = first.next_structure
    for index in range(first.next_file, len(files)):
        every = loaded_structures(reader, files[index])
        rest = every[done:] or every[-1:]
        for left, loaded in zip(range(len(rest) - 1, -1, -1), rest, strict=True):
            behind, share = len(every) - left, 1 - left / len(every)
            yield loaded, Place(*((index, behind) if left else (index + 1, 0)), index + share)
        done = 0


def _next_note(note: PartNote, place: Place, computed: Sequence[Outcome]) -> PartNote:
    n_refused = sum(bool(outcome.error) for outcome in computed)
    n_predicted = len(computed) - n_refused
    return PartNote(
        **asdict(place),
        n_predicted=note.n_predicted + n_predicted,
        n_refused=note.n_refused + n_refused,
    )


def _rows(
    loaded: Sequence[LoadedStructure], computed: Sequence[Outcome], done: int
) -> list[dict[str, Any]]:
    """Return the rows of a part, behind those that are done."""
    return [
        {"number": number, **outcome.row(), "cell": _cell_text(part.structure)}
        for number, (part, outcome) in enumerate(zip(loaded, computed, strict=True), start=done + 1)
    ]


def _cell_text(structure: Structure | Exception) -> str | None:
    return structure.to_json() if isinstance(structure, Structure) else None
