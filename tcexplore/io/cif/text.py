"""CIF text to data blocks: letters that gemmi does not take are translated, names made alike.

gemmi knows the grammar (quotes, text blocks, loops, keywords in any case). Before it reads, letters
beyond ASCII are replaced; a letter that has no counterpart becomes ``~``, so that a number which
holds one is refused rather than cut. Names with dots (DDLm) are told from those with underscores no
longer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tcexplore.crystal.structure import StructureError

MOST_WORDS = 300_000  # of a CIF; more would take seconds, and hundreds of megabytes
DIFFRACTION_PRESSURE = "_diffrn_ambient_pressure"
SUBJECTS = (
    "_cell_",
    "_atom_site_",
    "_symmetry_",
    "_space_group",
    "_chemical_formula",
    DIFFRACTION_PRESSURE,
)
MINUS = "\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d"
BLANKS = "\x1a\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
LETTERS = str.maketrans(
    {
        **dict.fromkeys(MINUS, "-"),
        **dict.fromkeys(BLANKS, " "),
        **dict.fromkeys(INVISIBLE, None),
        **dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033\uff02", '"'),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        "\uff0e": ".",
        "\uff0c": ",",
        "\u00bd": "1/2",
        "\u2215": "/",
        "\u2044": "/",
    }
)
OVERBAR = re.compile("([0-9])[\u0304\u0305]")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d{1,3})?(?:\(\d{1,9}\))?")
UNQUOTED = re.compile(
    r"^([ \t]{0,40}(?:_\w{1,40}(?:h-m|hall)\w{0,9}[ \t]{1,40}(?=[a-z-])"
    r"|\d{0,3}[ \t]{0,40}(?=[-+xyz0-9/. \t]{1,30},)))"
    r"((?:[a-z-][\w/:-]*(?:[ \t]+[\w/:-]+)+)|(?:[-+xyz0-9/. \t]{1,30},){2}[-+xyz0-9/. \t]{1,30})$",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines of a symbol or an operation with blanks but without quotation marks."""
FRACTION = re.compile(r"([-+]?\d{1,3})/(\d{1,3})")
UNTOLD = ("?", ".", "")


@dataclass(frozen=True)
class CifBlock:
    """One data block: the values on cell, symmetry and atoms by their name."""

    name: str
    """Such as ``data_MgB2``."""
    values: dict[str, list[str]]
    """Values by name in lower case without dots; a name outside loops has one value."""

    def first(self, *names: str) -> str | None:
        """Return the first value given under one of some names, None where all leave it open."""
        for name in names:
            for value in self.values.get(name, [])[:1]:
                if value.strip() not in UNTOLD:
                    return " ".join(value.split())
        return None

    def column(self, name: str) -> list[str] | None:
        """Return all values under a name, None where it is absent or left open throughout."""
        values = self.values.get(name)
        return values if values and any(value not in UNTOLD for value in values) else None


def cif_blocks(text: str) -> tuple[list[CifBlock], list[str]]:
    """Return the data blocks of a CIF, and notes on what was translated."""
    plain, notes = _translated(text)
    filled = "\n".join(line.rstrip() for line in plain.split("\n") if line.strip())
    if filled.count(" ") + filled.count("\n") > MOST_WORDS:
        raise StructureError(f"holds more than {MOST_WORDS} words; give the structure alone")
    return _parsed(_with_quotes(filled) + "\n"), notes


def number(text: str) -> float:
    """Return 0.25 for ``0.25(3)``, 1/3 for ``1/3``, and nan for what is no number."""
    fraction = FRACTION.fullmatch(text)
    if fraction and int(fraction[2]):
        return int(fraction[1]) / int(fraction[2])
    if len(text) > 60 or not NUMBER.fullmatch(text):
        return np.nan
    return float(text.split("(")[0].lower().replace("d", "e"))


def _with_quotes(text: str) -> str:
    """Return a text with quotation marks around ``F m -3 m`` and ``x, y, z`` that lack them."""
    return UNQUOTED.sub(r"\1'\2'", text)


def _translated(text: str) -> tuple[str, list[str]]:
    """Return a text in ASCII, and a note where that may have changed a number."""
    if text.isascii():
        return text.replace("\x1a", " "), []
    plain = OVERBAR.sub(r"-\1", text).translate(LETTERS)
    notes = []
    if any(letter in text for letter in MINUS):
        notes.append("Minus signs that were typed as dashes (such as − or –) are read as minus.")
    return BEYOND_ASCII.sub("~", plain), notes


def _parsed(text: str) -> list[CifBlock]:
    from gemmi import cif

    try:
        document = cif.read_string(text, check_level=0)
    except (ValueError, RuntimeError) as error:
        try:
            document = cif.read_string(_without_empty_loops(text), check_level=0)
        except (ValueError, RuntimeError):
            raise _unsound(text, str(error)) from None
    return [CifBlock(f"data_{block.name}", _values(block)) for block in document]


def _without_empty_loops(text: str) -> str:
    """Return a text without loops whose names are followed by a name with its value.

    By the grammar such a name would belong to the loop; refinement programs write such loops.
    """
    kept: list[str] = []
    header: list[str] = []
    for line in text.split("\n"):
        words = line.split(None, 1)
        starts_loop = line.strip().lower() == "loop_"
        if header and len(words) == 1 and words[0].startswith("_"):
            header.append(line)
            continue
        if header and not (words and words[0].startswith("_")) and not starts_loop:
            kept += header
        header = [line] if starts_loop else []
        kept += [] if starts_loop else [line]
    return "\n".join(kept + header)


def _unsound(text: str, message: str) -> StructureError:
    """Return the error that says where gemmi stopped."""
    position = re.search(r"string:(\d+):", message)
    lines = text.split("\n")
    line = lines[int(position[1]) - 1][:40] if position and int(position[1]) <= len(lines) else ""
    reason = "a loop_ has too few or too many values" if "number of values" in message else (
        "a name, value or quotation mark is missing"
    )  # fmt: skip
    return StructureError(f"is no sound CIF: {reason} near {line!r}; check that it is whole")


def _values(block: object) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for item in block:  # pyright: ignore[reportGeneralTypeIssues]
        if item.pair is not None:
            _add(values, item.pair[0], lambda pair=item.pair: [pair[1]])
        elif item.loop is not None:
            for place, tag in enumerate(item.loop.tags):
                width = item.loop.width()
                _add(values, tag, lambda i=item, p=place, w=width: i.loop.values[p::w])
    return values


def _add(values: dict[str, list[str]], tag: str, raw: object) -> None:
    """Add what is told of cell, symmetry or atoms; twice the same name must tell the same."""
    from gemmi import cif

    name = tag.lower().replace(".", "_")
    if not name.startswith(SUBJECTS) or name.startswith("_atom_site_aniso"):
        return
    column = [cif.as_string(value).strip() if value[:1] in "'\";" else value for value in raw()]  # pyright: ignore[reportCallIssue]
    if values.setdefault(name, column) != column:
        raise StructureError(f"gives {name} twice with different values; remove one of them")
