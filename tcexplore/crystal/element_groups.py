"""Groups and orders of elements that one can choose for an element swap."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pymatgen.core import Element

ELEMENT_GROUPS: dict[str, Callable[[Element], bool]] = {
    "all": lambda element: True,
    "metals": lambda element: element.is_metal,
    "nonmetals and metalloids": lambda element: not element.is_metal,
    "s block": lambda element: element.block == "s",
    "p block": lambda element: element.block == "p",
    "d block": lambda element: element.block == "d",
    "f block": lambda element: element.block == "f",
}


ELEMENT_ORDERS: dict[str, Callable[[Element], float]] = {
    "atomic number": lambda element: element.Z,
    "Mendeleev number": lambda element: element.mendeleev_no,
}


def chosen_elements(symbols: Iterable[str], *, group: str, order: str) -> tuple[str, ...]:
    """Return the symbols that belong to a group, in the chosen order."""
    elements = [Element(symbol) for symbol in symbols]
    members = filter(ELEMENT_GROUPS[group], elements)
    return tuple(element.symbol for element in sorted(members, key=ELEMENT_ORDERS[order]))
