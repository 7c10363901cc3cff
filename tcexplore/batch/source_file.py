"""Source file of a batch: its name, its bytes when they are asked for, its stated pressure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import NoReturn

from tcexplore.crystal.structure import StructureError

JUNK = ("thumbs.db", "desktop.ini", "__macosx")
"""Names in lower case, beside all that begin with a dot, that systems leave in folders."""
UNREAD = {
    ".7z": "an archive", ".bz2": "an archive", ".rar": "an archive", ".tar": "an archive",
    ".tgz": "an archive", ".xz": "an archive", ".tar.gz": "an archive", ".zst": "an archive",
    ".ods": "a spreadsheet", ".xls": "a spreadsheet", ".xlsx": "a spreadsheet",
}  # fmt: skip
REMEDIES = {"an archive": "give a zip archive", "a spreadsheet": "save it as CSV"}


@dataclass(frozen=True)
class SourceFile:
    """One file of a batch, or the place of one that is not there."""

    name: str
    """As the user knows it; of a member of an archive with the archive in front."""
    read: Callable[[], bytes]
    """Returns the bytes, gzipped or not, or raises the StructureError that says why not."""
    inner: str = ""
    """Path inside its archive, empty where it is in none."""
    pressure: float | None = None
    """(GPa) Stated by a table or whoever asks; None where nobody states one."""
    note: str = ""
    """Sentence on what was not understood of the table's line, empty where all was."""


def refused(name: str, reason: str) -> SourceFile:
    """Return the place of a file that cannot be used, for a reason."""

    def read() -> NoReturn:
        raise StructureError(reason)

    return SourceFile(name, read)


def refused_kind(name: str) -> SourceFile | None:
    """Return the place of an archive or spreadsheet of a kind that is not read, by its name."""
    for suffix, kind in UNREAD.items():
        if name.lower().endswith(suffix):
            return refused(name, f"is {kind} of a kind that is not read; {REMEDIES[kind]}")
    return None


def is_junk(path: PurePath) -> bool:
    """Return whether a path below a folder is hidden, or was left there by a system."""
    return any(part.startswith(".") or part.lower() in JUNK for part in path.parts)
