"""Hashes of a model's files: the check that none of them is missing or was changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUMS = "SHA256SUMS"


class ModelError(ValueError):
    """Model folder that cannot be used; the message names the fault and the remedy."""


def write_hashes(directory: Path) -> None:
    """Write `SHA256SUMS`, in the format of the program sha256sum, for all files of a model."""
    lines = [
        f"{_sha256(path)}  {path.name}\n"
        for path in sorted(directory.iterdir())
        if path.name != SUMS
    ]
    (directory / SUMS).write_text("".join(lines), encoding="utf-8")


def verify_hashes(directory: Path) -> None:
    """Raise `ModelError` where a file of a model is missing or is not the one that was saved."""
    if not (directory / SUMS).is_file():
        raise ModelError(
            f"no model in {directory}: {SUMS} is missing; expected a folder written by"
            " `python -m tcexplore train`"
        )
    for line in (directory / SUMS).read_text(encoding="utf-8").splitlines():
        expected, name = line.split("  ", 1)
        path = directory / name
        if not path.is_file():
            raise ModelError(f"model {directory.name!r} lacks {name}; restore {directory}")
        if _sha256(path) != expected:
            raise ModelError(
                f"model {directory.name!r}: {name} is not the file that was saved (its SHA-256 is"
                f" not the one in {SUMS}); restore {directory} or train again"
            )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
