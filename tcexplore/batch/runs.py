"""Batches on disk: a folder with a manifest, a copy of all files, and Parquet parts of results."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from tcexplore.batch.outcomes import COLUMNS
from tcexplore.batch.source_file import SourceFile, refused
from tcexplore.crystal.structure import StructureError
from tcexplore.run_folder import files
from tcexplore.run_folder.files import MANIFEST, TEMPORARY, RunError

try:
    import fcntl
except ImportError:
    fcntl = None

RUNS = Path("runs") / "batch"
"""Folder of the batches that are given by name."""
INPUTS, LISTING, LOCK = "inputs.zip", "files.json", ".lock"
OWN_FILES = re.compile(rf"manifest\.json|inputs\.zip|part-\d+\.parquet|\.lock|{TEMPORARY}")
MAX_FILES, MAX_BYTES = 100_000, 4_000_000_000
"""Of a batch, unzipped."""
TEXTS = ("file", "structure", "formula", "domain", "pressure_source", "pressure_origin",
         "space_group", "model", "warnings", "error")  # fmt: skip
SCHEMA = pa.schema(
    [
        ("number", pa.int64()),  # of the row in the batch, from 1
        *(
            (name, pa.string() if name in TEXTS else pa.float64())
            if name != "in_training"
            else (name, pa.bool_())
            for name in COLUMNS
        ),
        ("cell", pa.string()),  # the structure as it was read, pymatgen's JSON
    ]
)


@dataclass(frozen=True)
class Batch:
    """A batch on disk."""

    folder: Path
    name: str
    """What it was made from, in the user's words."""
    n_files: int
    manifest: dict[str, Any]
    """With model, model_hash, version and created beside these."""

    @property
    def parts(self) -> list[Path]:
        """Return the files of results."""
        return sorted(self.folder.glob("part-*.parquet"))

    @property
    def note(self) -> PartNote:
        """Return how far the batch is, by its last part."""
        parts = self.parts
        return PartNote(**files.read_note(parts[-1])) if parts else PartNote(0, 0, 0.0, 0, 0)

    @property
    def is_finished(self) -> bool:
        """Return whether all structures have been looked at."""
        return self.note.next_file >= self.n_files


@dataclass(frozen=True)
class PartNote:
    """How far a batch is behind one of its parts."""

    next_file: int
    """Place of the first file of which a structure is not in the parts so far."""
    next_structure: int
    """Place of that structure in its file."""
    files_done: float
    """Files that are in the parts so far, with the share of the last one."""
    n_predicted: int
    """Rows with a Tc, in all parts so far."""
    n_refused: int
    """Rows with a reason instead."""


def create_batch(
    folder: Path, sources: Iterable[SourceFile], *, model: str, model_hash: str, name: str = ""
) -> Batch:
    """Return a new batch in a folder that is empty or not there; nothing is computed yet.

    All files are copied into it, so that it can be resumed without them.

    Raises
    ------
    RunError
        The folder holds other files or a batch, or there are no files or too many.
    """
    others = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    if MANIFEST in others or any(not OWN_FILES.fullmatch(name) for name in others):
        raise RunError(f"{folder} is there already and not empty; resume it or name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    count = _copy_inputs(folder / INPUTS, sources)
    values = {"name": name, "n_files": count, "model": model, "model_hash": model_hash}
    files.write_manifest(folder, {"kind": "batch", **values})
    return read_batch(folder)


def _copy_inputs(path: Path, sources: Iterable[SourceFile]) -> int:
    """Write the files into one archive and return how many there are."""
    temporary, listing, size = files.temporary_path(path), [], 0
    try:
        with temporary.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for source in sources:
                    size += _copy(archive, source, listing)
                    _check_size(len(listing), size)
                archive.writestr(LISTING, json.dumps(listing))
            file.flush()
            os.fsync(file.fileno())
        if not listing:
            raise RunError("no files; give structure files, an archive or a table of paths")
        files.rename_whole(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return len(listing)


def _copy(archive: zipfile.ZipFile, source: SourceFile, listing: list[dict[str, Any]]) -> int:
    """Copy one file, list it, and return its size (bytes)."""
    entry = {"name": source.name, "pressure": source.pressure, "note": source.note}
    size, number = 0, len(listing)
    try:
        content = source.read()
        archive.writestr(str(number), content)
        size = len(content)
    except StructureError as error:
        entry["error"] = str(error)
    listing.append(entry)
    return size


def _check_size(count: int, size: int) -> None:
    if count > MAX_FILES or size > MAX_BYTES:
        raise RunError(
            f"more than {MAX_FILES:,} files or {MAX_BYTES / 1e9:g} GB unzipped; expected a smaller"
            " batch: split it"
        )


@contextmanager
def batch_files(batch: Batch) -> Iterator[list[SourceFile]]:
    """Yield the files of a batch, which can be read while this context lasts."""
    with zipfile.ZipFile(batch.folder / INPUTS) as archive:
        listing = json.loads(archive.read(LISTING))
        yield [
            refused(entry["name"], entry["error"])
            if "error" in entry
            else SourceFile(
                entry["name"],
                partial(archive.read, str(number)),
                pressure=entry["pressure"],
                note=entry["note"],
            )
            for number, entry in enumerate(listing)
        ]


def read_batch(folder: Path) -> Batch:
    """Return a batch from its folder.

    Raises
    ------
    RunError
        There is no batch.
    """
    path = Path(folder) / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        batch = Batch(Path(folder), values["name"], values["n_files"], values)
        _ = batch.note  # of another version, or damaged: said here, once for all
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"no batch in {folder}: {MANIFEST} or the last part cannot be read ({error}); expected"
            " a folder that `tcexplore predict --run` or the Batch page of this version wrote"
        ) from None
    return batch


def list_batches(folder: Path = RUNS) -> list[Batch]:
    """Return the batches in the folders below a folder, newest first."""
    batches = files.readable_runs(folder, read_batch)
    return sorted(batches, key=lambda batch: batch.manifest["created"], reverse=True)


def delete_batch(batch: Batch) -> None:
    """Delete a batch, its copies and its results.

    Raises
    ------
    RunError
        The folder holds files that are not the batch's, or is being computed; nothing is deleted
        then.
    """
    with alone(batch):
        files.delete_files(batch.folder, OWN_FILES)


def part_path(batch: Batch, number: int) -> Path:
    """Return the path of a part."""
    return batch.folder / f"part-{number:08d}.parquet"


def write_part(batch: Batch, number: int, rows: list[dict[str, Any]], note: PartNote) -> None:
    """Write the rows of one part, with how far the batch is behind it."""
    files.write_part(part_path(batch, number), pa.Table.from_pylist(rows, SCHEMA), asdict(note))


@contextmanager
def alone(batch: Batch) -> Iterator[None]:
    """Hold a batch so that no other process computes or deletes it.

    Raises
    ------
    RunError
        Another one does.
    """
    if fcntl is None:  # Windows
        yield
        return
    with (batch.folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(
                f"{batch.folder} is being computed; stop it or wait until it is finished"
            ) from None
        yield
