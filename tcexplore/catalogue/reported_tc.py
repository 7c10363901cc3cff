"""Reported Tc of one phase at several pressures, and the lattices that they belong to.

A reported value can stand on a dome where the lattice at its pressure is known: that of a catalogue
entry with the same phase at that pressure. Where the lattice is not known, none is made up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from pymatgen.core import Composition

from tcexplore.catalogue.entries import CatalogueEntry, load_catalogue

FILE = "pressures.toml"
SHAPE_TOLERANCE = 0.01  # how far ratios of edges, or angles, of one phase's cells may differ
CALCULATED = "calculated"
"""Method behind a Tc of the file: first principles, by a method that is not told apart here."""


@dataclass(frozen=True)
class ReportedTc:
    """One published Tc of a phase at a pressure."""

    formula: str
    """As the catalogue writes it."""
    space_group_number: int
    """International number."""
    pressure: float | None
    """(GPa) 0 is ambient, None unknown."""
    tc: float
    """(K)"""
    tc_kind: str
    """One of `TC_KINDS`, or `CALCULATED`."""
    mu_star: float | None
    """Coulomb pseudopotential of a calculation, where it is known."""
    doi: str
    """Source of the Tc."""


@dataclass(frozen=True)
class PlacedTc:
    """A published Tc together with the lattice that it belongs to."""

    reported: ReportedTc
    """The value."""
    scale: float
    """Its lattice parameter over that of the entry whose dome it stands on."""
    structure_doi: str
    """Source of the lattice."""


def placed_tc(entry: CatalogueEntry) -> tuple[PlacedTc, ...]:
    """Return the reported Tc of an entry's phase whose lattices are known, its own first.

    A prediction of the network of arXiv:2301.10474 stands on its own entry alone.
    """
    placed = []
    for other in sorted(_same_phase(entry), key=lambda phase: phase.entry_id != entry.entry_id):
        if other.tc_kind == "ml_prediction" and other is not entry:
            continue
        scale = other.cell[0] / entry.cell[0]
        values = [*_own(other), *_at_pressure(_of_phase(entry), other.pressure)]
        if entry.tc_kind == "ml_prediction":
            values = list(_own(other))
        placed += [PlacedTc(value, scale, other.structure_doi) for value in values]
    return tuple(placed)


def reported_tc(entry: CatalogueEntry) -> tuple[ReportedTc, ...]:
    """Return all published Tc of an entry's phase whose pressure is known, by their pressures.

    A value that both an entry of the catalogue and the file state comes once, as the entry's.
    """
    of_file = _of_phase(entry)
    of_entries = [point.reported for point in placed_tc(entry) if point.reported not in of_file]
    values = dict.fromkeys(_without_copies(of_entries, of_file))
    known = [(value.pressure, value) for value in values if value.pressure is not None]
    return tuple(value for _, value in sorted(known, key=lambda pair: (pair[0], pair[1].tc)))


@cache
def load_reported() -> tuple[ReportedTc, ...]:
    """Return all values of the file, read on the first call."""
    text = (files("tcexplore.catalogue") / FILE).read_text(encoding="utf-8")
    return tuple(
        ReportedTc(
            phase["formula"],
            phase["space_group_number"],
            point["pressure"],
            point["tc"],
            point.get("kind", CALCULATED),
            point.get("mu_star"),
            point["doi"],
        )
        for phase in tomllib.loads(text)["phase"]
        for point in phase["points"]
    )


def _own(entry: CatalogueEntry) -> list[ReportedTc]:
    if not entry.tc:
        return []
    number = entry.space_group_number
    value = ReportedTc(
        entry.formula, number, entry.pressure, entry.tc, entry.tc_kind, None, entry.tc_doi
    )
    return [value]


def _of_phase(entry: CatalogueEntry) -> list[ReportedTc]:
    return [
        value
        for value in load_reported()
        if value.space_group_number == entry.space_group_number
        and _amounts(value.formula) == _amounts(entry.formula)
    ]


def _without_copies(of_entries: list[ReportedTc], of_file: list[ReportedTc]) -> list[ReportedTc]:
    """Return all values, those of the file only where no entry of the catalogue has them."""
    stated = {(value.pressure, value.tc, value.doi) for value in of_entries}
    return of_entries + [v for v in of_file if (v.pressure, v.tc, v.doi) not in stated]


def _at_pressure(values: Iterable[ReportedTc], pressure: float | None) -> list[ReportedTc]:
    return [value for value in values if value.pressure == pressure]


def _same_phase(entry: CatalogueEntry) -> list[CatalogueEntry]:
    """Return the entries with the same atoms on the same sites in a cell of the same shape."""
    return [
        other
        for other in load_catalogue()
        if (other.space_group_number, other.setting) == (entry.space_group_number, entry.setting)
        and _amounts(other.formula) == _amounts(entry.formula)
        and _filled(other) == _filled(entry)
        and np.allclose(_shape(other), _shape(entry), rtol=SHAPE_TOLERANCE)
    ]


@cache
def _amounts(formula: str) -> Composition:
    return Composition(formula).reduced_composition


def _filled(entry: CatalogueEntry) -> list[tuple[str, str]]:
    return sorted((site.species, site.wyckoff) for site in entry.sites)


def _shape(entry: CatalogueEntry) -> list[float]:
    """Return b/a, c/a and the three angles (degrees)."""
    a, b, c, *angles = entry.cell
    return [b / a, c / a, *angles]
