"""Structures from files that nobody vouches for.

One contract: `load_structure` returns a sound `Structure` or raises a `StructureError` that names
the file, within the time limit, whatever the bytes are. All parsing happens in a process of its
own with a limit on time and memory (`tcexplore.parsing`); it hands back JSON and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pymatgen.core import Element, Lattice, Structure

from tcexplore.structure import MAX_SITES, StructureError, check_structure

MAX_BYTES = 5_000_000
LONGEST_MESSAGE = 480
FORMATS = "CIF, POSCAR, extended XYZ or pymatgen JSON"
PACKAGE_ROOT = Path(__file__).resolve().parents[1]


def load_structure(
    source: str | Path | bytes, *, file_name: str | None = None, time_limit: float = 8.0
) -> Structure:
    """Return the structure of a CIF, POSCAR, extended XYZ or pymatgen JSON, gzipped or not.

    Oxidation states, charges and site properties are left aside. What the user should know of how
    the file was read stands in ``structure.properties["warnings"]``, a tuple of sentences.

    Parameters
    ----------
    source
        A path, or the content itself as bytes or as text of more than one line.
    file_name
        What to call the content; tells its format where the content alone does not.
    time_limit
        (s) After this long, reading is given up.

    Raises
    ------
    StructureError
        The file cannot be read or holds no structure that one could predict.
    """
    with StructureReader(time_limit=time_limit) as reader:
        return reader.load(source, file_name=file_name)


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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def load(self, source: str | Path | bytes, *, file_name: str | None = None) -> Structure:
        """Return the structure of a file; see `load_structure`."""
        name = _printable(file_name or _own_name(source)) or "structure"
        try:
            content = _content(source)
            if not content.strip():
                raise StructureError(f"is empty; give a {FORMATS}")
            answer = self._answer(content, name)
            if "error" in answer:
                raise StructureError(answer["error"])
            structure = _structure(answer)
        except StructureError as error:
            raise StructureError(_message(name, error)) from None
        _check(structure, name)
        return structure

    def close(self) -> None:
        """End the parsing process."""
        with self._lock:
            self._stop()

    def _answer(self, content: bytes, name: str) -> dict[str, Any]:
        """Return what the parsing process says of a file's bytes."""
        request = {
            "size": len(content),
            "seconds": self.time_limit,
            "file_name": name,
            "max_bytes": MAX_BYTES,
            "max_sites": MAX_SITES,
        }
        with self._lock:
            worker = self._running()
            timed_out = threading.Event()
            timer = threading.Timer(self.time_limit, _give_up, (worker, timed_out))
            timer.start()
            try:
                line = _exchange(worker, json.dumps(request).encode() + b"\n" + content)
            finally:
                timer.cancel()
            if line.endswith(b"\n"):
                return json.loads(line)
            self._stop()
        if timed_out.is_set():
            raise StructureError(
                f"took more than {self.time_limit:g} s to read; give a simpler file"
            )
        raise StructureError("needs too much memory or broke the parser; give a simpler file")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._stop()
            self._worker = _started_worker()
        return self._worker

    def _stop(self) -> None:
        if self._worker is None:
            return
        self._worker.kill()
        for pipe in (self._worker.stdin, self._worker.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._worker.wait()
        self._worker = None


def _started_worker() -> subprocess.Popen[bytes]:
    """Start the parsing process: this package alone on its path, no thread but one."""
    paths = [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tcexplore.parsing.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **threads, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )


def _give_up(worker: subprocess.Popen[bytes], timed_out: threading.Event) -> None:
    timed_out.set()
    worker.kill()


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


def _own_name(source: str | Path | bytes) -> str:
    if isinstance(source, bytes) or (isinstance(source, str) and _is_content(source)):
        return "structure"
    return Path(source).name or str(source)


def _is_content(source: str) -> bool:
    return "\n" in source or not source.strip() or source.lstrip().startswith("{")


def _content(source: str | Path | bytes) -> bytes:
    """Return the raw bytes of a file or of a text, at most `MAX_BYTES`."""
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, str) and _is_content(source):
        content = source.encode("utf-8", errors="replace")
    else:
        content = _read(Path(source))
    if len(content) > MAX_BYTES:
        raise StructureError(
            f"is larger than {MAX_BYTES / 1e6:g} MB; give a file with one structure"
        )
    return content


def _read(path: Path) -> bytes:
    """Return at most one byte more than allowed of a regular file."""
    try:
        _require_regular(os.stat(path).st_mode)
        file = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        with open(file, "rb") as stream:
            _require_regular(os.fstat(file).st_mode)  # it may have been exchanged since
            return stream.read(MAX_BYTES + 1) or b""
    except FileNotFoundError:
        raise StructureError("does not exist; check the path") from None
    except (OSError, ValueError) as error:
        if isinstance(error, StructureError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise StructureError(
            f"cannot be opened ({reason}); check the path and its rights"
        ) from None


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device, pipe or socket"
        raise StructureError(f"is {kind}; expected a file: give a {FORMATS}")


def _structure(answer: dict[str, Any]) -> Structure:
    """Return the parsed cell as a structure of neutral elements."""
    named = [symbol for site in answer["species"] for symbol in site]
    for symbol in dict.fromkeys(named):
        if not Element.is_valid_symbol(symbol):
            raise StructureError(
                f"names {symbol!r}, which is no chemical element; name the element, such as 'Mg'"
            )
    species = [_without_isotopes(site) for site in answer["species"]]
    warnings = list(answer["warnings"])
    if {"D", "T"} & set(named):
        warnings.append("Deuterium and tritium (D, T) are read as hydrogen.")
    return Structure(
        Lattice(answer["matrix"]),
        species,
        answer["frac_coords"],
        properties={"warnings": tuple(warnings[:12])},
    )


def _without_isotopes(site: dict[str, float]) -> dict[str, float]:
    """Return occupancies by element, D and T counted as H and zeros left out."""
    occupancies: dict[str, float] = {}
    total = max(sum(site.values()), 1.0)  # above 1 by rounding
    for symbol, occupancy in site.items():
        element = "H" if symbol in ("D", "T") else symbol
        if occupancy != 0:
            occupancies[element] = occupancies.get(element, 0.0) + occupancy / total
    return occupancies


def _check(structure: Structure, name: str) -> None:
    try:
        check_structure(structure, name=name)
    except StructureError as error:
        raise StructureError(_printable(str(error))[:LONGEST_MESSAGE]) from None


def _message(name: str, error: StructureError) -> str:
    return _printable(f"{name}: {error}")[:LONGEST_MESSAGE]


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
