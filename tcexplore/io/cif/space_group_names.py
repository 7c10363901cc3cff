"""Space groups by the names that files give them: every setting that a name may stand for.

The table is gemmi's (564 settings), with spglib's full symbols and the names of old: ``F m 3 m``,
``F 4/m -3 2/m``, ``P 63/mmc``, ``C m c e``, ``H -3 m``; choices as ``:1 :2 :H :R`` or ``S Z H R``.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemmi import SpaceGroup

CHOICES = {"1": "1", "2": "2", "s": "1", "z": "2", "h": "H", "r": "R"}
CHOICE = re.compile(
    r"(?P<name>.*?)\s*(?::\s*(?P<after_colon>[12hrsz])|(?P<letter>[hrsz])"
    r"|\(?\s*(?:o|origin|origin choice|choice)\s*(?P<origin>[12])\s*\)?)\s*$"
)
MONOCLINIC = range(3, 16)
CUBIC_WITH_BAR = (*range(200, 207), *range(221, 231))


def named_settings(name: str) -> list[SpaceGroup]:
    """Return the settings that a Hermann-Mauguin symbol may stand for, none where it is unknown.

    Several differ in origin, axes or unique axis, which the symbol leaves open.
    """
    plain = re.sub(r"(\d)_(?=\d)", r"\1", name.lower().strip())
    if not plain:
        return []
    settings = _table().get(_key(plain)) or _table().get(_key(_shortened(plain)))
    if settings:
        return list(settings)
    parts = CHOICE.fullmatch(plain)
    if not parts:
        return []
    choice = CHOICES[parts["after_colon"] or parts["letter"] or parts["origin"]]
    settings = named_settings(parts["name"])
    return [group for group in settings if group.ext in (choice, "\0", "")]


def numbered_settings(number: int) -> list[SpaceGroup]:
    """Return the settings of a space group by its number, the standard one first."""
    return list(_by_number().get(number, ()))


def _shortened(symbol: str) -> str:
    """Return ``p 4/n m m`` for ``p 4/n 21/m 2/m``."""
    centring, *words = symbol.split()
    return " ".join([centring, *words[:1], *(re.sub(r"^21?/", "", word) for word in words[1:])])


def _key(name: str) -> str:
    return re.sub(r"[\s_]", "", name)


@functools.cache
def _by_number() -> dict[int, tuple[SpaceGroup, ...]]:
    import gemmi

    numbered: dict[int, list[SpaceGroup]] = defaultdict(list)
    for group in gemmi.spacegroup_table():
        if all(group.hall != other.hall for other in numbered[group.number]):
            numbered[group.number].append(group)
    return {number: tuple(groups) for number, groups in numbered.items()}


@functools.cache
def _table() -> dict[str, tuple[SpaceGroup, ...]]:
    """Return the settings by name in lower case, without blanks and underscores."""
    import gemmi

    table: dict[str, list[SpaceGroup]] = defaultdict(list)
    for group in gemmi.spacegroup_table():
        for key in _keys(group):
            _append(table[key], group)
    halls = {group.hall: group for groups in _by_number().values() for group in groups}
    for full, hall in _full_symbols():
        groups, group = table[_key(full)], halls[hall]
        if not groups or groups[0].hm == group.hm:  # C m m e is C m m a, not C m m b
            _append(groups, group)
    return {key: tuple(groups) for key, groups in table.items()}


def _append(groups: list[SpaceGroup], group: SpaceGroup) -> None:
    if all(group.hall != other.hall for other in groups):
        groups.append(group)


def _keys(group: SpaceGroup) -> set[str]:
    """Return the symbol, and its older and shorter forms."""
    symbol = group.hm.lower()
    keys = {_key(symbol)}
    if group.number in MONOCLINIC:
        keys.add("".join(word for word in symbol.split() if word != "1"))
    if group.number in CUBIC_WITH_BAR:
        keys.add(_key(symbol.replace("-3", "3")))
    if group.ext == "H":
        keys.add(_key(symbol.replace("r", "h", 1)))
    return keys


def _full_symbols() -> list[tuple[str, str]]:
    """Return spglib's short and full symbols (with e-glides) beside the Hall symbol.

    Those of the monoclinic settings are left aside: spglib's short ones leave the axis open.
    """
    import spglib

    kinds = [spglib.get_spacegroup_type(hall_number) for hall_number in range(1, 531)]
    return [
        (symbol.lower(), kind.hall_symbol)
        for kind in kinds
        if kind is not None and kind.number not in MONOCLINIC
        for symbol in (kind.international_short, kind.international_full)
    ]
