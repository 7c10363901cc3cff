"""Choice of the lattices on which variants of a crystal are tried: sizes, or pressures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from tcexplore.app.choice.link import linked

OWN = "the structure's own"
PEAK = "31, from 0.7 to 1.9 times; the peak counts"
AT_PRESSURE = "own volume at a pressure"
PEAK_PRESSURE = "own volume, best of 50 to 300 GPa"
PEAK_PRESSURES = tuple(range(50, 301, 25))  # GPa


@dataclass(frozen=True)
class Lattices:
    """Lattices that all pairs are tried on: sizes, or pressures at each pair's own volume."""

    scales: tuple[float, ...] = (1.0,)
    pressures: tuple[float, ...] = ()
    """(GPa)"""

    @property
    def name(self) -> str:
        """Return the lattices as part of a file's name, such as ``200gpa``; empty for one's own."""
        if self.pressures:
            ends = dict.fromkeys((min(self.pressures), max(self.pressures)))
            return "to".join(f"{pressure:g}" for pressure in ends) + "gpa"
        return f"{len(self.scales)}-lattices" if self.peaks else ""

    @property
    def peaks(self) -> bool:
        """Return whether the highest Tc over several lattices counts."""
        return len(self.scales) > 1 or len(self.pressures) > 1


def lattices_chosen(label: str = "Lattice", *, suffix: str = "", default: str = OWN) -> Lattices:
    """Show the choice of the lattices and return it.

    Parameters
    ----------
    suffix
        Of the names in the page's address, where a page has two such choices.
    default
        Choice where the address names none.
    """
    kinds = [OWN, PEAK, AT_PRESSURE, PEAK_PRESSURE]
    kind = linked(st.selectbox, label, kinds, index=kinds.index(default), key=f"lattices{suffix}")
    if kind == PEAK:
        return Lattices(scales=tuple(np.linspace(0.7, 1.9, 31).tolist()))
    if kind == PEAK_PRESSURE:
        return Lattices(pressures=PEAK_PRESSURES)
    if kind == AT_PRESSURE:
        pressure = linked(st.slider, "Pressure (GPa)", 50, 500, 200, 10, key=f"gpa_map{suffix}")
        return Lattices(pressures=(float(pressure),))
    return Lattices()
