"""Classes of superconductors by composition."""

from __future__ import annotations

from collections.abc import Mapping


def sc_class(fractions: Mapping[str, float]) -> str:
    """Return the class of a superconductor: ``hydride``, ``cuprate``, ``iron-based`` or ``other``.

    A hydride has more than a third of its atoms hydrogen, and more hydrogen than oxygen. A cuprate
    has copper, at least as much oxygen, and a third element. An iron-based compound has iron and,
    at half its amount or more, one of P, As, S, Se, Te. The first that fits counts.

    Parameters
    ----------
    fractions
        Share of each element among the atoms, by symbol.
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
