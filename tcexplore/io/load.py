"""Structures from files that nobody vouches for.

One contract: `load_structure` returns a sound `Structure` or raises a `StructureError` that names
the file, within the time limit, whatever the bytes are. All parsing happens in a process of its
own with a limit on time and memory (`tcexplore.io.worker`); it hands back JSON and nothing
else.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsers import FORMATS, MAX_BYTES, within_size
from tcexplore.io.stated_pressure import PROPERTY
from tcexplore.io.text import printable, shortened
from tcexplore.resources import PACKAGE

LONGEST_MESSAGE = 480


class UnsoundStructureError(StructureError):
    """A structure of a file that is not sound, beside others that may be."""

    def __init__(self, message: str, *, label: str) -> None:
        self.label = label
        """Name of the structure within the file, empty where it has none."""
        super().__init__(message)


class SeveralStructuresError(StructureError):
    """A file holds several structures where one was asked for."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        """Names of the structures within the file."""
        some = ", ".join(shortened(label, length=24) for label in self.labels[:4])
        super().__init__(
            f"holds {len(labels)} structures ({some}{', …' if len(labels) > 4 else ''}); choose"
            " one in the app, or give `tcexplore predict` the option --all"
        )


def load_structure(
    source: str | Path | bytes, *, file_name: str | None = None, time_limit: float = 8.0
) -> Structure:
    """Return the only structure of a file, gzipped or not.

    Oxidation states, charges and site properties are left aside. Notes on how the file was read
    stand in ``structure.properties["warnings"]``, a tuple of sentences; the pressure that the file
    states is found by `file_pressure`.

    Parameters
    ----------
    source
        A path, or the content itself as bytes or as text of more than one line.
    file_name
        Name of the content; tells its format where the content alone does not.
    time_limit
        (s) After this long, reading is given up.

    Raises
    ------
    SeveralStructuresError
        The file holds more than one structure.
    StructureError
        The file cannot be read or holds no structure that one could predict.
    """
    with StructureReader(time_limit=time_limit) as reader:
        return reader.load(source, file_name=file_name)


def load_all_structures(
    source: str | Path | bytes, *, file_name: str | None = None, time_limit: float = 8.0
) -> list[Structure | UnsoundStructureError]:
    """Return all structures of a file, in the place of an unsound one the error that says why.

    Parameters as of `load_structure`. The name of each within its file, such as ``frame 2``, stands
    in ``structure.properties["label"]``.

    Raises
    ------
    StructureError
        The file as a whole cannot be read.
    """
    with StructureReader(time_limit=time_limit) as reader:
        return reader.load_all(source, file_name=file_name)


def load_structures(
    sources: Iterable[str | Path], *, time_limit: float = 8.0
) -> Iterator[Structure | StructureError]:
    """Yield for each file its structure, or the error that says why there is none.

    Parameters
    ----------
    sources
        Paths; all are parsed by one process, which spares half a second a file.
    time_limit
        (s) For each file.
    """
    with StructureReader(time_limit=time_limit) as reader:
        for source in sources:
            try:
                yield reader.load(source)
            except StructureError as error:
                yield error


class StructureReader:
    """Loads structures, many in turn, through one parsing process that it restarts when needed."""

    def __init__(self, *, time_limit: float = 8.0) -> None:
        self.time_limit = time_limit
        self._worker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def load(self, source: str | Path | bytes, *, file_name: str | None = None) -> Structure:
        """Return the only structure of a file; see `load_structure`."""
        structures = self.load_all(source, file_name=file_name)
        if len(structures) > 1:
            name = _display_name(source, file_name)
            labels = [_label(structure, index) for index, structure in enumerate(structures, 1)]
            error = SeveralStructuresError(labels)
            error.args = (_named(name, error),)
            raise error
        if isinstance(structures[0], StructureError):
            raise structures[0]
        return structures[0]

    def load_all(
        self, source: str | Path | bytes, *, file_name: str | None = None
    ) -> list[Structure | UnsoundStructureError]:
        """Return all structures of a file; see `load_all_structures`."""
        name = _display_name(source, file_name)
        try:
            answer = self._answer(read_content(source), name)
            if "error" in answer:
                raise StructureError(answer["error"])
        except StructureError as error:
            raise StructureError(_named(name, error)) from None
        return [_structure(entry, name) for entry in answer["structures"]]

    def close(self) -> None:
        """End the parsing process."""
        with self._lock:
            self._stop()

    def _answer(self, content: bytes, name: str) -> dict[str, Any]:
        """Return what the parsing process says of a file's bytes."""
        request = {"size": len(content), "seconds": self.time_limit, "file_name": name}
        with self._lock:
            worker = self._running()
            timer = threading.Timer(self.time_limit, worker.kill)
            deadline = time.monotonic() + self.time_limit
            timer.start()
            try:
                line = _exchange(worker, json.dumps(request).encode() + b"\n" + content)
            finally:
                timer.cancel()
            if line.endswith(b"\n"):
                return json.loads(line)
            self._stop()
        if time.monotonic() >= deadline:
            limit = f"{self.time_limit:g} s"
            raise StructureError(f"took more than {limit} to read; give a simpler file")
        raise StructureError("needs too much memory or broke the parser; give a simpler file")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._stop()
            self._worker = _started_worker()
        return self._worker

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            with contextlib.suppress(OSError), self._worker:  # closes the pipes and waits
                self._worker = None


def _started_worker() -> subprocess.Popen[bytes]:
    """Start the parsing process: this package alone on its path, no thread but one."""
    paths = [str(PACKAGE.resolve().parent), os.environ.get("PYTHONPATH", "")]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tcexplore.io.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **threads, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )


def _exchange(worker: subprocess.Popen[bytes], request: bytes) -> bytes:
    """Return the line that answers a request, shorter or empty where the process has died."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(request)
        worker.stdin.flush()
        return worker.stdout.readline(4 * MAX_BYTES)
    except (OSError, ValueError):
        return b""


def _display_name(source: str | Path | bytes, file_name: str | None) -> str:
    """Return the name of a file in messages."""
    if file_name:
        return printable(file_name) or "structure"
    if isinstance(source, bytes) or (isinstance(source, str) and _is_content(source)):
        return "structure"
    return printable(Path(source).name or str(source)) or "structure"


def _named(name: str, error: StructureError) -> str:
    """Return an error's message that begins with the name of the file."""
    return printable(f"{name}: {str(error).removeprefix(f'{name}: ')}")[:LONGEST_MESSAGE]


def _is_content(source: str) -> bool:
    return (
        "\n" in source
        or "\r" in source
        or not source.strip()
        or source.lstrip().startswith(("{", "["))
    )


def read_content(source: str | Path | bytes) -> bytes:
    """Return the raw bytes of a file or of a text, at most `MAX_BYTES`.

    Raises
    ------
    StructureError
        The file is none, cannot be opened, is empty or too large.
    """
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, str) and _is_content(source):
        content = source.encode("utf-8", errors="replace")
    else:
        content = _read(Path(source))
    if not content.strip():
        raise StructureError(f"is empty; give a {FORMATS}")
    return within_size(content)


def _read(path: Path) -> bytes:
    """Return at most one byte more than allowed of a regular file."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise StructureError(f"cannot be opened ({error.strerror}); check its rights") from None
    if not path.exists():
        raise StructureError("does not exist; check the path")
    kind = "a folder" if path.is_dir() else "a device, pipe or socket"
    raise StructureError(f"is {kind}; expected a file: give a {FORMATS}")


def _structure(entry: dict[str, Any], name: str) -> Structure | UnsoundStructureError:
    """Return a structure that the parsing process read, or the error that it found."""
    if "error" in entry:
        message = _named(name, StructureError(entry["error"]))
        return UnsoundStructureError(message, label=entry["label"])
    properties = {"warnings": tuple(entry["notes"]), "label": entry["label"]}
    if entry["pressure"]:
        properties[PROPERTY] = tuple(entry["pressure"])
    cell = (entry["matrix"], entry["species"], entry["frac_coords"])
    return Structure(*cell, properties=properties)


def _label(structure: Structure | UnsoundStructureError, index: int) -> str:
    if isinstance(structure, Structure):
        return structure.properties["label"] or f"structure {index}"
    return structure.label or f"structure {index}"
