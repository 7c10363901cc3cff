"""Compositions: one key for each, reduced formulas, chemical systems and classes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pymatgen.core import Composition, Element

from tcexplore.datasets.records import DatasetError

FRACTION_DECIMALS = 5  # Bi2Sr2CaCu2O8.194 and Bi2Sr2CaCu2O8.196 differ in the fifth

AtomicFractions = Mapping[str, float]


def atomic_fractions(formula: str) -> dict[str, float]:
    """Return (1) the share of each element among a formula's atoms, isotopes as their element.

    Raises
    ------
    DatasetError
        Text that is no formula of chemical elements.
    """
    try:
        composition = Composition(formula)
        amounts = {(_symbol(species)): 0.0 for species in composition}
        for species, amount in composition.items():
            amounts[_symbol(species)] += float(amount)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(f"{formula!r} is no chemical formula ({error})") from None
    total = sum(amounts.values())
    if total <= 0:
        raise DatasetError(f"{formula!r} holds no atoms; expected a chemical formula")
    return {symbol: amounts[symbol] / total for symbol in sorted(amounts)}


def _symbol(species: object) -> str:
    return Element.from_Z(Element(species.symbol).Z).symbol  # type: ignore[attr-defined]


def composition_key(fractions: AtomicFractions) -> str:
    """Return one text for each composition, however its formula is scaled or ordered."""
    parts = ((symbol, round(share, FRACTION_DECIMALS)) for symbol, share in fractions.items())
    return "".join(f"{symbol}{share:g}" for symbol, share in sorted(parts) if share > 0)


def reduced_formula(formula: str) -> str:
    """Return pymatgen's reduced formula; fractional amounts stay as they are, without any 1."""
    return re.sub(r"(?<=[A-Za-z])1(?![\d.])", "", Composition(formula).reduced_formula)


def chemical_system(fractions: AtomicFractions) -> str:
    """Return the elements in alphabetical order, as in ``Ba-Cu-O-Y``."""
    return "-".join(sorted(fractions))


def sc_class(fractions: AtomicFractions) -> str:
    """Return the class of a superconductor: ``hydride``, ``cuprate``, ``iron-based`` or ``other``.

    A hydride has more than a third of its atoms hydrogen, and more hydrogen than oxygen. A cuprate
    has copper, at least as much oxygen, and a third element. An iron-based compound has iron and,
    at half its amount or more, one of P, As, S, Se, Te. The first that fits counts.
    """
    share = {"H": 0.0, "O": 0.0, "Cu": 0.0, "Fe": 0.0, **fractions}
    ligands = sum(share.get(symbol, 0.0) for symbol in ("P", "As", "S", "Se", "Te"))
    if share["H"] > max(1 / 3, share["O"]):
        return "hydride"
    if 0 < share["Cu"] <= share["O"] and len(fractions) > 2:
        return "cuprate"
    if share["Fe"] > 0 and ligands >= share["Fe"] / 2:
        return "iron-based"
    return "other"
