"""Element symbols from the species names and site labels of structure files.

Nothing is guessed: a name that stands for no single element (a dummy atom, a vacancy, a group such
as OH or water, a mixture) is refused, and a reading that is not the only possible one has a note.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import StructureError

HEAVIER = (
    "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds",
    "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og",
)  # fmt: skip
SYMBOLS = frozenset(ELEMENTS) | frozenset(HEAVIER)
HYDROGEN = {"D": "Deuterium", "T": "Tritium"}
DUMMIES = {"x", "xx", "q", "du", "dum", "dummy", "ghost", "bq", "gh"}
VACANCIES = {"va", "vac", "vc", "vak", "vacancy", "v_", "vo", "box"}
GROUPS = {
    "h2o", "d2o", "h3o", "oh", "od", "oh2", "ow", "hoh", "wat", "water", "hw",
    "nh2", "nh3", "nh4", "no2", "no3", "so4", "po4", "co3", "cn", "ch2", "ch3", "bh4", "bf4", "pf6",
}  # fmt: skip
CHARGE = re.compile(r"(?P<name>[A-Za-z]{1,2})[(\[]?(?:\d*\.?\d*[+-]|[+-]\d*\.?\d*)[)\]]?$")
ISOTOPE = re.compile(
    r"(?:(?P<before>\d{1,3})(?P<after_mass>[A-Z][a-z]?)|(?P<before_mass>[A-Z][a-z]?)-(?P<after>\d{1,3}))"
    r"(?P<charge>\d*\.?\d*[+-]|[+-]\d*\.?\d*)?$"
)
POTCAR = re.compile(r"(?:_[A-Za-z0-9_.]*)?(?:/[0-9a-f]{3,})?$")
PSEUDO_HYDROGEN = re.compile(r"H\d*\.\d+$")
OTHER_SYMBOL = re.compile(r"[A-Z][a-z]")


def element_from_label(text: str, *, among: Collection[str] = ()) -> tuple[str, str | None]:
    """Return the element symbol that a species name or site label stands for, and a note.

    Parameters
    ----------
    text
        Such as ``Fe``, ``Fe3+``, ``Fe1``, ``H12A``, ``NB3``, ``D``, ``11B``, ``Fe_pv``.
    among
        Symbols that the file's formula names; they decide where letters allow two readings.

    Returns
    -------
    :
        Symbol, and a sentence for the user where it was not the only reading or names an isotope.

    Raises
    ------
    StructureError
        The text stands for no single chemical element.
    """
    name = text.strip()
    _refuse_placeholders(name, among)
    isotope = _isotope(name)
    if isotope:
        return isotope
    name = _without_potcar_suffix(name)
    letters = re.match(r"[A-Za-z]*", name)
    assert letters is not None
    rest = name[letters.end() :]
    other = OTHER_SYMBOL.search(rest)
    if not letters[0] or "," in rest or (other and other[0] in SYMBOLS):
        raise _no_element(text)
    return _from_letters(letters[0], text, frozenset(among))


def is_placeholder(text: str) -> bool:
    """Tell whether a label is that of a dummy atom or a vacancy, such as ``Du1`` or ``Vac``."""
    letters = _leading_letters(text).lower()
    return letters in DUMMIES or letters in VACANCIES


def _refuse_placeholders(name: str, among: Collection[str]) -> None:
    letters = _leading_letters(name)
    if letters.lower() in DUMMIES:
        raise StructureError(
            f"{name[:40]!r} stands for a dummy atom, no chemical element;"
            " remove this site, or write the symbol of its element"
        )
    if letters.lower() in VACANCIES and letters not in SYMBOLS:
        raise StructureError(
            f"{name[:40]!r} stands for a vacancy, no chemical element; remove this site"
        )
    if _is_group(name, among):
        raise StructureError(
            f"{name[:40]!r} stands for a group of atoms, no chemical element; list its atoms"
        )
    if PSEUDO_HYDROGEN.match(name):
        raise StructureError(
            f"{name[:40]!r} stands for a pseudo-hydrogen of fractional charge, no chemical element;"
            " give the structure with real atoms"
        )


def _is_group(name: str, among: Collection[str]) -> bool:
    """Tell whether a name is that of water, OH or an ion; ``Co3`` is none, ``CO3`` may be Co."""
    letters = _leading_letters(name)
    pair = letters.capitalize()
    if (letters in SYMBOLS and len(letters) == 2) or (pair in among and letters[0] not in among):
        return False
    charge = CHARGE.match(name)
    stem = (charge["name"] if charge else name).lower().rstrip("0123456789")
    return name.lower() in GROUPS or stem in GROUPS


def _leading_letters(text: str) -> str:
    letters = re.match(r"[A-Za-z]*", text.strip())
    return letters[0] if letters else ""


def _isotope(name: str) -> tuple[str, str | None] | None:
    """Return the element and note of ``D``, ``T``, ``2H``, ``11B``, ``H-2``, else None.

    A number below the atomic number is no mass number: ``O-2`` is a charge.
    """
    if _leading_letters(name) in HYDROGEN:
        letter = name[0]
        return "H", f"{HYDROGEN[letter]} ({letter}) is read as hydrogen."
    parts = ISOTOPE.match(name)
    if not parts:
        return None
    symbol = parts["after_mass"] or parts["before_mass"]
    mass = int(parts["before"] or parts["after"])
    if symbol not in ELEMENTS or not _is_mass_number(symbol, mass):
        return None
    ordinary = (symbol, mass) == ("H", 1)
    return symbol, None if ordinary else f"The isotope {name} is read as {symbol}."


def _is_mass_number(symbol: str, mass: int) -> bool:
    atomic_number = ELEMENTS.index(symbol) + 1
    return atomic_number <= mass <= 3 * atomic_number


def _without_potcar_suffix(name: str) -> str:
    """Return ``Fe`` for ``Fe_pv`` and ``Fe_sv/0a1b2c3d``."""
    suffix = POTCAR.search(name)
    return name[: suffix.start()] if suffix and suffix.start() else name


def _from_letters(letters: str, text: str, among: frozenset[str]) -> tuple[str, str | None]:
    if letters in SYMBOLS:
        return letters, None
    if len(letters) > 2:
        return _from_suffixed(letters, text)
    if letters != letters.upper() and letters != letters.lower():
        raise _no_element(text)
    return _from_one_case(letters, text, among)


def _from_suffixed(letters: str, text: str) -> tuple[str, str]:
    """Read ``FeA``: a symbol of two letters and a capital that is itself no element."""
    symbol, suffix = letters[:2], letters[2:]
    if symbol in SYMBOLS and re.fullmatch(r"[A-Z]", suffix) and suffix not in {*SYMBOLS, *HYDROGEN}:
        return symbol, f"The label {text[:40]!r} is read as {symbol}."
    raise _no_element(text)


def _from_one_case(letters: str, text: str, among: frozenset[str]) -> tuple[str, str | None]:
    """Read ``NB``, ``fe`` or ``OA``, letters that do not show by their case where a symbol ends."""
    first, second = letters[0].upper(), letters[1:].upper()
    pair = first + second.lower()
    readings = [symbol for symbol in dict.fromkeys((pair, first)) if symbol in ELEMENTS]
    if second in {*SYMBOLS, *HYDROGEN} and first not in among:
        readings = [symbol for symbol in readings if symbol == pair and symbol != "Po"]
    named = [symbol for symbol in readings if symbol in among]
    if not readings:
        raise _no_element(text)
    symbol = (named or readings)[0]
    sure = first not in SYMBOLS or len(letters) == 1 or (len(named) == 1 and symbol == pair)
    return symbol, None if sure else f"The label {text[:40]!r} is read as {symbol}."


def _no_element(text: str) -> StructureError:
    return StructureError(
        f"{text.strip()[:40]!r} names no single chemical element; write a symbol such as 'Fe'"
    )
