"""Catalogue of structures as a table, and its search."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from pymatgen.core import Composition

from tcexplore.catalogue.entries import CatalogueEntry
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.sc_class import sc_class
from tcexplore.display.labels import formula_text, kind_name

PLURALS = {"hydrides": "hydride", "cuprates": "cuprate", "elements": "element"}


def matching_entries(
    entries: Iterable[CatalogueEntry],
    words: str = "",
    *,
    least_tc: float = 0.0,
    highest_pressure: float | None = None,
) -> list[CatalogueEntry]:
    """Return the entries that fit all words and limits.

    Parameters
    ----------
    words
        Separated by spaces or commas, each a class such as ``hydride``, an element, or a part of
        the formula, the name or the space group.
    least_tc
        (K) Of the reported Tc.
    highest_pressure
        (GPa) Entries whose pressure nobody states do not fit one.
    """
    wanted = words.replace(",", " ").split()
    return [
        entry
        for entry in entries
        if all(_fits(entry, word) for word in wanted)
        and entry.tc >= least_tc
        and (
            highest_pressure is None
            or (entry.pressure is not None and entry.pressure <= highest_pressure)
        )
    ]


def _fits(entry: CatalogueEntry, word: str) -> bool:
    if word in ELEMENTS:
        return word in Composition(entry.formula).get_el_amt_dict()
    word = PLURALS.get(word.lower(), word.lower())
    shares = Composition(entry.formula).fractional_composition.get_el_amt_dict()
    classes = f"{entry.sc_class} {sc_class(shares)}"
    return word in f"{entry.formula} {entry.name} {entry.space_group_symbol} {classes}".lower()


def catalogue_table(entries: Iterable[CatalogueEntry]) -> pd.DataFrame:
    """Return entries with the columns and words of the screen."""
    return pd.DataFrame(
        {
            "Formula": formula_text(entry.formula),
            "Space group": entry.space_group_symbol,
            "Pressure (GPa)": entry.pressure,
            "Reported Tc (K)": entry.tc,
            "Tc source": kind_name(entry.tc_kind),
            "Class": entry.sc_class,
        }
        for entry in entries
    )
