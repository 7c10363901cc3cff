"""Hashes of a model's files: the check that none of them is missing or was changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUMS = "SHA256SUMS"


class ModelError(ValueError):
    """Model folder that cannot be used; the message names the fault and the remedy."""


def write_hashes(directory: Path) -> None:
    """Write `SHA256SUMS`, in the format of the program sha256sum, for all files of a model."""
    lines = [f"{_sha256(directory / name)}  {name}\n" for name in _hashed_names(directory)]
    (directory / SUMS).write_text("".join(lines), encoding="utf-8")


def _hashed_names(directory: Path) -> list[str]:
    """Return the files of a model folder, without its hashes and hidden files such as .DS_Store."""
    names = sorted(path.name for path in directory.iterdir())
    return [name for name in names if name != SUMS and not name.startswith(".")]


def verify_hashes(directory: Path) -> None:
    """Raise `ModelError` where a file of a model is missing, changed, or added to its folder."""
    if not (directory / SUMS).is_file():
        raise ModelError(
            f"no model in {directory}: {SUMS} is missing; expected a folder written by"
            " `python -m tcexplore train`"
        )
    lines = (directory / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: expected for expected, name in (line.split("  ", 1) for line in lines)}
    for name, expected in sums.items():
        path = directory / name
        if not path.is_file():
            raise ModelError(f"model {directory.name!r} lacks {name}; restore {directory}")
        if _sha256(path) != expected:
            raise ModelError(
                f"model {directory.name!r}: {name} is not the file that was saved (its SHA-256 is"
                f" not the one in {SUMS}); restore {directory} or train again"
            )
    added = [name for name in _hashed_names(directory) if name not in sums]
    if added:
        raise ModelError(
            f"model {directory.name!r} holds {added[0]}, which is not in {SUMS}; expected the files"
            " that were saved alone: move it elsewhere"
        )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
