"""Compositions: one key for each, reduced formulas, chemical systems."""

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
