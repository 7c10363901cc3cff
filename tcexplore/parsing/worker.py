"""The process in which files are parsed: ``python -m tcexplore.parsing.worker``.

It answers requests from its standard input until that ends: a line of JSON with the limits and the
number of bytes that follow, then these bytes. Each answer is one line of JSON. A file that asks for
too much memory or time ends the process; whoever asked sees no answer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
from typing import Any, BinaryIO

from tcexplore.parsing.cell import ParseError
from tcexplore.parsing.content import parse_content

MEMORY_LIMIT = 900 * 2**20  # bytes of address space; the libraries alone take about 250 MiB


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
    content = requests.read(request.pop("size"))
    _limit_processor_time(request.pop("seconds"))
    try:
        return dataclasses.asdict(parse_content(content, **request))
    except ParseError as error:
        return {"error": str(error)}
    except MemoryError:
        os._exit(3)


def _limit_processor_time(seconds: float) -> None:
    """Let this process die by itself should nobody be left to end it."""
    used = sum(os.times()[:2])
    _limit("RLIMIT_CPU", int(used + seconds) + 2)


def _limit(kind: str, value: int) -> None:
    """Set a soft limit where the system has it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(getattr(resource, kind))
        resource.setrlimit(getattr(resource, kind), (value, hard))


if __name__ == "__main__":
    main()
