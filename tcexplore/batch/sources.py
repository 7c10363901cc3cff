"""Sources of a batch: files, folders, zip archives and tables of paths, as files one by one."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tcexplore.batch.archives import archive_members
from tcexplore.batch.path_tables import is_table, table_lines
from tcexplore.batch.source_file import SourceFile, is_junk, refused, refused_kind
from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import read_content

Find = Callable[[SourceFile, str], SourceFile]
"""Finds the file that a table names by a path."""


def path_sources(paths: Iterable[str | Path]) -> Iterator[SourceFile]:
    """Yield the files that some paths lead to, in their order; nothing is read but tables.

    Of a folder or an archive these are the files in it, nested ones included; of a table of paths
    those that it lists, looked for from the table's own folder. A file that a table lists counts
    as the table's, with its pressure, and not once more by itself.
    """
    files: list[SourceFile] = []
    for path in map(str, paths):
        if Path(path).is_dir():
            below = sorted(p for p in Path(path).rglob("*") if p.is_file())
            inner = [str(p) for p in below if not is_junk(p.relative_to(path))]
            files += [file for name in inner for file in _path_files(name)] or [
                refused(path, "is a folder without files; put structure files in it")
            ]
        else:
            files += _path_files(path)
    yield from _with_tables(files, _on_disk)


def upload_sources(uploads: Sequence[tuple[str, bytes]]) -> Iterator[SourceFile]:
    """Yield the files among uploads, in their order, those in archives too.

    A table of paths names files that were uploaded beside it, by their names or the ends of their
    paths.

    Parameters
    ----------
    uploads
        Name and bytes of each.
    """
    files: list[SourceFile] = []
    for name, content in uploads:
        if name.lower().endswith(".zip"):
            files += archive_members(name, io.BytesIO(content))
        else:
            read = partial(read_content, content)
            files.append(refused_kind(name) or SourceFile(name, read))
    yield from _with_tables(files, partial(_beside, files))


def _path_files(path: str) -> Iterator[SourceFile]:
    if path.lower().endswith(".zip") and Path(path).is_file():
        members = archive_members(path, Path(path))
        yield from _with_tables(members, partial(_beside, members))
    else:
        yield refused_kind(path) or SourceFile(path, partial(read_content, Path(path)))


def _with_tables(files: Sequence[SourceFile], find: Find) -> Iterator[SourceFile]:
    """Yield files, in the place of each table those that it lists."""
    listed = {id(file): _listed(file, find) for file in files if is_table(file.name)}
    taken = {posixpath.normpath(file.name) for part in listed.values() for file in part}
    for file in files:
        if id(file) in listed:
            yield from listed[id(file)]
        elif posixpath.normpath(file.name) not in taken:
            yield file


def _listed(table: SourceFile, find: Find) -> list[SourceFile]:
    """Return the files that a table lists, or the table itself where it is none."""
    try:
        lines = table_lines(table.read())
    except StructureError as error:
        return [refused(table.name, str(error))]
    return [
        replace(find(table, line.path), pressure=line.pressure, note=line.note) for line in lines
    ]


def _on_disk(table: SourceFile, path: str) -> SourceFile:
    """Return the file that a path leads to from the folder of a table."""
    [*files] = _path_files(str(Path(table.name).parent / path))
    if len(files) == 1:
        return files[0]
    return refused(files[0].name, "is an archive that a table lists; give it by itself")


def _beside(files: Sequence[SourceFile], table: SourceFile, path: str) -> SourceFile:
    """Return the file among others whose path ends as a path does, or the other way round."""
    wanted = posixpath.normpath(path.replace("\\", "/")).lstrip("/")
    names = [(file, file.inner or file.name) for file in files]
    exact = [file for file, name in names if wanted in (name, file.name)]
    found = exact or [file for file, name in names if _ends_alike(wanted, name)]
    if len(found) == 1:
        return found[0]
    if found:
        return refused(path, f"is the name of {len(found)} files given; give each another name")
    return refused(path, f"is listed by {table.name} but was not given; give it beside the table")


def _ends_alike(path: str, other: str) -> bool:
    """Return whether one of two paths is the end of the other."""
    return f"/{path}".endswith(f"/{other}") or f"/{other}".endswith(f"/{path}")
