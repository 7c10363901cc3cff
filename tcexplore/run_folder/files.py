"""Folder of a run: a manifest and Parquet parts, each file written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from tcexplore import __version__ as VERSION  # noqa: N812

MANIFEST = "manifest.json"
TEMPORARY = r"\..*\.tmp"
"""Pattern of the names under which files are written first."""
META = b"tcexplore"
R = TypeVar("R")


class RunError(ValueError):
    """Run that cannot be used; the message names the fault and the remedy."""


def write_manifest(folder: Path, values: Mapping[str, Any]) -> None:
    """Write the manifest of a new run, with version and time of creation."""
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = json.dumps({"version": VERSION, "created": created, **values}, indent=1)
    write_whole(folder / MANIFEST, text.encode())


def write_part(path: Path, table: pa.Table, note: Mapping[str, Any]) -> None:
    """Write one part with what it says of itself; the file is there whole or not at all."""
    table = table.replace_schema_metadata({META: json.dumps(dict(note)).encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(path, sink.getvalue().to_pybytes())


def read_note(path: Path) -> dict[str, Any]:
    """Return what a part says of itself."""
    return json.loads(pq.read_schema(path).metadata[META])


def readable_runs(folder: Path, read: Callable[[Path], R]) -> list[R]:
    """Return the runs in the folders below a folder, without those that cannot be read."""
    runs = []
    for path in sorted(Path(folder).glob(f"*/{MANIFEST}")):
        with suppress(RunError):
            runs.append(read(path.parent))
    return runs


def delete_files(folder: Path, own_files: re.Pattern[str]) -> None:
    """Delete a run's files and its folder.

    Raises
    ------
    RunError
        The folder holds files that are not the run's; nothing is deleted then.
    """
    others = [path.name for path in folder.iterdir() if not own_files.fullmatch(path.name)]
    if others:
        raise RunError(
            f"{folder} also holds {others[0]}, which is none of the run's files; move it"
            " elsewhere, then delete the run"
        )
    for path in [*folder.iterdir()]:
        path.unlink(missing_ok=True)
    folder.rmdir()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, bring it to the disk, and rename it."""
    temporary = temporary_path(path)
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    rename_whole(temporary, path)


def temporary_path(path: Path) -> Path:
    """Return the name under which this thread writes a file before it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")


def rename_whole(temporary: Path, path: Path) -> None:
    """Give a file that is on the disk its name, and bring the name to the disk too."""
    os.replace(temporary, path)
    if hasattr(os, "O_DIRECTORY"):  # Windows has no such call
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
