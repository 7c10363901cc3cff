"""From raw bytes to text and from text to a cell: unzipping and telling the formats apart."""

from __future__ import annotations

import math
import re
import zlib

from tcexplore.parsing.cell import (
    OCCUPANCY_TOLERANCE,
    ParsedCell,
    ParseError,
    require_site_count,
    shortened,
)
from tcexplore.parsing.cif import looks_like_cif, parse_cif
from tcexplore.parsing.poscar import looks_like_poscar, parse_poscar
from tcexplore.parsing.pymatgen_json import parse_json
from tcexplore.parsing.xyz import looks_like_xyz, parse_xyz

GZIP = b"\x1f\x8b"
LENGTHS = (0.1, 1000.0)  # Å; the lattice vectors that can be computed with at all
MAX_MEMBERS = 33  # each costs a copy of what follows it
PARSERS = {"CIF": parse_cif, "POSCAR": parse_poscar, "XYZ": parse_xyz, "JSON": parse_json}
NAMES = {
    "CIF": re.compile(r".*\.m?cif$"),
    "POSCAR": re.compile(r"(poscar|contcar).*|.*\.(vasp|poscar|contcar)$"),
    "XYZ": re.compile(r".*\.(ext)?xyz$"),
    "JSON": re.compile(r".*\.json$"),
}


def parse_content(content: bytes, *, file_name: str, max_bytes: int, max_sites: int) -> ParsedCell:
    """Return the cell that a file's raw bytes describe.

    Parameters
    ----------
    content
        As read from the disk, gzipped or not.
    file_name
        Tells the format where the content alone does not.
    max_bytes
        (bytes) Most that the content may come to after unzipping.
    max_sites
        Most sites that a structure may have.
    """
    plain = unzipped(content, max_bytes=max_bytes) if content.startswith(GZIP) else content
    text = decoded(plain)
    kind = file_format(text, file_name=file_name)
    try:
        cell = PARSERS[kind](text, max_sites=max_sites)
    except (ParseError, MemoryError):
        raise
    except Exception as error:
        words = shortened(error, length=160) or type(error).__name__
        raise ParseError(f"cannot be read as {kind}: {words}; check the file") from None
    _check(cell, max_sites)
    return cell


def unzipped(content: bytes, *, max_bytes: int) -> bytes:
    """Return gzipped bytes unzipped, stopping as soon as they exceed the limit."""
    pieces: list[bytes] = []
    size = 0
    for _ in range(MAX_MEMBERS):
        if not content.startswith(GZIP):
            return b"".join(pieces)
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            piece = member.decompress(content, max_bytes + 1 - size)
        except zlib.error:
            raise ParseError("is gzipped but damaged; zip it again") from None
        pieces.append(piece)
        size += len(piece)
        if size > max_bytes:
            raise ParseError(
                f"unzips to more than {max_bytes / 1e6:g} MB; give a file with one structure"
            )
        if not member.eof:
            raise ParseError("is gzipped but cut short; copy it again")
        content = member.unused_data
    raise ParseError(f"is gzipped in more than {MAX_MEMBERS - 1} pieces; zip it again")


def decoded(content: bytes) -> str:
    """Return the text of a file, with lines that end in a newline alone."""
    if content.startswith(GZIP):
        raise ParseError("is gzipped more than once; unzip it first")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        text = content.decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise ParseError("is empty; give a CIF, POSCAR, extended XYZ or pymatgen JSON")
    if "\0" in text:
        raise ParseError("is binary, no text; give a CIF, POSCAR, extended XYZ or pymatgen JSON")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def file_format(text: str, *, file_name: str) -> str:
    """Return the format that the content shows, else the one that the file's name tells."""
    lines = [line[:10_000] for line in text.split("\n", 8)[:8]]
    if text.lstrip()[:1] in ("{", "["):
        return "JSON"
    if looks_like_poscar(lines):
        return "POSCAR"
    if looks_like_xyz(lines):
        return "XYZ"
    if looks_like_cif(text):
        return "CIF"
    name = file_name.lower().removesuffix(".gz")
    for kind, pattern in NAMES.items():
        if pattern.match(name):
            return kind
    raise ParseError(
        f"is no structure: it begins with {shortened(text)!r};"
        " give a CIF, POSCAR, extended XYZ or pymatgen JSON"
    )


def _check(cell: ParsedCell, max_sites: int) -> None:
    """Raise on what no `Structure` should be made of."""
    require_site_count(len(cell.species), max_sites=max_sites)
    for i, species in enumerate(cell.species, start=1):
        lowest, total = min(species.values(), default=0.0), sum(species.values())
        if lowest < 0 or not 0 < total <= OCCUPANCY_TOLERANCE:
            wrong = lowest if lowest < 0 else total
            raise ParseError(
                f"has the occupancy {wrong:.4g} at site {i} ({shortened(', '.join(species))});"
                " expected more than 0 and at most 1: correct it"
            )
    for length in (math.hypot(*row) for row in cell.matrix):
        if not LENGTHS[0] <= length <= LENGTHS[1]:
            raise ParseError(
                f"has a lattice vector of {length:.4g} Å; expected {LENGTHS[0]:g} to"
                f" {LENGTHS[1]:g} Å: correct the lattice"
            )
