"""The process in which files are parsed: ``python -m tcexplore.io.worker``.

It answers requests from its standard input: a line of JSON with the number of bytes that follow,
then these bytes. Each answer is one line of JSON. A file that asks for too much memory or time ends
the process; whoever asked sees no answer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
from typing import Any, BinaryIO

from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.parsers import parsed_structures

MEMORY_LIMIT = 900 * 2**20  # bytes of address space; the libraries alone take about 350 MiB


def main() -> None:
    """Answer requests until the input ends."""
    requests = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # no library may print among the answers
        _limit("RLIMIT_AS", MEMORY_LIMIT)
        _limit("RLIMIT_CORE", 0)
        while header := requests.readline():
            answers.write(json.dumps(_answer(json.loads(header), requests)).encode() + b"\n")
            answers.flush()


def _answer(request: dict[str, Any], requests: BinaryIO) -> dict[str, Any]:
    """Return the structures as plain numbers, or the error that says why there are none."""
    content = requests.read(request["size"])
    used = sum(os.times()[:2])
    _limit("RLIMIT_CPU", int(used + request["seconds"]) + 2)  # should nobody be left to end it
    try:
        entries = parsed_structures(content, file_name=request["file_name"])
    except StructureError as error:
        return {"error": str(error)}
    except MemoryError:
        os._exit(3)
    return {"structures": [_entry(entry) for entry in entries]}


def _entry(entry: ParsedStructure | tuple[str, StructureError]) -> dict[str, Any]:
    """Return one structure as plain numbers, or its label and error."""
    if not isinstance(entry, ParsedStructure):
        label, error = entry
        return {"label": label, "error": str(error)}
    return {
        "label": entry.label,
        "notes": entry.notes[:12],
        "pressure": entry.pressure and dataclasses.astuple(entry.pressure),
        "matrix": entry.structure.lattice.matrix.tolist(),
        "species": [site.species.as_dict() for site in entry.structure],
        "frac_coords": entry.structure.frac_coords.tolist(),
    }


def _limit(kind: str, value: int) -> None:
    """Set a soft limit where the system has it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(getattr(resource, kind))
        resource.setrlimit(getattr(resource, kind), (value, hard))


if __name__ == "__main__":
    main()
