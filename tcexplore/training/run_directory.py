"""Run directories: files of long runs, each with a note of the settings and data behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def claim_directory(directory: Path, note: str, text: str, *, contents: str) -> None:
    """Write a note of the settings and data of a run into its directory.

    Parameters
    ----------
    note
        Name of the file that holds the note.
    text
        Settings and data, or a hash of them.
    contents
        Plural noun for the error message: the files that lie in the directory.

    Raises
    ------
    ValueError
        The directory belongs to a run with other settings or other data.
    """
    path = directory / note
    directory.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise ValueError(
            f"{directory} holds {contents} of other settings or data; remove it, or name another"
            " folder with --runs"
        )
    path.write_text(text, encoding="utf-8")


def save_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under another name first, so that a run that is cut off leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".unfinished{path.suffix}")
    write(unfinished)
    unfinished.replace(path)
