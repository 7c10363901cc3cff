"""Members of zip archives, read one by one and never unpacked to the disk."""

from __future__ import annotations

import zipfile
import zlib
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tcexplore.batch.source_file import SourceFile, is_junk, refused, refused_kind
from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import read_content
from tcexplore.io.parsers import MAX_BYTES

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of zipping whose members come out a piece at a time; the others can fill the memory."""
ENCRYPTED = 0x1  # bit of a member's flags


def archive_members(name: str, file: Path | BinaryIO) -> list[SourceFile]:
    """Return the files in an archive, in nested folders too; one refused file where it is none.

    Parameters
    ----------
    name
        Of the archive, put in front of its members' names.
    file
        The archive, kept open for as long as its members are.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        return [refused(name, f"is a damaged zip archive ({error}); zip it again")]
    members = [
        _member(name, archive, info)
        for info in archive.infolist()
        if not info.is_dir() and not is_junk(PurePosixPath(info.filename))
    ]
    return members or [refused(name, "is an archive without files; put structure files in it")]


def _member(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> SourceFile:
    path = f"{name}/{info.filename}"
    if info.filename.lower().endswith(".zip"):
        return refused(path, "is an archive inside an archive; unpack it and give it by itself")
    read = partial(_content, archive, info)
    return refused_kind(path) or SourceFile(path, read, info.filename)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member's bytes, at most one more than a file may have before it is refused."""
    if info.flag_bits & ENCRYPTED:
        raise StructureError("is encrypted in its archive; zip it without a password")
    if info.compress_type not in METHODS:
        raise StructureError("is zipped by a method that is not read; zip it by the usual one")
    try:
        with archive.open(info) as member:
            content = member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise StructureError(f"cannot be unzipped ({error}); zip it again") from None
    return read_content(content)
