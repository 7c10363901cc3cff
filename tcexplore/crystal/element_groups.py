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
    "alkali metals": lambda element: element.is_alkali,
    "alkaline earths": lambda element: element.is_alkaline,
    "lanthanides": lambda element: element.is_lanthanoid,
    "halogens": lambda element: element.is_halogen,
    "noble gases": lambda element: element.is_noble_gas,
    "hydride formers": lambda element: _forms_hydride(element),
    "radioactive": lambda element: element.Z in (43, 61) or element.Z >= 84,
}
"""By atomic number, bismuth counts as stable."""


def _forms_hydride(element: Element) -> bool:
    """Return whether a metal forms a binary ionic or metallic hydride without pressure.

    Greenwood and Earnshaw, Chemistry of the Elements (1997), section 3.6: groups 1 to 5 with
    lanthanides and actinides, then Cr, Ni, Pd, Cu, Zn and Al, on both sides of the hydride gap.
    """
    is_early = element.group <= 5 or element.is_lanthanoid or element.is_actinoid
    beyond = ("Cr", "Ni", "Pd", "Cu", "Zn", "Al")
    return element.symbol != "H" and (is_early or element.symbol in beyond)


ELEMENT_ORDERS: dict[str, Callable[[Element], float]] = {
    "atomic number": lambda element: element.Z,
    "Mendeleev number": lambda element: element.mendeleev_no,
}


def chosen_elements(symbols: Iterable[str], *, group: str, order: str) -> tuple[str, ...]:
    """Return the symbols that belong to a group, in the chosen order."""
    elements = [Element(symbol) for symbol in symbols]
    members = filter(ELEMENT_GROUPS[group], elements)
    return tuple(element.symbol for element in sorted(members, key=ELEMENT_ORDERS[order]))
